// SPDX-License-Identifier: Apache-2.0

// The fields that messages and API bodies are made of: JSON on the outside, the package's types on the
// inside. Each is a codec, so that one schema reads and writes.

import * as z from "zod/mini";
import { MAX_PLANCK, type Planck } from "./amounts.ts";
import { bytesToHex, hexToBytes, type Hex } from "./hex.ts";
import { isEpoch, MAX_U64, type AccountId, type ChannelId, type StreamId } from "./ids.ts";

/** An integer from 0 to `2^32 − 1`, as a JSON number. */
export const u32 = z.int().check(z.gte(0), z.lte(0xffff_ffff));

/** An epoch, as a JSON number. */
export const epoch = z.custom<number>(isEpoch);

/** A part of the whole in parts per billion, as a JSON number. */
export const share = z.int().check(z.gte(0), z.lte(1_000_000_000));

/** A `u64`, as a string of decimal digits without leading zeros. */
const u64 = decimal<bigint>(20, MAX_U64);

/** A stream's id on the chain, as a string of decimal digits. */
export const stream = decimal<StreamId>(20, MAX_U64);

/** An amount of plancks, as a string of decimal digits. */
export const amount = decimal<Planck>(39, MAX_PLANCK);

function decimal<T extends bigint>(digits: number, max: bigint) {
  return z.codec(
    // The number of digits is bounded before BigInt(), whose time is quadratic in it.
    z.string().check(z.maxLength(digits), z.regex(/^(0|[1-9][0-9]*)$/)),
    z.custom<T>((value) => typeof value === "bigint" && value >= 0n && value <= max),
    { decode: (text) => BigInt(text) as T, encode: (value) => value.toString() },
  );
}

/** `length` bytes, as `0x` and lower-case hexadecimal. */
export function bytes(length: number) {
  return z.codec(
    hexText(length),
    z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array && value.length === length),
    { decode: (text) => hexToBytes(text, length), encode: (value) => bytesToHex(value) },
  );
}

/** A channel's id, as `0x` and 64 lower-case hexadecimal digits. */
export const channel = z.custom<ChannelId>(isLowerCaseHex32);

/** An account's id, as `0x` and 64 lower-case hexadecimal digits. */
export const account = z.custom<AccountId>(isLowerCaseHex32);

/** A block's hash, as `0x` and 64 lower-case hexadecimal digits. */
export const blockHash = z.custom<Hex>(isLowerCaseHex32);

/** Ids are compared as strings, so they have one form only. */
function isLowerCaseHex32(value: unknown): boolean {
  return typeof value === "string" && value.length === 66 && /^0x[0-9a-f]{64}$/.test(value);
}

function hexText(length: number) {
  const form = /^0x[0-9a-f]*$/;
  return z.string().check(z.length(2 + 2 * length), z.regex(form));
}

/** A commitment, field by field. */
export const commitment = z.strictObject({
  tab: u64,
  nonce: u32,
  openBy: u32,
  stream,
  terms: u32,
  rate: amount,
  operator: account,
  openFee: amount,
  anchor: bytes(32),
  maxTicks: u32,
  expiresAt: u32,
});

/** Text for people, of at most `max` UTF-16 units. */
export function text(max: number) {
  return z.string().check(z.maxLength(max));
}

/** A moment as ISO 8601 in UTC. */
export const time = z.iso.datetime();

/** What was wrong with a value, for the details of an error: `commitment.rate: invalid_format`. */
export function describeIssues(error: z.core.$ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join(".") || "the whole"}: ${describeIssue(issue)}`)
    .join("; ");
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code !== "unrecognized_keys") return issue.code;
  // The names come from outside: few of them and cut, so that an error stays short.
  return `unknown field ${issue.keys
    .slice(0, 3)
    .map((key) => JSON.stringify(key.slice(0, 32)))
    .join(", ")}`;
}

/** JSON of values that hold `bigint`s and bytes, in the forms of the codecs above. */
export function stringify(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, shown: unknown) {
    // Not `shown`: a Buffer's toJSON has run on that already.
    const field = this[key];
    if (typeof field === "bigint") return field.toString();
    return field instanceof Uint8Array ? bytesToHex(field) : shown;
  });
}
