// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";

/** A peer's name: the instance it is connected to, and its own number there. */
export type PeerId = string;

/** One running server's name. Peers' names begin with it, so that any instance knows where a peer is. */
export type InstanceId = string;

export const createInstanceId = (): InstanceId => randomBytes(8).toString("hex");

export const createPeerId = (instance: InstanceId): PeerId => `${instance}-${randomBytes(8).toString("hex")}`;

export const instanceOf = (peer: PeerId): InstanceId => peer.slice(0, peer.indexOf("-"));
