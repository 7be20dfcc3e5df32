// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { LipSync } from "./lip-sync.ts";

/** A browser whose sound is late, and whose picture follows what is asked of it by and by. */
function browser(soundLateMs: number) {
  const state = { soundLateMs, heldMs: 0, askedMs: 0, asked: 0 };
  const sync = new LipSync((ms) => {
    state.askedMs = ms;
    state.asked++;
  });
  const look = (): number => {
    state.heldMs += (state.askedMs - state.heldMs) / 2;
    const aheadMs = state.soundLateMs - state.heldMs;
    sync.follow(aheadMs);
    return aheadMs;
  };
  return { state, look, sync };
}

test("sound that is late has its picture within two seconds, which then stays with it", () => {
  const { state, look } = browser(200);
  for (let i = 0; i < 8; i++) look();
  for (let i = 0; i < 40; i++) expect(Math.abs(look())).toBeLessThan(60);
  // Sound that comes quicker again lets the picture go.
  state.soundLateMs = 10;
  for (let i = 0; i < 16; i++) look();
  expect(Math.abs(look())).toBeLessThan(60);
  expect(state.askedMs).toBeLessThan(70);
});

test("a difference that nobody notices is left alone, as is one that no buffer explains", () => {
  const { state, sync } = browser(0);
  for (const aheadMs of [null, 0, 39, -39, 1_500, -1_500, -300]) sync.follow(aheadMs);
  expect(state.asked).toBe(0);
});

test("a picture is not held back without end", () => {
  const { state, look } = browser(900);
  for (let i = 0; i < 100; i++) look();
  expect(state.askedMs).toBe(400);
});
