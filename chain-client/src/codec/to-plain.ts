// SPDX-License-Identifier: Apache-2.0
import {
  AbstractArray,
  AbstractInt,
  bool,
  Compact,
  Enum,
  Map as CodecMap,
  Null,
  Option,
  Raw,
  Set as CodecSet,
  Struct,
  Text,
} from "@polkadot/types-codec";
import type { Codec } from "@polkadot/types-codec/types";
import { dispatchFailureOf, isDispatchError } from "./dispatch-failure.ts";

/** What is left of the chain's types at the edge: the forms that contracts-types' generated types name. */
export type Plain =
  | number
  | bigint
  | string
  | boolean
  | null
  | Plain[]
  | { [field: string]: Plain | undefined };

/**
 * A decoded value as plain data. This is the one place where codec objects end.
 *
 * Integers of up to 32 bits are numbers, wider ones `bigint`s whatever their value; bytes, hashes and accounts
 * are `0x…`; `Option` is the value or `null`; enums are `{ type, value? }`; a `DispatchError` is a
 * {@link import("@tickstream/contracts-types").DispatchFailure}.
 */
export function toPlain(codec: Codec): Plain {
  if (codec instanceof Option) return codec.isNone ? null : toPlain(codec.unwrap() as Codec);
  if (codec instanceof Compact) return toPlain(codec.unwrap() as Codec);
  if (codec instanceof AbstractInt) {
    return codec.bitLength() <= 32 ? codec.toNumber() : codec.toBigInt();
  }
  if (codec instanceof bool) return codec.isTrue;
  if (codec instanceof Null) return null;
  if (codec instanceof Text) return codec.toString();
  if (codec instanceof Raw) return codec.toHex();
  if (codec instanceof Enum) return enumToPlain(codec);
  if (codec instanceof Struct) {
    return Object.fromEntries([...codec.entries()].map(([name, value]) => [name, toPlain(value)]));
  }
  if (codec instanceof AbstractArray) return [...codec].map((item) => toPlain(item as Codec));
  if (codec instanceof CodecMap) {
    return [...codec.entries()].map(([key, value]) => [toPlain(key as Codec), toPlain(value as Codec)]);
  }
  if (codec instanceof CodecSet) return codec.strings;
  // Calls and the like, which nobody here looks into.
  return codec.toHex();
}

function enumToPlain(codec: Enum): Plain {
  if (isDispatchError(codec)) return { ...dispatchFailureOf(codec.registry, codec) };
  if (codec.inner instanceof Null) return { type: codec.type };
  return { type: codec.type, value: toPlain(codec.inner) };
}
