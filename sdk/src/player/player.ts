// SPDX-License-Identifier: Apache-2.0
import type { Epoch, StreamDetail, StreamSummary } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
import type { BlockReason, PaymentBlockedError, SdkError } from "../errors.ts";
import type { Events } from "../events.ts";
import type { PaySession } from "../payment/session/pay-session.ts";

/** How media comes: in parts over HTTP (LL-HLS), or over WebRTC (WHEP). */
export type Transport = "hls" | "webrtc";

/** `auto` takes WebRTC where the lowest latency is wanted and the network carries it, and LL-HLS otherwise. */
export type TransportChoice = "auto" | Transport;

/** How far behind live the viewer wants to be: well below a second, a second or two, or with buffer for a bad line. */
export type Latency = "lowest" | "low" | "steady";

/** What a player is doing. */
export type PlayerState =
  | { name: "loading" }
  | { name: "playing" }
  /** By the viewer, or by a browser that wants a click first; a paid stream buys nothing meanwhile. */
  | { name: "paused" }
  /** For media: the network, or a publisher that is gone for now. Goes on by itself. */
  | { name: "waiting" }
  /** For money or consent; `reason` says which. Goes on at the live edge when the session does. */
  | { name: "blocked"; reason: BlockReason; error: PaymentBlockedError }
  | { name: "ended" };

export interface PlayerEvents {
  state: PlayerState;
  /** Media comes another way now; `error` says why, where it was not the viewer's choice. */
  transport: { transport: Transport; error: SdkError | null };
  /** The browser plays no sound before a click, so the player muted the element (`autoplay: "muted"`). */
  muted: void;
  /** The browser wants a click before it plays at all: call `video.play()` from one. */
  "autoplay-refused": SdkError;
  /** Dealt with by the player itself, or told by the state too. */
  error: SdkError;
}

/** One rendition that can be chosen. */
export interface Quality {
  /** `source` is what the broadcaster sent, untouched. */
  id: string;
  /** Pixels; `null` before the first picture, and where there is none. */
  width: number | null;
  height: number | null;
}

/** What is going on, for the curious and for bug reports. `null` is what cannot be told. */
export interface PlayerStats {
  transport: Transport;
  /** Behind the live edge, in milliseconds. */
  latencyMs: number | null;
  /** Media ahead of what shows, in milliseconds. */
  bufferMs: number;
  /** Bits a second of media, over the last seconds. */
  bitrate: number | null;
  width: number | null;
  height: number | null;
  framesShown: number;
  framesDropped: number;
  /** How often playback stopped for want of media. */
  stalls: number;
  /** As in RFC 6381 for HLS (`avc1.4d401f`), a MIME type for WebRTC (`video/H264`). */
  videoCodec: string | null;
  audioCodec: string | null;
  /** Newest epoch that media was received of; `null` in a free stream. */
  epoch: Epoch | null;
  /** Of packets, since the connection stands. WebRTC only. */
  packetsLost: number | null;
  /** To the node and back, in milliseconds. WebRTC only. */
  roundTripMs: number | null;
}

/** The parts of a session that a player needs: of one that pays, or of a preview. */
export type PlayerSession = Pick<
  PaySession,
  | "playlistUrl"
  | "whepUrl"
  | "paysWebRtc"
  | "tickets"
  | "tickMs"
  | "edge"
  | "state"
  | "on"
  | "key"
  | "proved"
  | "disproved"
  | "joined"
  | "pause"
  | "resume"
  | "media"
>;

/** What to play. */
export type PlayerSource =
  /** A paid stream, or a preview of one. */
  | { session: PlayerSession }
  /** A free stream of a node: no payment code is loaded for it. */
  | { client: TickstreamClient; stream: string | StreamDetail }
  /** A free stream by absolute URLs: of its playlist, and where WebRTC is wanted of its WHEP endpoint. */
  | { playlistUrl: string; whepUrl?: string | null | undefined };

export type PlayerOptions = PlayerSource & {
  video: HTMLVideoElement;
  /**
   * Whether playback begins by itself; `true` unless given. `"muted"` begins without sound where the browser
   * refuses to begin with it; otherwise `autoplay-refused` tells.
   */
  autoplay?: boolean | "muted" | undefined;
  /** `auto` unless given. */
  transport?: TransportChoice | undefined;
  /** `low` unless given. */
  latency?: Latency | undefined;
  fetch?: typeof fetch | undefined;
};

/** Plays one stream in one video element. The session stays its maker's to dispose. */
export interface Player extends Events<PlayerEvents> {
  readonly state: PlayerState;
  /** How media comes now. */
  readonly transport: Transport;
  /** What the viewer chose. */
  readonly transportChoice: TransportChoice;
  readonly latency: Latency;
  /** Behind the live edge, in milliseconds; `null` before playback. */
  readonly latencyMs: number | null;
  /** What may be chosen from: today what the broadcaster sent, and nothing else. */
  readonly qualities: readonly Quality[];
  /** The id of the quality that plays. */
  readonly quality: string;
  /** Takes effect at once; what was paid for is not paid again. */
  setTransport(choice: TransportChoice): void;
  setLatency(latency: Latency): void;
  /** Goes on with another session of the same stream, as after a preview: nothing shown is paid for again. */
  useSession(session: PlayerSession): void;
  /**
   * Tells what the node says of the stream by now, as `client.stream(id)` does: whether it comes by WebRTC changes with its
   * broadcaster's encoder. A player that is told nothing goes by what it knew when it was made.
   */
  update(stream: Pick<StreamSummary, "playback">): void;
  /** Jumps to the live edge. */
  goLive(): void;
  stats(): Promise<PlayerStats>;
  dispose(): Promise<void>;
}
