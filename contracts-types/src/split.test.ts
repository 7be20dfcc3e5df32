// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planck } from "./amounts.ts";
import { SplitError, splitTicks, splitTip, type Split } from "./split.ts";
import { splitTerms } from "./testing/arbitraries.ts";
import { readVectors } from "./testing/read-vectors.ts";

const ticks = fc
  .uniqueArray(fc.nat({ max: 86_400 }), { minLength: 2, maxLength: 10 })
  .map((list) => list.toSorted((a, b) => a - b));
const parts = ({ operator, payees }: Split): bigint[] => [operator, ...payees];

describe("splitTicks", () => {
  test("the vectors", () => {
    for (const vector of readVectors("splits").cases) {
      const terms = { ...vector, rate: planck(vector.rate) };
      expect(splitTicks(terms, vector.from, vector.to)).toEqual({
        total: planck(vector.total),
        operator: planck(vector.operator),
        payees: vector.payeeAmounts.map((amount) => planck(amount)),
      });
    }
  });

  test("the parts are never negative and sum to ticks × rate exactly", () => {
    fc.assert(
      fc.property(splitTerms, ticks, (terms, [from = 0, to = 0]) => {
        const split = splitTicks(terms, from, to);
        expect(split.total).toBe(BigInt(to - from) * terms.rate);
        expect(parts(split).reduce((a, b) => a + b)).toBe(split.total);
        expect(parts(split).every((part) => part >= 0n)).toBe(true);
        expect(split.payees.length).toBe(terms.payees.length);
      }),
    );
  });

  test("it does not matter how often one settles", () => {
    fc.assert(
      fc.property(splitTerms, ticks, (terms, list) => {
        const steps = list.slice(1).map((to, i) => parts(splitTicks(terms, list[i]!, to)));
        const sum = steps.reduce((a, b) => a.map((part, i) => part + b[i]!));
        expect(sum).toEqual(parts(splitTicks(terms, list[0]!, list.at(-1)!)));
      }),
    );
  });

  test("each has what its share says, to within a planck a payee", () => {
    fc.assert(
      fc.property(splitTerms, fc.nat({ max: 86_400 }), (terms, to) => {
        const { total, operator, payees } = splitTicks(terms, 0, to);
        const rest = total - operator;
        payees.forEach((amount, i) => {
          const exact = (rest * BigInt(terms.payees[i]!)) / 1_000_000_000n;
          const difference = amount > exact ? amount - exact : exact - amount;
          expect(difference).toBeLessThanOrEqual(BigInt(terms.payees.length));
        });
      }),
    );
  });

  test("terms and ticks that make no sense are refused", () => {
    const good = { rate: planck(10n), operatorShare: 0, payees: [1_000_000_000] };
    const refused = (terms: object, from = 0, to = 1) =>
      expect(() => splitTicks({ ...good, ...terms }, from, to)).toThrow(SplitError);
    refused({ operatorShare: -1 });
    refused({ operatorShare: 1_000_000_001 });
    refused({ payees: [] });
    refused({ payees: [999_999_999] });
    refused({ payees: [1_000_000_000, 0] });
    refused({}, 2, 1);
    refused({}, -1, 1);
    refused({}, 0, 1.5);
    expect(() => splitTicks({ ...good, rate: planck(1n << 127n) }, 0, 2)).toThrow("out of range");
  });
});

describe("splitTip", () => {
  test("all of it goes to the payees, by the same rule as what is left of a tick", () => {
    fc.assert(
      fc.property(splitTerms, (terms) => {
        const parts = splitTip(terms.rate, terms.payees);
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(terms.rate);
        expect(parts).toEqual(splitTicks({ ...terms, operatorShare: 0 }, 0, 1).payees);
      }),
    );
  });

  test("shares that do not sum up are refused", () => {
    expect(() => splitTip(planck(1n), [999_999_999])).toThrow(SplitError);
  });
});
