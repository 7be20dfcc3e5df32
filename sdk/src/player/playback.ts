// SPDX-License-Identifier: Apache-2.0
import type { SdkError } from "../errors.ts";
import type { Latency, PlayerSession, PlayerStats, Transport } from "./player.ts";

/** What is played: one stream, by the URLs of both ways it comes, and who pays for it. */
export interface PlaybackSource {
  session: PlayerSession | null;
  playlistUrl: string;
  /** `null` where it does not come by WebRTC now. */
  whepUrl: string | null;
}

/** What a way of playing tells the player that owns it. */
export interface PlaybackHost {
  /** There is enough to play from, at the live edge. */
  ready(): void;
  /** Playback waits for a key; called as that begins. */
  starved(): void;
  /** Trouble that it mends by itself. */
  disturbed(error: SdkError): void;
  /** It has to begin anew, and does by itself; nothing comes meanwhile. */
  interrupted(): void;
  /** It cannot go on, and not soon where that is `lasting`. */
  failed(error: SdkError, lasting: boolean): void;
  /** The stream is over, and shown to its end. */
  ended(): void;
}

/**
 * One way media gets into the element. It neither plays nor pauses the element, and does not pay: the player above it
 * does, which also knows what the viewer wants.
 */
export interface Playback {
  readonly transport: Transport;
  /** Whether it has to have the element to itself before it can be {@link PlaybackHost.ready}. */
  readonly needsElement: boolean;
  /** Behind the live edge, in milliseconds; `null` before playback. */
  readonly latencyMs: number | null;
  /** Whether it waits for a key now. */
  readonly isStarved: boolean;
  /** Seconds of media in hand. */
  readonly aheadSeconds: number;
  /** Gets media, from the live edge on; also after `stop()`. */
  start(): void;
  /** Gets no more, until `start()`. */
  stop(): void;
  /** Puts the media into the element. */
  show(): void;
  goLive(): void;
  setLatency(latency: Latency): void;
  /** Whether it could go over to another session of the stream without a break. */
  useSession(session: PlayerSession): boolean;
  /** The network is there again: does not sit out what it waits for. */
  networkChanged(): void;
  stats(): Promise<PlaybackStats>;
  /** Leaves the element empty. */
  dispose(): void;
}

/** The part of {@link PlayerStats} that depends on the way media comes. */
export type PlaybackStats = Omit<
  PlayerStats,
  "framesShown" | "framesDropped" | "stalls" | "width" | "height"
>;
