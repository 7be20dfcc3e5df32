// SPDX-License-Identifier: Apache-2.0
import type { TickstreamClient } from "../client.ts";
import type { PublishError } from "./publish-error.ts";
import type { PublishCredential } from "./publisher.ts";

/** What a connection to the node is made of, however offer and answer travel. */
export interface PublishConnectionOptions {
  client: TickstreamClient;
  /** The stream's id in the API. */
  stream: string;
  credential: PublishCredential;
  tracks: readonly MediaStreamTrack[];
  iceServers: RTCIceServer[];
  /** The node ended it, or it broke where an ICE restart does not help. Not called after `close`. */
  onEnded: (error: PublishError) => void;
  signal: AbortSignal;
}

/** Media on its way to the node. */
export interface PublishConnection {
  readonly peer: RTCPeerConnection;
  /** Finds new paths for the same session: the network changed. */
  restartIce(): Promise<void>;
  /** Tells the node, and closes. Never rejects. */
  close(): Promise<void>;
}

/** One way for offer and answer; resolves once they are exchanged, media follows. */
export type PublishVia = (options: PublishConnectionOptions) => Promise<PublishConnection>;
