// SPDX-License-Identifier: Apache-2.0

// How several instances of a server share rooms. `share-alone` is one instance by itself, `share-by-redis` any number.

import type { DeliveryMessage, RoomShareMessage } from "@tickstream/contracts-types";
import type { InstanceId } from "./peer-ids.ts";

/** What one instance has in a room. */
export type RoomShare = Omit<RoomShareMessage, "type" | "instance">;

/** A message on its way to a peer of another instance. */
export type Delivery = Omit<DeliveryMessage, "type">;

/** `off`: this instance is alone by its configuration. `lost`: it is alone until it is connected again. */
export type SharingState = "off" | "connected" | "lost";

/** What an instance is told by the others. */
export interface SharingEvents {
  /** The others' part of a room has changed. */
  changed(stream: string): void;
  delivered(delivery: Delivery): void;
  /** A node elsewhere has closed the room. */
  closed(stream: string): void;
}

/** The other instances, as one sees them. Nothing here throws for want of them: rooms go on without. */
export interface Sharing {
  readonly state: SharingState;
  /** Takes part in a room from now on; resolves when the others' part is known, or can't be. Never rejects. */
  enter(stream: string): Promise<void>;
  /** This instance's part has changed. */
  announce(stream: string, share: RoomShare): void;
  leave(stream: string): void;
  /** The others' parts, as far as they are known. */
  others(stream: string): RoomShare[];
  /** Whether the other instance took it. */
  deliver(instance: InstanceId, delivery: Delivery): Promise<boolean>;
  /** Tells the others that the room is closed. */
  close(stream: string): void;
  stop(): Promise<void>;
}
