// SPDX-License-Identifier: Apache-2.0
import type {
  AccountId,
  ChannelId,
  ClosingCode,
  Epoch,
  Planck,
  StreamId,
  TermsMessage,
} from "@tickstream/contracts-types";
import type { BlockReason, PaymentBlockedError, SdkError } from "../../errors.ts";
import type { Events } from "../../events.ts";
import type { MediaIndex } from "../../media/media-index.ts";
import type { Coverage } from "./low-warning.ts";

/** What a session is doing. Nothing is paid in any state but `active`. */
export type SessionState =
  /** No connection to the node; it is tried again by itself. */
  | { name: "connecting" }
  /** The channel is being offered or resumed. */
  | { name: "opening" }
  | { name: "active" }
  /** By the viewer; nothing is bought. */
  | { name: "paused" }
  | { name: "blocked"; reason: BlockReason; error: PaymentBlockedError }
  /** For good: the stream ended, the viewer left, or the session was disposed. */
  | { name: "ended"; reason: "stream-ended" | "left" | "disposed" };

/** What lets a channel's viewer have its media over WebRTC. */
export interface WebRtcTicket {
  channel: ChannelId;
  /** A bearer token for the WHEP endpoint, good while the pay socket holds the channel; the WebRTC session outlives it. */
  token: string;
}

export interface PaySessionEvents {
  state: SessionState;
  /** Ticks were paid. */
  tick: { channel: ChannelId; n: number; paid: number; epochs: Epoch[]; spent: Planck };
  /** Keys arrived and match their published hashes. */
  keys: { epochs: Epoch[] };
  /** The creator's rate changed. Nothing is paid at the new one before `acceptTerms()`. */
  "terms-changed": { from: Planck; to: Planck; terms: number };
  /** The node's terms came: `terms` has them. */
  terms: TermsMessage;
  /**
   * The money comes to its end, with `ticksLeft` to go: what the tab covers, further channels included, or what the
   * limit allows. Told a minute ahead, and once more.
   */
  low: Coverage;
  /** Media of a newer epoch exists. */
  edge: { epoch: Epoch };
  /** A channel of the session has a ticket for WebRTC: the one in use, or the one that follows it. */
  ticket: WebRtcTicket;
  /** The node announced that it will stop selling, and why. */
  closing: { code: ClosingCode; message: string };
  /** Ticks were paid whose media never came. `total` counts the session's. */
  loss: { epochs: Epoch[]; total: number };
  /** Something went wrong that the session deals with by itself, or that the state tells too. */
  error: SdkError;
}

/** What a session has cost, and what it got. */
export interface SessionStats {
  /** Ticks paid by this session. */
  ticks: number;
  /** Plancks: ticks, and fees of channels opened. */
  spent: Planck;
  /** Plancks of `spent` that were fees of channels opened. */
  fees: Planck;
  limit: Planck;
  /** Ticks the open channel can still pay, within the limit. */
  ticksLeft: number;
  /** Paid, and not proved by media yet. */
  exposure: number;
  /** Ticks lost with media that never came. */
  lost: number;
}

/** One viewer paying one stream, by the second. Hand it to a player or a reader. */
export interface PaySession extends Events<PaySessionEvents> {
  readonly stream: StreamId;
  readonly operator: AccountId;
  /** Whose tabs on this device pay; `null` where that is not known here any more. */
  readonly owner: AccountId | null;
  /** Absolute URL of the stream's playlist. */
  readonly playlistUrl: string;
  /** Absolute URL of the stream's WHEP endpoint; `null` where it did not come by WebRTC when the session was opened. */
  readonly whepUrl: string | null;
  /** Whether what it buys comes by WebRTC as well. */
  readonly paysWebRtc: boolean;
  /** Of the channel in use, then of the one that follows it; empty while there is none. */
  readonly tickets: readonly WebRtcTicket[];
  /** The newest epoch that media exists of, as far as is known. */
  readonly edge: Epoch | null;
  readonly tickMs: number;
  readonly state: SessionState;
  readonly terms: TermsMessage | null;
  readonly stats: SessionStats;
  /** The playlists' tags: whoever loads a playlist feeds it. */
  readonly media: MediaIndex;
  /**
   * The key of an epoch: bought if need be, and checked against its published hash. Waits for as long as payment is
   * blocked; give a signal.
   */
  key(epoch: Epoch, signal?: AbortSignal): Promise<Uint8Array>;
  /** Media decrypted with this epoch's key parsed: the tick is answered. */
  proved(epoch: Epoch): void;
  /** Media decrypted with this epoch's key did not parse. */
  disproved(epoch: Epoch): void;
  /** Playback starts somewhere anew, by the viewer's doing: a lead-in may be bought. */
  joined(): void;
  /** Buys nothing more until `resume()`. */
  pause(): void;
  resume(): void;
  /** Agrees to the terms that `terms-changed` announced. */
  acceptTerms(): void;
  /** In plancks, for the whole session. Raising it goes on with what was stopped by it. */
  setLimit(limit: Planck): void;
  /**
   * The viewer wants to go on after a block: after a top-up, or at this window instead of another. Ticks that a node
   * left unanswered are taken as lost.
   */
  retry(): void;
  /** Stops for good: the node settles and closes the channel, and what is left returns to the tab. */
  leave(): Promise<void>;
  /** Stops, and keeps the channel for a later session of this device. */
  dispose(): Promise<void>;
}
