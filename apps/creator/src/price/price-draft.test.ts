// SPDX-License-Identifier: Apache-2.0
import { planck, WHOLE_SHARE } from "@tickstream/contracts-types";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  creatorShare,
  draftOf,
  type PriceDraft,
  ratePerTick,
  readPercent,
  readPrice,
} from "./price-draft.ts";

const token = { symbol: "UNIT", decimals: 12 };
const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
const CHARLIE = "5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y";

const draft = (change: Partial<PriceDraft> = {}): PriceDraft => ({
  free: false,
  perMinute: "0.06",
  operatorPercent: "0",
  guests: [],
  ...change,
});
const priceOf = (change: Partial<PriceDraft>) => {
  const read = readPrice(draft(change), ALICE, token);
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return read.price;
};
const problemsOf = (change: Partial<PriceDraft>) => {
  const read = readPrice(draft(change), ALICE, token);
  return "problems" in read ? read.problems : null;
};

describe("percent", () => {
  test.each([
    ["5", 50_000_000],
    ["12,5", 125_000_000],
    [" 0.0000001 % ", 1],
    ["100", WHOLE_SHARE],
  ])("%s is read", (text, parts) => expect(readPercent(text)).toBe(parts));
  test.each(["", "-1", "101", "1e2", "a", "0.00000001"])("%s is none", (text) =>
    expect(readPercent(text)).toBeNull(),
  );
});

test("a price per minute is the nearest per second", () => {
  expect(ratePerTick(planck(60n))).toBe(1n);
  expect(ratePerTick(planck(89n))).toBe(1n);
  expect(ratePerTick(planck(90n))).toBe(2n);
});

test("a free stream has no price", () => expect(priceOf({ free: true, perMinute: "x" })).toBeNull());

test("alone, the creator gets what the operator leaves", () => {
  expect(priceOf({ operatorPercent: "10" })).toEqual({
    rate: 1_000_000_000n,
    operatorShare: 100_000_000,
    payees: [{ account: ALICE, share: WHOLE_SHARE }],
  });
});

test("a guest's part of everything becomes a part of what the operator leaves", () => {
  const price = priceOf({ operatorPercent: "20", guests: [{ key: 1, address: BOB, percent: "40" }] });
  expect(price?.payees).toEqual([
    { account: ALICE, share: 500_000_000 },
    { account: BOB, share: 500_000_000 },
  ]);
});

test("a creator who takes nothing is no payee", () => {
  const price = priceOf({ guests: [{ key: 1, address: BOB, percent: "100" }] });
  expect(price?.payees).toEqual([{ account: BOB, share: WHOLE_SHARE }]);
});

test("what is wrong is told by field", () => {
  expect(problemsOf({ perMinute: "free" })?.perMinute).toBe("amount-invalid");
  expect(problemsOf({ perMinute: "0.000000000001" })?.perMinute).toBe("amount-too-small");
  expect(problemsOf({ operatorPercent: "x" })?.operatorPercent).toBe("percent-invalid");
  expect(
    problemsOf({
      guests: [
        { key: 1, address: "nobody", percent: "1" },
        { key: 2, address: BOB, percent: "0" },
        { key: 3, address: ALICE, percent: "1" },
        { key: 4, address: CHARLIE, percent: "1" },
        { key: 5, address: CHARLIE, percent: "1" },
      ],
    })?.guests,
  ).toEqual({ 1: "address-invalid", 2: "percent-invalid", 3: "address-twice", 5: "address-twice" });
  const greedy = { operatorPercent: "60", guests: [{ key: 1, address: BOB, percent: "60" }] };
  expect(problemsOf(greedy)?.sum).toBe("over-100");
  expect(creatorShare(draft(greedy))).toBe(-200_000_000);
});

test("the shares of any valid draft sum to the whole, and an edited stream shows what was typed", () => {
  const percent = fc.integer({ min: 1, max: 3_300 }).map((hundredths) => String(hundredths / 100));
  fc.assert(
    fc.property(percent, percent, percent, (operator, bob, charlie) => {
      const typed = {
        operatorPercent: operator,
        guests: [
          { key: 0, address: BOB, percent: bob },
          { key: 1, address: CHARLIE, percent: charlie },
        ],
      };
      const price = priceOf(typed);
      if (!price) throw new Error("not free");
      expect(price.payees.reduce((sum, { share }) => sum + share, 0)).toBe(WHOLE_SHARE);
      const again = draftOf({ ...price, tickMs: 1_000 }, ALICE, token);
      expect(again.operatorPercent).toBe(operator);
      const shown = again.guests.map((guest) => Number(guest.percent));
      expect(shown[0]).toBeCloseTo(Number(bob), 5);
      expect(shown[1]).toBeCloseTo(Number(charlie), 5);
      expect(again.perMinute).toBe("0.06");
    }),
  );
});
