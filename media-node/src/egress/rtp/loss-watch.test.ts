// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { LossWatch } from "./loss-watch.ts";

/** Reports, one a second from `from` on. */
function report(watch: LossWatch, from: number, ...losses: number[]): number {
  losses.forEach((loss, i) => watch.report(loss, from + i * 1_000));
  return from + (losses.length - 1) * 1_000;
}

test("a burst of loss changes nothing, loss that goes on does", () => {
  const watch = new LossWatch();
  expect(watch.isResting(report(watch, 0, 0.5, 0, 0.5, 0.1))).toBe(false);
  const at = report(watch, 10_000, 0.3, 0.3);
  expect(watch.isResting(at)).toBe(true);
  expect(watch.isResting(at + 3_999)).toBe(true);
  expect(watch.isResting(at + 4_000)).toBe(false);
});

test("a network that relapses rests ever longer, one that recovered begins anew", () => {
  const watch = new LossWatch();
  const rest = (from: number): number => {
    const at = report(watch, from, 0.4, 0.4);
    let ms = 0;
    while (watch.isResting(at + ms)) ms += 1_000;
    return ms;
  };
  expect([0, 10_000, 25_000, 50_000, 90_000].map(rest)).toEqual([4_000, 8_000, 16_000, 32_000, 32_000]);
  expect(rest(200_000)).toBe(4_000);
});
