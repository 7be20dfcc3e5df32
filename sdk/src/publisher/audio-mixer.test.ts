// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { levelOf } from "./audio-mixer.ts";

test("a sine at full scale has 0 dB at its peak and -3 dB on average", () => {
  const sine = Float32Array.from({ length: 4_800 }, (_, at) => Math.sin((2 * Math.PI * at) / 48));
  const { rms, peak } = levelOf(sine);
  expect(peak).toBeCloseTo(0, 3);
  expect(rms).toBeCloseTo(-3.01, 2);
});

test("silence has a number too", () => {
  expect(levelOf(new Float32Array(64))).toEqual({ rms: -100, peak: -100 });
});
