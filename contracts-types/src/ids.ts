// SPDX-License-Identifier: Apache-2.0
import { blake2b } from "@noble/hashes/blake2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { decodeBase58, encodeBase58 } from "./base58.ts";
import { TickstreamError } from "./errors.ts";
import { bytesEqual, bytesToHex, hexToBytes, isHex, type Hex } from "./hex.ts";

declare const streamIdBrand: unique symbol;
declare const channelIdBrand: unique symbol;
declare const accountIdBrand: unique symbol;

/** A stream's number on the chain, `u64`, never reused. */
export type StreamId = bigint & { readonly [streamIdBrand]: true };

/** BLAKE2b-256 of a channel's encoded commitment: 32 bytes in lower-case hexadecimal. */
export type ChannelId = Hex & { readonly [channelIdBrand]: true };

/** An account's public key (`AccountId32`): 32 bytes in lower-case hexadecimal. {@link toSs58} is its human form. */
export type AccountId = Hex & { readonly [accountIdBrand]: true };

/** Index of a tick in a stream's media time: a safe integer from 0, which never repeats in a stream's life. */
export type Epoch = number;

/** The largest `u64`. */
export const MAX_U64 = (1n << 64n) - 1n;

/** Something is no id of the kind expected. Codes `stream-id-invalid`, `channel-id-invalid`, `account-id-invalid`, `address-invalid`. */
export class IdError extends TickstreamError {
  override readonly name = "IdError";
}

/**
 * A stream's id of a number or decimal digits.
 *
 * @throws {@link IdError} `stream-id-invalid`
 */
export function streamId(value: bigint | number | string): StreamId {
  const valid =
    typeof value === "string"
      ? /^(0|[1-9][0-9]{0,19})$/.test(value)
      : typeof value === "bigint" || Number.isSafeInteger(value);
  const id = valid ? BigInt(value) : -1n;
  if (id < 0n || id > MAX_U64) {
    throw new IdError("stream-id-invalid", "Not a stream's id: expected an integer from 0 to 2^64 - 1.");
  }
  return id as StreamId;
}

/**
 * A channel's id of 32 bytes or their hexadecimal form.
 *
 * @throws {@link IdError} `channel-id-invalid`
 */
export function channelId(value: Uint8Array | string): ChannelId {
  const hex = fixedHex(value);
  if (hex === null) throw new IdError("channel-id-invalid", "Not a channel's id: expected 32 bytes.");
  return hex as ChannelId;
}

/**
 * An account's id of 32 bytes or their hexadecimal form (an SS58 address goes through {@link fromSs58}).
 *
 * @throws {@link IdError} `account-id-invalid`
 */
export function accountId(value: Uint8Array | string): AccountId {
  const hex = fixedHex(value);
  if (hex === null) throw new IdError("account-id-invalid", "Not an account's id: expected 32 bytes.");
  return hex as AccountId;
}

/** One form only, so that ids can be compared as strings. */
function fixedHex(value: Uint8Array | string): Hex | null {
  if (typeof value === "string") return isHex(value, 32) ? (value.toLowerCase() as Hex) : null;
  return value.length === 32 ? bytesToHex(value) : null;
}

/** Whether `value` is an epoch: a safe integer from 0. */
export function isEpoch(value: unknown): value is Epoch {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The prefix of addresses that name no particular chain ("Substrate", 42). */
export const GENERIC_SS58_PREFIX = 42;

/**
 * An account's address as wallets show it.
 *
 * Format: https://docs.polkadot.com/polkadot-protocol/parachain-basics/accounts/#address-format
 *
 * @param prefix the chain's registered number, 0 to 16,383
 */
export function toSs58(account: AccountId, prefix: number = GENERIC_SS58_PREFIX): string {
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > 16_383) {
    throw new IdError("address-invalid", "An address prefix is an integer from 0 to 16383.");
  }
  const body = concatBytes(prefixBytes(prefix), hexToBytes(account, 32));
  return encodeBase58(concatBytes(body, checksum(body)));
}

/**
 * The account that an address names, whatever chain's prefix it was written with.
 *
 * @param prefix where given, an address with another prefix is refused
 * @throws {@link IdError} `address-invalid`
 */
export function fromSs58(address: string, prefix?: number): AccountId {
  // 36 bytes are at most 50 characters; the bound comes before the quadratic decoding.
  const bytes = address.length <= 50 ? decodeBase58(address) : null;
  const prefixLength = bytes?.[0] !== undefined && bytes[0] < 64 ? 1 : 2;
  if (bytes === null || bytes.length !== prefixLength + 32 + 2 || bytes[0]! > 127) {
    throw new IdError("address-invalid", "Not an account's address.");
  }
  const body = bytes.subarray(0, prefixLength + 32);
  if (!bytesEqual(checksum(body), bytes.subarray(prefixLength + 32))) {
    throw new IdError("address-invalid", "Not an account's address: it has a typing error.");
  }
  if (prefix !== undefined && !bytesEqual(prefixBytes(prefix), bytes.subarray(0, prefixLength))) {
    throw new IdError("address-invalid", "This address belongs to another chain.");
  }
  return bytesToHex(body.subarray(prefixLength)) as AccountId;
}

/** Numbers below 64 take one byte; the rest 14 bits over two, marked by the first byte's second-highest bit. */
function prefixBytes(prefix: number): Uint8Array {
  if (prefix < 64) return Uint8Array.of(prefix);
  return Uint8Array.of(0x40 | ((prefix & 0xfc) >> 2), (prefix >> 8) | ((prefix & 0x03) << 6));
}

function checksum(body: Uint8Array): Uint8Array {
  return blake2b(concatBytes(utf8ToBytes("SS58PRE"), body), { dkLen: 64 }).subarray(0, 2);
}
