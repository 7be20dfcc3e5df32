// SPDX-License-Identifier: Apache-2.0
import type { ChannelId } from "@tickstream/contracts-types";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMemoryStore } from "../../store/memory.ts";
import { lockChannel } from "./channel-lock.ts";
import { firstFreeChannel } from "./first-free-channel.ts";

const [ONE, TWO] = ["11", "22"].map((byte) => ({ channel: `0x${byte.repeat(32)}` as ChannelId }));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first that is free, at once; none where there is none", async () => {
  const store = createMemoryStore();
  expect(await firstFreeChannel(store, [ONE!, TWO!])).toBe(ONE);
  await lockChannel(store, ONE!.channel);
  expect(await firstFreeChannel(store, [ONE!, TWO!])).toBe(TWO);
  expect(await firstFreeChannel(store, [])).toBeUndefined();
});

test("one that a page on its way out still holds is waited for", async () => {
  const store = createMemoryStore();
  const held = await lockChannel(store, ONE!.channel);
  const found = firstFreeChannel(store, [ONE!]);
  await vi.advanceTimersByTimeAsync(700);
  await held!.release();
  await vi.advanceTimersByTimeAsync(100);
  expect(await found).toBe(ONE);
});

test("one that another page pays with is left to it, and an abort ends the wait", async () => {
  const store = createMemoryStore();
  await lockChannel(store, ONE!.channel);
  const found = firstFreeChannel(store, [ONE!]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await found).toBeUndefined();
  const control = new AbortController();
  const aborted = firstFreeChannel(store, [ONE!], control.signal);
  const refused = expect(aborted).rejects.toMatchObject({ name: "AbortError" });
  control.abort();
  await refused;
});
