// SPDX-License-Identifier: Apache-2.0
// A chain that is killed at any moment must have every block that anyone was told of.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import type { Hex } from "../codec/hex.ts";
import { startDevchain } from "../start-devchain.ts";
import { account, Cleanup, resultOf } from "../testing/test-support.ts";

// Starting a chain takes a second, but many on a machine that also compiles.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const ROUNDS = 8;

interface Line {
  readonly ready?: true;
  readonly head?: { readonly number: number; readonly hash: Hex };
  readonly error?: { readonly message: string };
}

/** Runs the chain as a process, kills it `ms` after it announced its third block, and tells what it announced. */
async function runAndKill(dataDir: string, ms: number): Promise<Map<number, Hex>> {
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, "--data-dir", dataDir, "--port", "0", "--block-time", "100"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const announced = new Map<number, Hex>();
  const failures: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { head, error } = JSON.parse(line) as Line;
    if (error !== undefined) failures.push(error.message);
    if (head === undefined) return;
    announced.set(head.number, head.hash);
    if (announced.size === 3) setTimeout(() => child.kill("SIGKILL"), ms);
  });
  await once(child, "close");
  expect(failures).toEqual([]);
  return announced;
}

test(
  "killed again and again while it makes blocks, it has every announced block",
  { timeout: 120_000 },
  async () => {
    const dataDir = await cleanup.folder();
    const announced = new Map<number, Hex>();
    for (let round = 0; round < ROUNDS; round++) {
      // Spread over the phases of a block: waiting, built, written, synced, announced.
      for (const [number, hash] of await runAndKill(dataDir, round * 23)) {
        const before = announced.get(number);
        if (before !== undefined) expect(hash).toBe(before);
        announced.set(number, hash);
      }
    }
    const chain = await startDevchain({ dataDir, port: 0 });
    cleanup.add(() => chain.stop());
    const client = await cleanup.client(chain.url);
    expect(announced.size).toBeGreaterThan(ROUNDS * 2);
    for (const [number, hash] of announced) expect(await client.ask("chain_getBlockHash", number)).toBe(hash);
  },
);

test("a block is in the log before anyone hears of it", async () => {
  const dataDir = await cleanup.folder();
  const log = join(dataDir, "blocks", "0000000000.log");
  const stored: boolean[] = [];
  const chain = await startDevchain(
    { dataDir, port: 0, blockTimeMs: 100 },
    { onHead: ({ hash }) => stored.push(readFileSync(log, "utf8").includes(` ${hash} `)) },
  );
  cleanup.add(() => chain.stop());
  await expect.poll(() => stored.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
  expect(stored).not.toContain(false);
});

test("a chain that is started again has its state, old blocks and old states, and goes on", async () => {
  const dataDir = await cleanup.folder();
  const first = await startDevchain({ dataDir, port: 0, blockTimeMs: 300 });
  cleanup.add(() => first.stop());
  const api = await cleanup.api(first.url);
  const bob = await account("Bob");
  const tx = await api.tx["balances"]!["transferKeepAlive"]!(bob.address, 4_321).signAsync(
    await account("Alice"),
    { nonce: 0 },
  );
  const client = await cleanup.client(first.url);
  const watch = await client.ask("author_submitAndWatchExtrinsic", tx.toHex());
  const inBlock = await client.next(
    ({ params }) => params !== undefined && params.subscription === watch && params.result !== "ready",
  );
  const { inBlock: hash } = resultOf<{ inBlock: Hex }>(inBlock);
  const key = api.query["system"]!["account"]!.key(bob.address);
  const balance = await client.ask("state_getStorage", key, hash);
  const events = await client.ask("state_getStorage", api.query["system"]!["events"]!.key(), hash);
  await api.disconnect();
  await first.stop();
  const head = first.head();

  const second = await startDevchain({ dataDir, port: 0, blockTimeMs: 300 });
  cleanup.add(() => second.stop());
  const again = await cleanup.client(second.url);
  expect(await again.ask("chain_getBlockHash", head.number)).toBe(head.hash);
  expect(await again.ask("state_getStorage", key)).toBe(balance);
  expect(await again.ask("state_getStorage", api.query["system"]!["events"]!.key(), hash)).toBe(events);
  const block = (await again.ask("chain_getBlock", hash)) as { block: { extrinsics: string[] } };
  expect(block.block.extrinsics).toContain(tx.toHex());
  // What was signed for this chain stays bound to it: the same transaction cannot be used twice.
  expect((await again.call("author_submitExtrinsic", [tx.toHex()])).error?.data).toBe(
    "Transaction is outdated",
  );
  const heads = await again.ask("chain_subscribeNewHeads");
  await again.next(({ params }) => {
    const result = params?.subscription === heads ? (params?.result as { number: string }) : undefined;
    return Number(result?.number ?? 0) > head.number;
  });
});
