// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { delayToNextBlock, SLOT_MS, slotForBlock } from "./slot-schedule.ts";

test("a waiting transaction goes into the current period at once, if that has no block yet", () => {
  expect(delayToNextBlock(6_000_100, 6_000, 999, true)).toBeLessThan(50);
  expect(delayToNextBlock(6_000_100, 6_000, 1_000, true)).toBe(5_900);
});

test("an empty block comes late in its period", () => {
  expect(delayToNextBlock(6_000_000, 6_000, 999, false)).toBe(5_400);
  expect(delayToNextBlock(6_000_000, 6_000, 1_000, false)).toBe(11_400);
  expect(delayToNextBlock(6_005_900, 6_000, 999, false)).toBe(0);
});

test("a clock that is set back does not stop the chain", () => {
  expect(delayToNextBlock(6_000_000, 6_000, 5_000, false)).toBeLessThanOrEqual(2 * 6_000);
});

test("no period gets two blocks and none is left out, whenever transactions come", () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 50 }),
      fc.integer({ min: 100, max: 12_000 }),
      (pending, blockTime) => {
        let now = 1_700_000_000_123;
        let last = Math.floor(now / blockTime);
        for (const waiting of pending) {
          now += delayToNextBlock(now, blockTime, last, waiting);
          // The few milliseconds in which transactions gather may cross into the next period.
          const period = Math.floor(now / blockTime);
          expect(period - last).toBeGreaterThanOrEqual(1);
          expect(period - last).toBeLessThanOrEqual(2);
          last = period;
        }
      },
    ),
  );
});

test("a block's slot and time are the wall clock's, or the next slot where the chain is ahead", () => {
  const now = 1_700_000_001_234;
  const wall = Math.floor(now / SLOT_MS);
  expect(slotForBlock(now, undefined)).toEqual({ slot: wall, timestamp: now });
  expect(slotForBlock(now, wall - 1_000)).toEqual({ slot: wall, timestamp: now });
  expect(slotForBlock(now, wall)).toEqual({ slot: wall + 1, timestamp: (wall + 1) * SLOT_MS });
  expect(slotForBlock(now, wall + 7)).toEqual({ slot: wall + 8, timestamp: (wall + 8) * SLOT_MS });
});
