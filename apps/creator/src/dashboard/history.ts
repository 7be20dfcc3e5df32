// SPDX-License-Identifier: Apache-2.0
import type { StreamStats } from "@tickstream/contracts-types";

/** Figures of the last minutes, one each of every list a moment; `null` while off air. */
export interface History {
  /** Unix seconds, ascending. */
  times: number[];
  viewers: (number | null)[];
  ticksPerSecond: (number | null)[];
  bitrate: (number | null)[];
}

export const EMPTY_HISTORY: History = { times: [], viewers: [], ticksPerSecond: [], bitrate: [] };

/** Twenty minutes at one every two seconds. */
const MAX_SAMPLES = 600;

/** With one more, and the oldest gone where there are too many. */
export function addSample(history: History, atMs: number, stats: StreamStats): History {
  const at = atMs / 1_000;
  const last = history.times.at(-1);
  if (last !== undefined && at <= last) return history;
  const onAir = stats.state === "live" || stats.state === "waiting";
  const add = <T>(values: T[], value: T): T[] => [...values, value].slice(-MAX_SAMPLES);
  return {
    times: add(history.times, at),
    viewers: add(history.viewers, onAir ? stats.viewers : null),
    ticksPerSecond: add(history.ticksPerSecond, onAir ? (stats.ticksPerSecond ?? null) : null),
    bitrate: add(history.bitrate, stats.ingest ? stats.ingest.bitrate : null),
  };
}
