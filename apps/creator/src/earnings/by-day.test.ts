// SPDX-License-Identifier: Apache-2.0
import { planck, type Earnings } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import { byDay } from "./by-day.ts";

const row = (key: string, settled: bigint): Earnings["rows"][number] => ({
  key,
  title: null,
  ticks: 1,
  settlements: 1,
  tips: 0,
  settled: planck(settled),
  operator: planck(0n),
  tipped: planck(0n),
});

test("days without earnings stand between those with them, whatever the rows' order", () => {
  const days = byDay([row("2026-11-03", 3n), row("2026-10-31", 1n)]);
  expect(days.map(({ at, settled }) => [new Date(at * 1_000).toISOString().slice(0, 10), settled])).toEqual([
    ["2026-10-31", 1n],
    ["2026-11-01", 0n],
    ["2026-11-02", 0n],
    ["2026-11-03", 3n],
  ]);
});

test("no rows, no days; many years, the newest 400", () => {
  expect(byDay([])).toEqual([]);
  expect(byDay([row("2020-01-01", 1n), row("2026-11-03", 1n)])).toHaveLength(400);
});
