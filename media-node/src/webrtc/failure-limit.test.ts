// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { FailureLimit } from "./failure-limit.ts";

test("an address that fails again and again waits; others don't", () => {
  const limit = new FailureLimit();
  for (let i = 0; i < 30; i++) limit.failed("a", 0);
  expect(limit.allows("a", 0)).toBe(true);
  limit.failed("a", 0);
  expect(limit.allows("a", 9_999)).toBe(false);
  expect(limit.allows("a", 10_000)).toBe(true);
  expect(limit.allows("b", 0)).toBe(true);
});

test("how many addresses are remembered is bounded: the oldest is forgotten", () => {
  const limit = new FailureLimit();
  for (let i = 0; i < 31; i++) limit.failed("oldest", 0);
  for (let i = 0; i < 10_000; i++) limit.failed(`address-${i}`, 0);
  expect(limit.allows("oldest", 0)).toBe(true);
});
