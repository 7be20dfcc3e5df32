// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { formatDuration, formatRate, formatSince, shortAddress } from "./format.ts";

const token = { decimals: 12, symbol: "UNIT" };

test("rates are exact and name their tick", () => {
  expect(formatRate(1_000_000_000n, 1000, token)).toBe("0.001 UNIT per second");
  expect(formatRate(1n, 500, token)).toBe("0.000000000001 UNIT per 500 ms");
  expect(formatRate(5n * 10n ** 12n, 2000, token)).toBe("5 UNIT per 2 s");
  expect(formatRate(0n, 1000, token)).toBe("free");
});

test("durations read like a clock", () => {
  expect(formatDuration(0)).toBe("0:00");
  expect(formatDuration(75.9)).toBe("1:15");
  expect(formatDuration(3675)).toBe("1:01:15");
});

test("since when, coarsely", () => {
  const start = new Date(0);
  expect(formatSince(start, new Date(59_000))).toBe("just started");
  expect(formatSince(start, new Date(59 * 60_000))).toBe("59 min");
  expect(formatSince(start, new Date(90 * 60_000))).toBe("1 h 30 min");
  expect(formatSince(start, new Date(72 * 3_600_000))).toBe("3 days");
});

test("addresses are shortened in the middle", () => {
  expect(shortAddress("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")).toBe(
    "5Grwva…KutQY".replace("…K", "…GK"),
  );
  expect(shortAddress("short")).toBe("short");
});
