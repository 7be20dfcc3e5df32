// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AmountError, formatAmount, MAX_PLANCK, parseAmount, planck } from "./amounts.ts";
import { amount } from "./testing/arbitraries.ts";

const unit = { decimals: 12, symbol: "UNIT" };

describe("amounts", () => {
  test("integers from 0 to 2^128 - 1 are amounts", () => {
    expect(planck("0")).toBe(0n);
    expect(planck(MAX_PLANCK.toString())).toBe(MAX_PLANCK);
    for (const bad of [-1n, MAX_PLANCK + 1n, "", "-1", "1.5", "0x10", " 1", "9".repeat(40)]) {
      expect(() => planck(bad)).toThrow(AmountError);
    }
  });

  test.each([
    [0n, "0 UNIT"],
    [1n, "0.000000000001 UNIT"],
    [1_500_000_000_000n, "1.5 UNIT"],
    [10n ** 24n, "1000000000000 UNIT"],
    [MAX_PLANCK, "340282366920938463463374607.431768211455 UNIT"],
  ])("%s plancks read %j", (value, text) => {
    expect(formatAmount(planck(value), unit)).toBe(text);
  });

  test("a token without decimals has no point", () => {
    expect(formatAmount(planck(10n), { decimals: 0, symbol: "X" })).toBe("10 X");
  });

  test("what is written is read back to the planck, whatever the decimals", () => {
    fc.assert(
      fc.property(amount, fc.nat({ max: 30 }), (value, decimals) => {
        const [text = ""] = formatAmount(value, { decimals, symbol: "X" }).split(" ");
        expect(parseAmount(text, { decimals })).toBe(value);
      }),
    );
  });

  test("more decimal places than the token has, and what is no number, are refused", () => {
    for (const bad of ["0.0000000000001", "1,5", "1e3", ".5", "5.", "-1", "", "1 000", "1".repeat(39)]) {
      expect(() => parseAmount(bad, unit)).toThrow(AmountError);
    }
  });
});
