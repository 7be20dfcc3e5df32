// SPDX-License-Identifier: Apache-2.0
import { fromHex, toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { ScaleReader } from "../codec/scale.ts";

/** `sp_runtime::transaction_validity::ValidTransaction`. Tags are hex. */
export interface ValidTransaction {
  readonly priority: bigint;
  readonly requires: readonly Hex[];
  readonly provides: readonly Hex[];
  /** In blocks. */
  readonly longevity: bigint;
}

/** `TransactionValidityError`, in the words that a node's RPC uses. */
export interface InvalidTransaction {
  readonly kind: "invalid" | "unknown";
  readonly reason: string;
  /** It does not fit this block, but may fit the next. */
  readonly exhaustsResources: boolean;
  /** Not yet valid: its nonce lies ahead. */
  readonly future: boolean;
}

const INVALID = [
  "Transaction call is not expected",
  "Inability to pay some fees (e.g. account balance too low)",
  "Transaction will be valid in the future",
  "Transaction is outdated",
  "Transaction has a bad signature",
  "Transaction has an ancient birth block",
  "Transaction would exhaust the block limits",
  "InvalidTransaction custom error",
  "A call was labelled as mandatory, but resulted in an Error.",
  "Transaction dispatch is mandatory; transactions must not be validated.",
  "Invalid signing address",
  "The implicit data was unable to be calculated",
  "The transaction extension did not authorize any origin",
];
const FUTURE = 2;
const EXHAUSTS_RESOURCES = 6;
const CUSTOM_INVALID = 7;

const UNKNOWN = [
  "Could not lookup information required to validate the transaction",
  "Could not find an unsigned validator for the unsigned transaction",
  "UnknownTransaction custom error",
];
const CUSTOM_UNKNOWN = 2;

/** Decodes what `TaggedTransactionQueue_validate_transaction` returns. */
export function decodeValidity(result: Hex): ValidTransaction | InvalidTransaction {
  const reader = new ScaleReader(fromHex(result));
  if (reader.u8() !== 0) return readInvalid(reader);
  const priority = reader.u64();
  const requires = readTags(reader);
  const provides = readTags(reader);
  return { priority, requires, provides, longevity: reader.u64() };
}

/** Decodes what `BlockBuilder_apply_extrinsic` returns: undefined where the extrinsic is in the block. */
export function decodeApplied(result: Hex): InvalidTransaction | undefined {
  const reader = new ScaleReader(fromHex(result));
  return reader.u8() === 0 ? undefined : readInvalid(reader);
}

export function isInvalid(validity: ValidTransaction | InvalidTransaction): validity is InvalidTransaction {
  return "reason" in validity;
}

function readInvalid(reader: ScaleReader): InvalidTransaction {
  const known = reader.u8() === 0;
  const variant = reader.u8();
  const custom = variant === (known ? CUSTOM_INVALID : CUSTOM_UNKNOWN);
  const reason = custom
    ? `Custom error: ${reader.u8()}`
    : ((known ? INVALID : UNKNOWN)[variant] ?? `Error ${variant}`);
  return {
    kind: known ? "invalid" : "unknown",
    reason,
    exhaustsResources: known && variant === EXHAUSTS_RESOURCES,
    future: known && variant === FUTURE,
  };
}

function readTags(reader: ScaleReader): Hex[] {
  const tags: Hex[] = [];
  for (let count = Number(reader.compact()); count > 0; count--) tags.push(toHex(reader.bytes()));
  return tags;
}
