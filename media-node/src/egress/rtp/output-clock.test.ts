// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { OutputClock } from "./output-clock.ts";

const NTP_EPOCH_MS = 2_208_988_800_000;
const START = 1_800_000_000_000;
const SECOND = 90_000;

test("sound and picture have one wall clock", () => {
  const clock = new OutputClock();
  clock.follow(0, START);
  const [video, audio] = [90_000, 48_000].map(
    (rate) => clock.timestamp(2 * SECOND, rate) - clock.timestamp(0, rate),
  );
  expect([video, audio]).toEqual([180_000, 96_000]);
  expect(clock.ntp(2 * SECOND) - NTP_EPOCH_MS).toBeCloseTo(START + 2_000, 3);
});

test("jitter of the network does not show, a publisher that drifts is followed", () => {
  const clock = new OutputClock();
  let worst = 0;
  // Half an hour of pictures; the publisher's clock is 100 ppm slow, and each picture is up to 30 ms late.
  for (let i = 0; i < 30 * 60 * 30; i++) {
    const time = (i * SECOND) / 30;
    const sent = START + (time / 90) * 1.000_1;
    clock.follow(time, sent + ((i * 7) % 31));
    if (i > 300) worst = Math.max(worst, Math.abs(clock.ntp(time) - NTP_EPOCH_MS - sent));
  }
  expect(worst).toBeLessThan(40);
});

test("the time in which nobody published is put back in", () => {
  const clock = new OutputClock();
  clock.follow(0, START);
  const before = clock.timestamp(SECOND, 90_000);
  clock.follow(SECOND, START + 1_000);
  // The stream's clock goes on by a frame; on the wall six seconds have passed.
  clock.follow(SECOND + 3_000, START + 7_000);
  const after = clock.timestamp(SECOND + 3_000, 90_000);
  expect((after - before) / 90).toBeCloseTo(6_000, -2);
  expect(clock.ntp(SECOND + 3_000) - NTP_EPOCH_MS).toBeCloseTo(START + 7_000, -1);
});
