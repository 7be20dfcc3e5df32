// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Timeline, TimelineUnavailableError, type TimelinePosition } from "./timeline.ts";

const ZERO: TimelinePosition = { nextEpoch: 0, nextRun: 0, nextMsn: 0, discontinuitySequence: 0 };

/** A store that a test can take away. */
class Store {
  position = { ...ZERO };
  down = false;
  writes = 0;

  async load(): Promise<TimelinePosition> {
    if (this.down) throw new Error("no connection");
    return { ...this.position };
  }

  async reserve(next: TimelinePosition): Promise<void> {
    if (this.down) throw new Error("no connection");
    this.writes++;
    this.position = { ...next };
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("nothing is used that is not stored, and few writes are enough", async () => {
  const store = new Store();
  const timeline = await Timeline.open(store, 1_000);
  expect(timeline.takeRun()).toBeUndefined();
  await timeline.ensure();
  for (let epoch = 0; epoch < 5_000; epoch++) {
    timeline.advance({ nextEpoch: epoch, nextMsn: epoch, discontinuitySequence: 0 });
    await vi.advanceTimersByTimeAsync(0);
    expect(store.position.nextEpoch).toBeGreaterThan(epoch);
    expect(timeline.covers({ nextEpoch: epoch + 1, nextMsn: epoch + 1, discontinuitySequence: 1 })).toBe(
      true,
    );
  }
  expect(store.writes).toBeLessThan(30);
});

test("a crash skips what was reserved, a clean end skips nothing", async () => {
  const store = new Store();
  const timeline = await Timeline.open(store, 1_000);
  await timeline.ensure();
  const run = timeline.takeRun();
  timeline.advance({ nextEpoch: 7, nextMsn: 3, discontinuitySequence: 1 });
  const afterCrash = await Timeline.open(store, 1_000);
  expect(afterCrash.position.nextRun).toBeGreaterThan(run ?? 0);
  expect(afterCrash.position.nextEpoch).toBeGreaterThan(7);
  await timeline.close();
  expect(store.position).toEqual({ nextEpoch: 7, nextRun: 1, nextMsn: 3, discontinuitySequence: 1 });
});

test("while the store is down what is reserved is used up, then it says no; it goes on by itself", async () => {
  const store = new Store();
  const timeline = await Timeline.open(store, 1_000);
  await timeline.ensure();
  store.down = true;
  const covered = (epoch: number): boolean => {
    timeline.advance({ nextEpoch: epoch, nextMsn: 0, discontinuitySequence: 0 });
    return timeline.covers({ nextEpoch: epoch + 1, nextMsn: 1, discontinuitySequence: 1 });
  };
  let epoch = 0;
  while (covered(epoch)) epoch++;
  expect(epoch).toBeGreaterThanOrEqual(300);
  store.down = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(covered(epoch)).toBe(true);
  await timeline.close();
});

test("a store that does not answer is a typed error", async () => {
  const store = new Store();
  store.down = true;
  await expect(Timeline.open(store, 1_000)).rejects.toThrow(TimelineUnavailableError);
  store.down = false;
  const timeline = await Timeline.open(store, 1_000);
  store.down = true;
  await expect(timeline.ensure()).rejects.toThrow(TimelineUnavailableError);
  store.down = false;
  await timeline.ensure();
  await timeline.close();
});
