// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { amountText, costOf, formatDuration, inCurrency, roundAmount, shortAddress } from "./format.ts";

const token = { decimals: 12, symbol: "UNIT" };

test("durations read like a clock", () => {
  expect(formatDuration(0)).toBe("0:00");
  expect(formatDuration(75.9)).toBe("1:15");
  expect(formatDuration(3675)).toBe("1:01:15");
});

test("addresses are shortened in the middle", () => {
  expect(shortAddress("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")).toBe("5Grwva…GKutQY");
  expect(shortAddress("short")).toBe("short");
});

test("amounts for inputs have no symbol", () => {
  expect(amountText(1_500_000_000_000n, token)).toBe("1.5");
});

test("what a minute costs, whatever the tick", () => {
  expect(costOf(1_000_000_000n, 1000, 60_000)).toBe(60_000_000_000n);
  expect(costOf(10n, 700, 60_000)).toBe(858n);
});

test("rounding keeps the leading digits", () => {
  expect(roundAmount(123_456n, 3)).toBe(123_000n);
  expect(roundAmount(99_950n, 3)).toBe(100_000n);
  expect(roundAmount(12n, 3)).toBe(12n);
});

test("a price in another currency", () => {
  expect(inCurrency(2_500_000_000_000n, token, 4)).toBe(10);
});
