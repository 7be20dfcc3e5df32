// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { AddressRates } from "./address-rates.ts";

test("each address has its own", () => {
  const rates = new AddressRates(0, 2);
  expect(["a", "a", "a", "b"].map((address) => rates.take(address))).toEqual([true, true, false, true]);
});

test("so many addresses are remembered, the one heard of longest ago is forgotten first", () => {
  const rates = new AddressRates(0, 1, 2);
  for (const address of ["a", "b", "a", "c"]) rates.take(address);
  expect(["a", "c", "b"].map((address) => rates.take(address))).toEqual([false, false, true]);
});
