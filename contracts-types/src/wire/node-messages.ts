// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { account, amount, bytes, channel, epoch, share, stream, text, u32 } from "../fields.ts";
import { MAX_BOUGHT_RANGES, MAX_PAYEES, MAX_TICK_EPOCHS } from "./limits.ts";

/** Why a node refuses a request. */
export const REFUSAL_CODES = [
  // the stream
  "stream-unknown",
  "stream-off-air",
  "stream-free",
  // the commitment
  "commitment-invalid",
  "signature-invalid",
  "commitment-known",
  "terms-stale",
  "open-by-range",
  "expires-at-range",
  "operator-wrong",
  "open-fee-wrong",
  // the tab
  "tab-unknown",
  "tab-insufficient",
  "tab-closed",
  "tab-opening-failed",
  // the channel and its ticks
  "channel-unknown",
  "channel-closing",
  "preimage-invalid",
  "advance-too-far",
  "epochs-unpaid",
  "epochs-out-of-range",
  "credit-exhausted",
  // the node
  "chain-unreachable",
  "recovering",
  "rate-limited",
  "preview-exhausted",
] as const;

/** One of {@link REFUSAL_CODES}. */
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Why a node stops selling. */
export const CLOSING_CODES = [
  "stream-ended",
  "draining",
  "tab-low",
  "chain-unreachable",
  "superseded",
  "close-requested",
  "channel-ending",
] as const;

/** One of {@link CLOSING_CODES}. */
export type ClosingCode = (typeof CLOSING_CODES)[number];

/** What a stream costs, what the node grants, and the nonce that session proofs on this socket sign. */
export const termsMessage = z.strictObject({
  type: z.literal("terms"),
  stream,
  /** The version a commitment has to name. */
  terms: u32,
  /** Plancks per tick. */
  rate: amount,
  /** Milliseconds of media in a tick. */
  tickMs: u32.check(z.gte(1)),
  operator: account,
  /** The operator's part, in parts per billion. */
  operatorShare: share,
  /** Who gets the rest, in parts per billion of it, in the terms' order. */
  payees: z.array(z.strictObject({ account, share })).check(z.maxLength(MAX_PAYEES)),
  /** Plancks that opening a channel takes from the tab. */
  openFee: amount,
  /** Ticks that may be paid ahead of keys delivered. */
  exposureWindow: u32,
  /** Ticks each address may watch for nothing. */
  previewTicks: u32,
  /** Ticks sold before the channel is on chain. */
  creditTicks: u32,
  /** Ticks sold, besides, before it is final. */
  unfinalizedTicks: u32,
  genesisHash: bytes(32),
  /** Fresh for every socket. */
  nonce: bytes(32),
  /** The node's best block number: `openBy` and `expiresAt` count from it. */
  head: u32,
  /** The newest epoch that media exists of; `null` when off air. */
  edge: z.nullable(epoch),
});

/** The channel can be used on this socket: where it stands, as the node has it. */
export const openedMessage = z.strictObject({
  type: z.literal("opened"),
  channel,
  n: u32,
  /** `p(n)`: without it a viewer believes no higher `n` than its own. */
  preimage: bytes(32),
  /** Ranges of epochs bought, both ends included, ascending. */
  bought: z
    .array(z.tuple([epoch, epoch]).check(z.refine(([from, to]) => from <= to)))
    .check(z.maxLength(MAX_BOUGHT_RANGES)),
  /** Ticks the node sells until the channel is on chain (then until it is final); `null` once it is final. */
  credit: z.nullable(u32),
  /** Good for WebRTC (`POST /whep/{stream}`) while this socket holds the channel: the session goes on after it. */
  ticket: bytes(16),
});

/** A request was not granted. */
export const refusedMessage = z.strictObject({
  type: z.literal("refused"),
  /** The type of the message that is refused. */
  request: z.enum(["watch", "open", "resume", "tick"]),
  stream: z.optional(stream),
  channel: z.optional(channel),
  code: z.enum(REFUSAL_CODES),
  /** A sentence for people. */
  message: text(512),
  /** What would have been accepted, by field of the request. */
  accept: z.optional(
    z.record(text(32), text(256)).check(z.refine((fields) => Object.keys(fields).length <= 16)),
  ),
});

/** The keys of epochs: bought ones, or of a preview where `channel` is `null`. */
export const keysMessage = z.strictObject({
  type: z.literal("keys"),
  stream,
  channel: z.nullable(channel),
  keys: z.array(z.strictObject({ epoch, key: bytes(16) })).check(z.maxLength(MAX_TICK_EPOCHS)),
});

/** Where the live edge is, and how many epochs the viewer is behind it: a hint, never a debt. */
export const dueMessage = z.strictObject({
  type: z.literal("due"),
  stream,
  channel: z.nullable(channel),
  edge: epoch,
  behind: u32,
});

/** The node sells no more, of everything or of what is named. */
export const closingMessage = z.strictObject({
  type: z.literal("closing"),
  stream: z.optional(stream),
  channel: z.optional(channel),
  code: z.enum(CLOSING_CODES),
  /** A sentence for people. */
  message: text(512),
});

/** Everything a node sends. */
export const nodeMessage = z.discriminatedUnion("type", [
  termsMessage,
  openedMessage,
  refusedMessage,
  keysMessage,
  dueMessage,
  closingMessage,
]);

export type TermsMessage = z.output<typeof termsMessage>;
export type OpenedMessage = z.output<typeof openedMessage>;
export type RefusedMessage = z.output<typeof refusedMessage>;
export type KeysMessage = z.output<typeof keysMessage>;
export type DueMessage = z.output<typeof dueMessage>;
export type ClosingMessage = z.output<typeof closingMessage>;
export type NodeMessage = z.output<typeof nodeMessage>;
