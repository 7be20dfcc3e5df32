// SPDX-License-Identifier: Apache-2.0
import { TickstreamError, type TickstreamErrorOptions } from "@tickstream/contracts-types";

/** Why money cannot or may not be spent right now; the session's state carries one of these while it is blocked. */
export type BlockReason =
  /** The node has been paid up to the exposure window and hands out no keys. */
  | "keys-withheld"
  /** A key did not match the hash published before the sale, or what it decrypted was no media. */
  | "wrong-key"
  /** The session's spending limit is reached. */
  | "limit-reached"
  /** The tab cannot cover another channel. */
  | "tab-empty"
  /** The creator changed the terms; nothing is paid at the new ones before `acceptTerms()`. */
  | "terms-changed"
  /** Media asks for more ticks than wall time allows. */
  | "pace-exceeded"
  /** The channel is not on the chain yet and its credit is used up; goes away by itself. */
  | "credit-exhausted"
  /** The node has lost the chain and cannot take a channel; goes away by itself. */
  | "chain-unreachable"
  /** The node cannot keep its books at the moment; goes away by itself. */
  | "recovering"
  /** This device cannot store what it pays, so it must not pay; tried again by itself. */
  | "store-failed"
  /** The broadcaster is gone and may return; nothing is sold meanwhile. */
  | "off-air"
  /** Another page or device took over this channel. */
  | "superseded"
  /** The free preview is used up. */
  | "preview-over"
  /** The node refused to open or resume a channel; `cause` says why. */
  | "refused";

/**
 * The SDK's errors. `code` says what went wrong: `node-unreachable`, `node-answer-invalid`, `request-refused`,
 * `stream-unknown`, `stream-free`, `insecure-context`, `store-failed`, `store-locked`, `disposed`, `aborted`, `timeout`,
 * `epoch-unavailable`, `part-invalid`, `playlist-invalid`, `player-failed`, `node-misbehaved`, or a {@link BlockReason}.
 */
export class SdkError extends TickstreamError {
  override readonly name: string = "SdkError";
}

/** A session may not pay: see {@link BlockReason} in `code`. */
export class PaymentBlockedError extends SdkError {
  override readonly name = "PaymentBlockedError";
  declare readonly code: BlockReason;

  constructor(
    code: BlockReason,
    sentence: string = BLOCK_SENTENCES[code],
    options: TickstreamErrorOptions = {},
  ) {
    super(code, sentence, options);
  }
}

const BLOCK_SENTENCES: Record<BlockReason, string> = {
  "keys-withheld": "The node was paid but hands out no keys; nothing more is paid until it does.",
  "wrong-key": "The node handed out a key that does not open the media; nothing more is paid to it.",
  "limit-reached": "The spending limit is reached.",
  "tab-empty": "The tab is empty: top it up to go on watching.",
  "terms-changed": "The creator changed the price: accept it to go on watching.",
  "pace-exceeded": "The stream asks for more seconds than have passed; it is paid no faster than time.",
  "credit-exhausted": "Waiting for the chain to confirm the channel.",
  "chain-unreachable": "The node has lost the chain; it goes on by itself when that is back.",
  recovering: "The node is recovering; nothing is charged meanwhile.",
  "store-failed": "This device cannot store what it pays; nothing is paid meanwhile.",
  "off-air": "The broadcast is interrupted; it goes on by itself when the broadcaster returns.",
  superseded: "This stream is being watched in another window.",
  "preview-over": "The free preview is over.",
  refused: "The node refused the payment channel.",
};

/** The refusal a node gave, in its own code and words. */
export class RefusedError extends SdkError {
  override readonly name = "RefusedError";
  /** What the node would have accepted, as far as it said. */
  readonly accept: Readonly<Record<string, string>>;

  constructor(code: string, message: string, accept: Readonly<Record<string, string>> = {}) {
    super(code, message);
    this.accept = accept;
  }
}

/** What an aborted wait rejects with: the signal's own reason where it is an error. */
export function abortError(signal: AbortSignal): Error {
  return signal.reason instanceof Error
    ? signal.reason
    : new SdkError("aborted", "The operation was aborted.");
}

/** Any thrown value as an error, so that causes chain. */
export function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}

/** What keeps a device from storing what it pays, as an error of the SDK. */
export function storeFailure(cause: unknown): SdkError {
  return cause instanceof SdkError
    ? cause
    : new SdkError("store-failed", "Paying was interrupted.", { details: asError(cause).message, cause });
}
