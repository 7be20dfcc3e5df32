// SPDX-License-Identifier: Apache-2.0
import type { Registry } from "@polkadot/types/types";
import type { Enum, U8aFixed, UInt } from "@polkadot/types-codec";
import { stringPascalCase } from "@polkadot/util";
import type { DispatchFailure } from "@tickstream/contracts-types";

/** The runtime's own errors have no sentences in the metadata: those that people meet. */
const SENTENCES: Record<string, string> = {
  BadOrigin: "This account may not do that.",
  CannotLookup: "There is no such account.",
  ConsumerRemaining: "The account is still in use.",
  NoProviders: "The account does not exist on the chain yet.",
  TooManyConsumers: "The account is in use by too many things.",
  Exhausted: "The block is full.",
  Unavailable: "Something the call needs is not there.",
  "Token.FundsUnavailable": "The account has too little.",
  "Token.OnlyProvider": "The account would be left with nothing but is still needed.",
  "Token.BelowMinimum": "The amount is too small for an account to exist.",
  "Token.CannotCreate": "The account can't be created.",
  "Token.Frozen": "The account's funds are frozen.",
  "Token.NotExpendable": "The account would fall below the smallest balance.",
  "Arithmetic.Overflow": "A number is too large.",
  "Arithmetic.Underflow": "A number is too small.",
};

/** Whether a decoded enum is the runtime's `DispatchError`. */
export function isDispatchError(codec: Enum): boolean {
  return codec.defKeys.includes("Module") && codec.defKeys.includes("BadOrigin");
}

/** A `DispatchError` with the runtime's own name and sentence for it. */
export function dispatchFailureOf(registry: Registry, error: Enum): DispatchFailure {
  if (error.type === "Module") {
    const { index, error: bytes } = error.inner as unknown as { index: UInt; error: U8aFixed };
    try {
      const { section, name, docs } = registry.findMetaError({ index, error: bytes });
      return { pallet: stringPascalCase(section), name, sentence: docs.join(" ").trim() || `${name}.` };
    } catch {
      // A pallet that this runtime's metadata does not have.
      const name = `Module(${index.toString()}, ${bytes.toHex()})`;
      return { pallet: null, name, sentence: "The chain refused the call for a reason unknown here." };
    }
  }
  const name = hasCases(error.inner) ? `${error.type}.${error.inner.type}` : error.type;
  return { pallet: null, name, sentence: SENTENCES[name] ?? `The chain refused the call: ${name}.` };
}

function hasCases(codec: unknown): codec is Enum {
  return typeof codec === "object" && codec !== null && "defKeys" in codec;
}
