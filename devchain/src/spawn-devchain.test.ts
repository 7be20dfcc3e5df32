// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import { spawnDevchain } from "./spawn-devchain.ts";
import { Cleanup, isRunning, RawClient } from "./testing/test-support.ts";

// Starting a chain takes a second, but many on a machine that also compiles.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function pidOf(dataDir: string): Promise<number> {
  return Number((await readFile(join(dataDir, "lock"), "utf8")).split(" ")[0]);
}

test("runs in a process of its own, survives Ctrl-C, and is gone within 3 s of stop()", async () => {
  const dataDir = await cleanup.folder();
  const logged: string[] = [];
  const chain = await spawnDevchain({
    dataDir,
    port: 0,
    blockTimeMs: 300,
    log: ({ msg }) => logged.push(msg),
  });
  cleanup.add(() => chain.stop());
  const pid = await pidOf(dataDir);
  expect(pid).not.toBe(process.pid);
  process.kill(pid, "SIGINT");
  const client = await cleanup.client(chain.url);
  const heads = await client.ask("chain_subscribeNewHeads");
  const before = chain.head().number;
  await client.next(({ params }) => {
    const result = params?.subscription === heads ? (params?.result as { number: string }) : undefined;
    return Number(result?.number ?? 0) > before;
  });
  expect(await client.ask("chain_getBlockHash", 0)).toBe(chain.genesisHash);
  const closed = client.closed;
  const start = performance.now();
  await Promise.all([chain.stop(), chain.stop()]);
  expect(performance.now() - start).toBeLessThan(3_000);
  expect(await closed).toBe(1001);
  await expect.poll(() => isRunning(pid)).toBe(false);
  expect(chain.head().number).toBeGreaterThan(before);
  expect(logged[0]).toContain(chain.genesisHash);
  await expect(RawClient.connect(chain.url)).rejects.toThrow();
});

test("dies when its parent is killed, and the next start waits for that", async () => {
  const dataDir = await cleanup.folder();
  const parent = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { spawnDevchain } from ${JSON.stringify(import.meta.resolve("./spawn-devchain.ts"))};
       const chain = await spawnDevchain({ dataDir: ${JSON.stringify(dataDir)}, port: 0, blockTimeMs: 300 });
       console.log(chain.url);`,
    ],
    { stdio: ["ignore", "pipe", "inherit"], cwd: fileURLToPath(new URL(".", import.meta.url)) },
  );
  await once(createInterface({ input: parent.stdout }), "line");
  const pid = await pidOf(dataDir);
  parent.kill("SIGKILL");
  const chain = await spawnDevchain({ dataDir, port: 0 });
  cleanup.add(() => chain.stop());
  await expect.poll(() => isRunning(pid)).toBe(false);
});

test("what keeps it from starting is told as by startDevchain", async () => {
  const dataDir = await cleanup.folder();
  await expect(spawnDevchain({ dataDir, port: 0, wasmPath: "/nowhere.wasm" })).rejects.toMatchObject({
    name: "DevchainError",
    code: "wasm-unusable",
  });
  const file = join(dataDir, "file");
  await writeFile(file, "");
  await expect(spawnDevchain({ dataDir: join(file, "chain"), port: 0 })).rejects.toMatchObject({
    code: "data-unwritable",
  });
});
