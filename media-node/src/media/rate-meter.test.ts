// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { RateMeter } from "./rate-meter.ts";

test("a steady flow has its rate, and none after it stopped", () => {
  const meter = new RateMeter();
  expect(meter.rate(0)).toBe(0);
  for (let ms = 0; ms < 7_000; ms += 10) meter.add(5, ms);
  expect(meter.rate(7_000)).toBe(500);
  expect(meter.rate(60_000)).toBe(0);
});
