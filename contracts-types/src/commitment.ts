// SPDX-License-Identifier: Apache-2.0
import { blake2b } from "@noble/hashes/blake2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { planck, type Planck } from "./amounts.ts";
import { bytesEqual, hexToBytes } from "./hex.ts";
import { accountId, channelId, streamId, type AccountId, type ChannelId, type StreamId } from "./ids.ts";
import { encodeFixedBytes, encodeShortText, encodeUint, ScaleError, ScaleReader } from "./scale.ts";

/**
 * A session key's promise: this tab pays this stream, on these terms, through this operator, up to
 * `maxTicks`, along this hash chain.
 *
 * The session key signs {@link encodeCommitment}'s bytes as they are: 64 bytes of ed25519, or of
 * sr25519 in the context `substrate`.
 */
export interface Commitment {
  /** The tab that pays, `u64`. */
  tab: bigint;
  /** Different for every commitment of a tab, rising, `u32`: a commitment opens at most once. */
  nonce: number;
  /** Block number up to which a channel may open, `u32`; at most `MaxOpenDelay` ahead. */
  openBy: number;
  /** The stream that is paid. */
  stream: StreamId;
  /** Version of the stream's terms, `u32`. */
  terms: number;
  /** Plancks per tick, as that version says. */
  rate: Planck;
  /** Who may close, and gets the operator's share. */
  operator: AccountId;
  /** Plancks from the tab to the operator at opening, for the transactions. */
  openFee: Planck;
  /** `p(0)` of the hash chain, 32 bytes. */
  anchor: Uint8Array;
  /** Length of the hash chain, 1 to `MAX_TICKS`. */
  maxTicks: number;
  /** Block number at which the channel ends, `u32`. */
  expiresAt: number;
}

/** The key that a tab names for signing commitments and session proofs, 32 bytes. */
export interface SessionKey {
  type: "ed25519" | "sr25519";
  publicKey: Uint8Array;
}

const DOMAIN = encodeShortText("tickstream/commitment/1");

/** Bytes in an encoded commitment; they are always as many. */
export const COMMITMENT_LENGTH = DOMAIN.length + 32 + 8 + 4 + 4 + 8 + 4 + 16 + 32 + 16 + 32 + 4 + 4;

/**
 * The bytes that a session key signs: domain, genesis hash and fields, SCALE-encoded in the protocol's order.
 *
 * @param genesisHash the chain's, 32 bytes: a signature is good on one chain only
 * @throws ScaleError where a field is out of its range
 */
export function encodeCommitment(genesisHash: Uint8Array, commitment: Commitment): Uint8Array<ArrayBuffer> {
  const c = commitment;
  return concatBytes(
    DOMAIN,
    encodeFixedBytes(genesisHash, 32, "genesisHash"),
    encodeUint(c.tab, 8, "tab"),
    encodeUint(c.nonce, 4, "nonce"),
    encodeUint(c.openBy, 4, "openBy"),
    encodeUint(c.stream, 8, "stream"),
    encodeUint(c.terms, 4, "terms"),
    encodeUint(c.rate, 16, "rate"),
    hexToBytes(c.operator, 32),
    encodeUint(c.openFee, 16, "openFee"),
    encodeFixedBytes(c.anchor, 32, "anchor"),
    encodeUint(c.maxTicks, 4, "maxTicks"),
    encodeUint(c.expiresAt, 4, "expiresAt"),
  );
}

/**
 * What was encoded, and for which chain.
 *
 * @throws ScaleError `scale-bytes-invalid` where the bytes are no commitment
 */
export function decodeCommitment(encoded: Uint8Array): {
  genesisHash: Uint8Array;
  commitment: Commitment;
} {
  const reader = new ScaleReader(encoded);
  if (!bytesEqual(reader.bytes(DOMAIN.length), DOMAIN)) {
    throw new ScaleError("scale-bytes-invalid", "The bytes are no Tickstream commitment, version 1.");
  }
  const genesisHash = reader.bytes(32);
  const commitment: Commitment = {
    tab: reader.uint(8),
    nonce: reader.u32(),
    openBy: reader.u32(),
    stream: streamId(reader.uint(8)),
    terms: reader.u32(),
    rate: planck(reader.uint(16)),
    operator: accountId(reader.bytes(32)),
    openFee: planck(reader.uint(16)),
    anchor: reader.bytes(32),
    maxTicks: reader.u32(),
    expiresAt: reader.u32(),
  };
  reader.end();
  return { genesisHash, commitment };
}

/** The id of the channel that an encoded commitment opens: its BLAKE2b-256. */
export function channelIdOf(encoded: Uint8Array): ChannelId {
  return channelId(blake2b(encoded, { dkLen: 32 }));
}
