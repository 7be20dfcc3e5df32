// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { SoundLine } from "./sound-line.ts";

/** Opus of 20 ms, in CELT. */
const PACKET = Buffer.of(0xfc, 1, 2, 3);
const PACKET_SAMPLES = 960;

function line() {
  const frames: { dts: number; silent: boolean }[] = [];
  const sound = new SoundLine((dts, packet) => frames.push({ dts, silent: packet !== PACKET }));
  return { sound, frames, times: () => frames.map(({ dts }) => dts) };
}

test("packets go through as they are", () => {
  const { sound, frames } = line();
  for (let i = 5; i < 8; i++) sound.packet(i * PACKET_SAMPLES, PACKET);
  expect(frames).toEqual([5, 6, 7].map((i) => ({ dts: i * PACKET_SAMPLES, silent: false })));
});

test("what a sender leaves out is silence", () => {
  const { sound, frames } = line();
  sound.packet(0, PACKET);
  sound.packet(20 * PACKET_SAMPLES, PACKET);
  expect(frames.map(({ dts }) => dts)).toEqual(Array.from({ length: 21 }, (_, i) => i * PACKET_SAMPLES));
  expect(frames.filter(({ silent }) => !silent).length).toBe(2);
});

test("sound that stays away is silence, and what comes too late for its place is let go", () => {
  const { sound, times } = line();
  sound.packet(0, PACKET);
  sound.fillTo(3 * PACKET_SAMPLES + 500);
  sound.packet(2 * PACKET_SAMPLES, PACKET);
  sound.packet(4 * PACKET_SAMPLES, PACKET);
  expect(times()).toEqual([0, 1, 2, 3, 4].map((i) => i * PACKET_SAMPLES));
});

test("the rest of a hole is filled by shorter packets, to less than 2.5 ms", () => {
  const { sound, times } = line();
  sound.packet(0, PACKET);
  sound.packet(PACKET_SAMPLES + 480 + 120 + 100, PACKET);
  expect(times()).toEqual([0, 960, 1_440, 1_660]);
});

test("a break is not filled: a network that was away, a clock that leapt", () => {
  const { sound, times } = line();
  sound.packet(0, PACKET);
  sound.fillTo(48_000 * 12);
  sound.packet(48_000 * 12 + 960, PACKET);
  sound.packet(0, PACKET);
  expect(times()).toEqual([0, 48_000 * 12, 48_000 * 12 + 960, 0]);
});
