// SPDX-License-Identifier: Apache-2.0
import type { TickstreamClient } from "../client.ts";
import type { CreatorLogin } from "../creator/login.ts";
import type { SdkError } from "../errors.ts";
import type { Events } from "../events.ts";
import type { Encoding } from "./encoding.ts";
import type { PublishSource } from "./open-source.ts";
import type { PublishStats } from "./publish-stats.ts";

/** How offer and answer travel: over the node's signaling, or by WHIP. */
export type PublishWay = "signal" | "whip";

/** Who publishes: whoever has the stream's key, or its creator, logged in at the node. */
export type PublishCredential = { streamKey: string } | { login: CreatorLogin };

export type PublisherOptions = PublishCredential & {
  client: TickstreamClient;
  /** The stream's id in the API. */
  stream: string;
  source: PublishSource;
  /** Signaling first, and WHIP where that can't be reached, unless given. */
  via?: PublishWay | undefined;
  encoding?: Partial<Encoding> | undefined;
  signal?: AbortSignal | undefined;
};

export type PublisherState =
  | { name: "connecting" }
  | { name: "live" }
  /** The connection was lost and is being made again; viewers wait meanwhile. */
  | { name: "reconnecting"; error: SdkError }
  /** It did not come back, or the node refused. */
  | { name: "failed"; error: SdkError }
  | { name: "stopped" };

export interface PublisherEvents {
  state: PublisherState;
  /** Each second while live. */
  stats: PublishStats;
  /** The device or the person ended what is being sent, by pulling a plug or by "stop sharing"; replace it. */
  "source-ended": { kind: "video" | "audio" };
  /** What went wrong and is being mended. */
  error: SdkError;
}

/** A stream on its way from this browser to the node. */
export interface Publisher extends Events<PublisherEvents> {
  readonly state: PublisherState;
  readonly via: PublishWay;
  readonly encoding: Readonly<Encoding>;
  readonly muted: boolean;
  /** Sends another picture from now on; viewers see a cut. The old track stays the caller's. */
  replaceVideo(track: MediaStreamTrack): Promise<void>;
  replaceAudio(track: MediaStreamTrack): Promise<void>;
  /** Sends silence instead of sound. */
  setMuted(muted: boolean): void;
  setEncoding(change: Partial<Encoding>): Promise<void>;
  /** What has been sent since the last call or `stats` event; `null` while not live. */
  stats(): Promise<PublishStats | null>;
  /** Ends the broadcast and what was captured for it. */
  stop(): Promise<void>;
}
