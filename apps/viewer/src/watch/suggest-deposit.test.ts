// SPDX-License-Identifier: Apache-2.0
import { planck } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import { suggestDeposit } from "./suggest-deposit.ts";

const node = { openFee: planck(3_123_456_789n), token: { symbol: "UNIT", decimals: 12 } };

test("covers half an hour and a few channels, in a round sum", () => {
  expect(suggestDeposit(1_000_000_000n, 1000, node)).toBe(1_900_000_000_000n);
  expect(suggestDeposit(1_000_000_000n, 500, node)).toBe(3_700_000_000_000n);
});

test("is never dust", () => {
  expect(suggestDeposit(1n, 1000, { ...node, openFee: planck(0n) })).toBe(10_000_000_000n);
});
