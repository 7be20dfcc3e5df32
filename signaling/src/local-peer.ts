// SPDX-License-Identifier: Apache-2.0
import type { RelayedMessage } from "@tickstream/contracts-types";
import type { PeerId } from "./peer-ids.ts";

/** What a {@link LocalPeer} is told. */
export interface LocalPeerHandlers {
  /** Somebody wrote to it; `role` says whether as publisher or viewer. */
  received(message: RelayedMessage): void;
  /** The room was closed, here or by another instance's node: the peer is out of it. */
  closed(): void;
}

type WithoutSender<T> = T extends unknown ? Omit<T, "stream" | "from" | "role"> : never;

/** What a {@link LocalPeer} sends. */
export type LocalPeerMessage = WithoutSender<RelayedMessage>;

/** A peer that lives in the server's own process: the media node that carries a stream, in the stream's room. */
export interface LocalPeer {
  readonly id: PeerId;
  /** Sends to a peer, wherever it is; one that has gone is no error. */
  send(to: PeerId, message: LocalPeerMessage): void;
  /** Refuses a connection. @param reason code of the error behind it */
  refuse(to: PeerId, connection: string, reason: string, sentence: string): void;
  /** Says whether the stream is on air. */
  setLive(live: boolean): void;
  /** The stream has ended: everybody is told, and out of the room. */
  close(): void;
  /** Leaves the room to the others. */
  leave(): void;
}
