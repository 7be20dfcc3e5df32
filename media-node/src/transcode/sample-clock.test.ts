// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { SampleClock } from "./sample-clock.ts";

const PACKET = 960;
const PACKET_TICKS = 1_800;
const AAC_SECONDS = 1_024 / 48_000;
const AAC_TICKS = AAC_SECONDS * 90_000;

test("what comes out has the times of what went in, the encoder's lead-in before it", () => {
  const clock = new SampleClock();
  for (let i = 0; i < 10; i++) clock.put(1_000 + i * AAC_TICKS, AAC_SECONDS);
  clock.leadIn(312);
  const times = Array.from({ length: 5 }, () => clock.take(PACKET));
  expect(times).toEqual([0, 1, 2, 3, 4].map((i) => 1_000 - 585 + i * PACKET_TICKS));
});

test("where sound was missing, what comes after is moved to where it belongs", () => {
  const clock = new SampleClock();
  for (let i = 0; i < 10; i++) clock.put(i * AAC_TICKS, AAC_SECONDS);
  for (let i = 0; i < 20; i++) clock.put(90_000 + i * AAC_TICKS, AAC_SECONDS);
  const times = Array.from({ length: 25 }, () => clock.take(PACKET) ?? Number.NaN);
  const gap = 90_000 - 10 * AAC_TICKS;
  expect(times[10]).toBe(10 * PACKET_TICKS);
  expect(times[11]).toBeCloseTo(11 * PACKET_TICKS + gap, 0);
  expect(times[24]).toBeCloseTo(24 * PACKET_TICKS + gap, 0);
});

test("nothing is known of the time of sound that never went in", () => {
  expect(new SampleClock().take(PACKET)).toBeUndefined();
});
