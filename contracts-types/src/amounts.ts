// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "./errors.ts";

declare const planckBrand: unique symbol;

/** An amount in plancks, the token's smallest unit: an unsigned 128-bit integer, never a float. */
export type Planck = bigint & { readonly [planckBrand]: true };

/** The largest amount the chain can express: `2^128 − 1` plancks (`u128`). */
export const MAX_PLANCK = ((1n << 128n) - 1n) as Planck;

/** A token as people see it. */
export interface Token {
  /** How many decimal places one whole token has: 12 means 1 token = 10^12 plancks. */
  decimals: number;
  /** What to write behind the number, `UNIT`. */
  symbol: string;
}

/** A value is no amount of plancks. Code `amount-invalid`. */
export class AmountError extends TickstreamError {
  override readonly name = "AmountError";

  constructor(details: string) {
    super("amount-invalid", "Not an amount: expected an integer of plancks from 0 to 2^128 - 1.", {
      details,
    });
  }
}

/**
 * Makes an amount of a `bigint` or a string of decimal digits.
 *
 * @throws {@link AmountError} for anything below 0, above {@link MAX_PLANCK}, or not decimal digits
 */
export function planck(value: bigint | string): Planck {
  if (typeof value === "string") {
    // 39 digits hold 2^128 - 1. The bound comes before BigInt(), which is quadratic in the digits.
    if (!/^[0-9]{1,39}$/.test(value)) throw new AmountError("expected 1 to 39 decimal digits");
    return planck(BigInt(value));
  }
  if (value < 0n || value > MAX_PLANCK) throw new AmountError("out of range");
  return value as Planck;
}

/**
 * An amount as people read it, exact: never rounded, without trailing zeros.
 *
 * @example formatAmount(planck(1_500_000_000_000n), { decimals: 12, symbol: "UNIT" }) // "1.5 UNIT"
 */
export function formatAmount(amount: Planck, token: Token): string {
  const unit = 10n ** BigInt(token.decimals);
  const fraction = (amount % unit).toString().padStart(token.decimals, "0").replace(/0+$/, "");
  const whole = (amount / unit).toString();
  return `${whole}${fraction === "" || token.decimals === 0 ? "" : `.${fraction}`} ${token.symbol}`;
}

/**
 * What a person typed (`"1.5"`, in whole tokens, point as the decimal separator) as an amount, exact.
 *
 * @throws {@link AmountError} for anything else, and for more decimal places than the token has
 */
export function parseAmount(text: string, token: Pick<Token, "decimals">): Planck {
  const match = /^([0-9]{1,39})(?:\.([0-9]{1,39}))?$/.exec(text.trim());
  if (!match) throw new AmountError("expected a number such as 1.5");
  const [, whole = "0", fraction = ""] = match;
  if (fraction.length > token.decimals) {
    throw new AmountError(`at most ${token.decimals} decimal places`);
  }
  return planck(
    BigInt(whole) * 10n ** BigInt(token.decimals) + BigInt(fraction.padEnd(token.decimals, "0") || "0"),
  );
}
