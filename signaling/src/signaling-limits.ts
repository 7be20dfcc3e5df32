// SPDX-License-Identifier: Apache-2.0
import type { SocketLimits } from "./sockets/public-sockets.ts";

/** What bounds a server and each of its peers. Times in milliseconds. */
export interface SignalingLimits extends SocketLimits {
  maxRooms: number;
  /** Peers of this instance in one room. */
  maxPeersPerRoom: number;
  /** Of those, publishers. */
  maxPublishersPerRoom: number;
  /** Rooms that one peer may be in at a time. */
  maxRoomsPerPeer: number;
  /** A socket that sends more than this on average, after the burst, is closed. */
  messagesPerSecond: number;
  messageBurst: number;
  /** `join-stream`s of one network address: each may cost a signature check and a look into a database. */
  joinsPerSecond: number;
  joinBurst: number;
  /** What viewers together may send to one publisher or node; more is refused. */
  fromViewersPerSecond: number;
  fromViewersBurst: number;
  /** Messages of one socket that wait while a join is decided. */
  maxPending: number;
  /** Time to decide a join. */
  joinTimeoutMs: number;
  /** Least time between two `presence` of a room; large rooms get fewer. */
  presenceIntervalMs: number;
}

export const DEFAULT_SIGNALING_LIMITS: SignalingLimits = {
  maxConnections: 20_000,
  maxConnectionsPerAddress: 256,
  maxRooms: 20_000,
  maxPeersPerRoom: 10_000,
  maxPublishersPerRoom: 8,
  maxRoomsPerPeer: 16,
  messagesPerSecond: 20,
  messageBurst: 200,
  joinsPerSecond: 2,
  joinBurst: 60,
  fromViewersPerSecond: 100,
  fromViewersBurst: 500,
  maxPending: 64,
  maxBufferedBytes: 1 << 20,
  idleMs: 45_000,
  joinTimeoutMs: 5_000,
  presenceIntervalMs: 500,
};
