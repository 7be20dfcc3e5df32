// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

test("a burst at once, then so many a second", () => {
  const bucket = new TokenBucket(2, 3, 0);
  expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
  expect(bucket.take(499)).toBe(false);
  expect(bucket.take(500)).toBe(true);
  // What nobody takes does not pile up beyond the burst.
  expect([1e6, 1e6, 1e6, 1e6].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
});

test("never more than the burst and the time that passed allow", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.nat({ max: 1_000 }), { maxLength: 200 }),
      (perSecond, burst, waits) => {
        const bucket = new TokenBucket(perSecond, burst, 0);
        let now = 0;
        let taken = 0;
        for (const wait of waits) {
          now += wait;
          if (bucket.take(now)) taken++;
          expect(taken).toBeLessThanOrEqual(burst + (now / 1_000) * perSecond + 1e-6);
        }
      },
    ),
  );
});
