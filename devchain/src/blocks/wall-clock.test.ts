// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test, vi } from "vitest";
import type { Hex } from "../codec/hex.ts";
import { fromHex } from "../codec/hex.ts";
import { ScaleReader } from "../codec/scale.ts";
import { storageValueKey } from "../execution/storage-keys.ts";
import { startDevchain } from "../start-devchain.ts";
import { Cleanup } from "../testing/test-support.ts";
import type { RawClient } from "../testing/test-support.ts";
import { SLOT_MS } from "./slot-schedule.ts";

// Starting a chain takes a second, but many on a machine that also compiles.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const NOW = storageValueKey("Timestamp", "Now");

async function timeAt(client: RawClient, block: Hex): Promise<number> {
  return Number(new ScaleReader(fromHex((await client.ask("state_getStorage", NOW, block)) as string)).u64());
}

/** Runs a chain whose wall clock is `ahead` of ours until it has built `count` blocks. */
async function nextBlocks(dataDir: string, ahead: number, blockTimeMs: number, count: number) {
  const now = (): number => Date.now() + ahead;
  const heads: { number: number; hash: Hex; at: number }[] = [];
  let enough: () => void = () => undefined;
  const built = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const chain = await startDevchain(
    { dataDir, port: 0, blockTimeMs },
    {
      now,
      onHead: (head) => {
        heads.push({ ...head, at: now() });
        if (heads.length === count) enough();
      },
    },
  );
  cleanup.add(() => chain.stop());
  await built;
  const client = await cleanup.client(chain.url);
  const times = await Promise.all(heads.map(({ hash }) => timeAt(client, hash)));
  await chain.stop();
  return { heads, times };
}

test("a chain of 6 s blocks that was off for hours takes the wall clock's time at once", async () => {
  const dataDir = await cleanup.folder();
  const HOURS = 5 * 3_600_000;
  const first = await nextBlocks(dataDir, 0, SLOT_MS, 1);
  const later = await nextBlocks(dataDir, HOURS, SLOT_MS, 1);
  // No block is made up for the hours between.
  expect(later.heads[0]?.number).toBe((first.heads[0]?.number ?? 0) + 1);
  for (const { heads, times } of [first, later]) {
    expect(Math.abs((heads[0]?.at ?? 0) - (times[0] ?? 0))).toBeLessThan(SLOT_MS / 2);
  }
});

test("faster blocks each take a slot of their own: chain time runs ahead, and never stands still", async () => {
  const { times } = await nextBlocks(await cleanup.folder(), 0, 200, 2);
  expect(Math.floor((times[1] ?? 0) / SLOT_MS) - Math.floor((times[0] ?? 0) / SLOT_MS)).toBe(1);
});
