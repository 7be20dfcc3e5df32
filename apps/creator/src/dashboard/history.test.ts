// SPDX-License-Identifier: Apache-2.0
import type { StreamStats } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import { addSample, EMPTY_HISTORY } from "./history.ts";

const stats = (change: Partial<StreamStats>): StreamStats => ({
  viewers: 0,
  state: "live",
  edge: 1,
  ...change,
});

test("figures are kept side by side, with gaps while off air", () => {
  let history = addSample(EMPTY_HISTORY, 1_000, stats({ viewers: 3, ticksPerSecond: 2.5 }));
  history = addSample(history, 3_000, stats({ state: "offline", edge: null }));
  expect(history).toEqual({
    times: [1, 3],
    viewers: [3, null],
    ticksPerSecond: [2.5, null],
    bitrate: [null, null],
  });
});

test("the same answer counts once", () => {
  const history = addSample(EMPTY_HISTORY, 1_000, stats({}));
  expect(addSample(history, 1_000, stats({}))).toBe(history);
});

test("a long evening takes no more memory than twenty minutes", () => {
  let history = EMPTY_HISTORY;
  for (let at = 1; at <= 700; at++) history = addSample(history, at * 2_000, stats({ viewers: at }));
  expect(history.times).toHaveLength(600);
  expect(history.viewers.at(-1)).toBe(700);
  expect(history.viewers[0]).toBe(101);
});
