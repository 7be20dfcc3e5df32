// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { planck, type Planck } from "./amounts.ts";
import { channelIdOf, encodeCommitment, type Commitment, type SessionKey } from "./commitment.ts";
import { TickstreamError } from "./errors.ts";
import { amount, bytes, channel, commitment, describeIssues, stringify, text, time, u32 } from "./fields.ts";
import { hashDown, MAX_TICKS } from "./hash-chain.ts";
import { bytesEqual } from "./hex.ts";

/** What a receipt names itself, so that any program knows how to read it. */
export const RECEIPT_SCHEMA = "tickstream/receipt/1";

const place = z.strictObject({
  block: u32,
  /** Hash of that block. */
  hash: bytes(32),
  /** Index of the extrinsic in it. */
  extrinsic: u32,
});

const receiptSchema = z.strictObject({
  schema: z.literal(RECEIPT_SCHEMA),
  /** What can be checked by anyone, with nothing but this. */
  proof: z.strictObject({
    /** The chain that the commitment is good on. */
    genesisHash: bytes(32),
    /** BLAKE2b-256 of the encoded commitment. */
    channel,
    sessionKey: z.strictObject({ type: z.enum(["ed25519", "sr25519"]), publicKey: bytes(32) }),
    commitment,
    /** The session key's, over the encoded commitment. */
    signature: bytes(64),
    /** How many ticks were paid, and `p(ticks)`. */
    ticks: u32,
    preimage: bytes(32),
    /** Plancks: ticks × rate. The opening fee comes on top. */
    amount,
  }),
  /** Where the chain has it, as far as it was looked up: to be checked there. */
  chain: z.strictObject({
    opened: z.nullable(place),
    settled: z.nullable(z.strictObject({ ...place.shape, ticks: u32 })),
  }),
  /** For people; nothing proves it. */
  about: z.strictObject({
    title: text(200),
    /** SS58 address. */
    creator: z.nullable(text(64)),
    /** The node's address. */
    node: text(512),
    /** Milliseconds of media in a tick. */
    tickMs: z.nullable(u32),
    /** When watching began. */
    startedAt: z.nullable(time),
  }),
});

/**
 * What is left of a channel: who promised what to whom, and how many ticks were paid, so that both can be shown to a third.
 * The preimage proves that whoever made the hash chain let go of it: held by the payee, that it was paid; held by the payer,
 * how much it was at most. What the chain settled decides between them.
 */
export type Receipt = z.output<typeof receiptSchema>;

/** Where an event stands on the chain. */
export type ChainPlace = z.output<typeof place>;

/** Bytes are no receipt. Code `receipt-invalid`. */
export class ReceiptError extends TickstreamError {
  override readonly name = "ReceiptError";
}

/** A file may hold as many, and be as large. */
const MAX_RECEIPTS = 10_000;
const MAX_CHARS = 32 * 1024 * 1024;

/**
 * One receipt, or several in an array, of JSON text. Says nothing about whether they are true: `verifyReceipt`.
 *
 * @throws {@link ReceiptError}
 */
export function parseReceipts(json: string): Receipt[] {
  if (json.length > MAX_CHARS) throw invalid("too long");
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw invalid("no JSON", cause);
  }
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > MAX_RECEIPTS) throw invalid(`more than ${MAX_RECEIPTS}`);
  return list.map((item) => {
    const result = z.safeParse(receiptSchema, item);
    if (!result.success) throw invalid(describeIssues(result.error));
    return result.data;
  });
}

/** Receipts as JSON text: one as an object, several as an array. */
export function formatReceipts(receipts: readonly Receipt[]): string {
  const [only, ...others] = receipts;
  const json = stringify(only && others.length === 0 ? only : receipts);
  return `${JSON.stringify(JSON.parse(json), null, 2)}\n`;
}

/** Why a receipt proves nothing. */
export type ReceiptFault =
  /** The channel's id is not that of the commitment on that chain. */
  | "channel-mismatch"
  /** More ticks than the commitment has. */
  | "ticks-out-of-range"
  /** The preimage does not lead to the commitment's anchor in as many hashes. */
  | "preimage-mismatch"
  /** The amount is not ticks × rate. */
  | "amount-mismatch";

/** The message that a receipt's session key signed. */
export function receiptMessage({ proof }: Pick<Receipt, "proof">): Uint8Array<ArrayBuffer> {
  return encodeCommitment(proof.genesisHash, proof.commitment);
}

/**
 * Whether a receipt's numbers and hashes agree. The signature is checked besides, by who has the curves for it: at most
 * {@link MAX_TICKS} hashes, 0.1 s.
 */
export function receiptFaults(receipt: Pick<Receipt, "proof">): ReceiptFault[] {
  const { proof } = receipt;
  const { maxTicks, anchor, rate } = proof.commitment;
  const faults: ReceiptFault[] = [];
  if (channelIdOf(receiptMessage(receipt)) !== proof.channel) faults.push("channel-mismatch");
  if (proof.ticks > maxTicks || maxTicks > MAX_TICKS) faults.push("ticks-out-of-range");
  else if (!bytesEqual(hashDown(proof.preimage, proof.ticks), anchor)) faults.push("preimage-mismatch");
  if (receiptAmount(proof.ticks, rate) !== proof.amount) faults.push("amount-mismatch");
  return faults;
}

/** Plancks that so many ticks cost; more than the chain can express is no amount. */
function receiptAmount(ticks: number, rate: Planck): bigint {
  return BigInt(ticks) * rate;
}

/**
 * A receipt of what a payer or a payee holds.
 *
 * @param parts.preimage `p(ticks)`, the anchor where nothing was paid
 */
export function makeReceipt(parts: {
  genesisHash: Uint8Array<ArrayBuffer>;
  commitment: Commitment;
  sessionKey: SessionKey;
  signature: Uint8Array<ArrayBuffer>;
  ticks: number;
  preimage: Uint8Array<ArrayBuffer>;
  about: Receipt["about"];
}): Receipt {
  const { genesisHash, sessionKey, signature, ticks, preimage, about } = parts;
  const encoded = encodeCommitment(genesisHash, parts.commitment);
  return {
    schema: RECEIPT_SCHEMA,
    proof: {
      genesisHash,
      channel: channelIdOf(encoded),
      sessionKey: { ...sessionKey, publicKey: Uint8Array.from(sessionKey.publicKey) },
      commitment: { ...parts.commitment, anchor: Uint8Array.from(parts.commitment.anchor) },
      signature,
      ticks,
      preimage,
      amount: planck(receiptAmount(ticks, parts.commitment.rate)),
    },
    chain: { opened: null, settled: null },
    about,
  };
}

function invalid(details: string, cause?: unknown): ReceiptError {
  return new ReceiptError("receipt-invalid", "This is no receipt of Tickstream, version 1.", {
    details,
    cause,
  });
}
