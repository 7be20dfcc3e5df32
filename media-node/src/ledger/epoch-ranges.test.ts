// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { EpochRanges } from "./epoch-ranges.ts";

test("behaves as a set of integers, in as few ranges as there are runs", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 60 }), (epochs) => {
      const ranges = new EpochRanges();
      const model = new Set<number>();
      for (const epoch of epochs) {
        expect(ranges.missing([epoch, epoch])).toEqual(model.has(epoch) ? [] : [epoch]);
        ranges.add(epoch);
        model.add(epoch);
      }
      expect(ranges.size).toBe(model.size);
      for (let epoch = 0; epoch <= 42; epoch++) expect(ranges.has(epoch)).toBe(model.has(epoch));
      const runs = [...model].filter((epoch) => !model.has(epoch - 1)).length;
      expect(ranges.ranges).toBe(runs);
      const again = EpochRanges.fromMultirange(ranges.toMultirange());
      expect(again.toPairs()).toEqual(ranges.toPairs());
      expect(again.size).toBe(ranges.size);
    }),
  );
});

test("an empty set", () => {
  expect(new EpochRanges().toMultirange()).toBe("{}");
  expect(EpochRanges.fromMultirange("{}").size).toBe(0);
});
