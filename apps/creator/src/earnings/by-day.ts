// SPDX-License-Identifier: Apache-2.0
import type { Earnings } from "@tickstream/contracts-types";

/** What one day brought. */
export interface DayEarnings {
  /** The day's beginning in UTC, Unix seconds. */
  at: number;
  settled: bigint;
  tipped: bigint;
}

const DAY_SECONDS = 86_400;
/** A chart of more days than it has pixels shows nothing. */
const MAX_DAYS = 400;

/** Rows by day in their order, with the days that brought nothing: a gap in the bars would hide them. */
export function byDay(rows: Earnings["rows"]): DayEarnings[] {
  const known = new Map(
    rows.map(({ key, settled, tipped }) => [Date.parse(`${key}T00:00:00Z`) / 1_000, { settled, tipped }]),
  );
  const times = [...known.keys()].toSorted((a, b) => a - b);
  const [last, first] = [times.at(-1), times[0]];
  if (first === undefined || last === undefined) return [];
  const days: DayEarnings[] = [];
  for (let at = Math.max(first, last - (MAX_DAYS - 1) * DAY_SECONDS); at <= last; at += DAY_SECONDS) {
    days.push({ at, ...(known.get(at) ?? { settled: 0n, tipped: 0n }) });
  }
  return days;
}
