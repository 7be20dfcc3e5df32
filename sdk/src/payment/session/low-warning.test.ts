// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { LowWarning, type Coverage } from "./low-warning.ts";

function warned(tickMs: number): { warning: LowWarning; said: number[] } {
  const said: number[] = [];
  const warning = new LowWarning(tickMs, ({ ticksLeft }: Coverage) => void said.push(ticksLeft));
  return { warning, said };
}

test("warns a minute ahead, and once more, in media time", () => {
  for (const [tickMs, marks] of [
    [1_000, [60, 20]],
    [500, [120, 40]],
    [60_000, [1]],
  ] as const) {
    const { warning, said } = warned(tickMs);
    for (let ticksLeft = 200; ticksLeft >= 0; ticksLeft--) warning.look({ ticksLeft, reason: "tab" });
    expect(said).toEqual(marks);
  }
});

test("who begins with little is told once, at once", () => {
  const { warning, said } = warned(1_000);
  for (const ticksLeft of [15, 14, 13]) warning.look({ ticksLeft, reason: "limit" });
  expect(said).toEqual([15]);
});

test("warns again when money came and went", () => {
  const { warning, said } = warned(1_000);
  warning.look({ ticksLeft: 50, reason: "tab" });
  warning.look({ ticksLeft: 500, reason: "tab" });
  warning.look({ ticksLeft: 40, reason: "tab" });
  warning.plenty();
  warning.look({ ticksLeft: 30, reason: "tab" });
  expect(said).toEqual([50, 40, 30]);
});
