// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { afterEach, expect, test, vi } from "vitest";
import { startDevchain } from "./start-devchain.ts";
import { Cleanup } from "./testing/test-support.ts";

// Starting a chain takes a second, but many on a machine that also compiles.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

test("stop() leaves no timer, socket, thread or lock: the process ends by itself", async () => {
  const dataDir = await cleanup.folder();
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { startDevchain } from ${JSON.stringify(new URL("./start-devchain.ts", import.meta.url).href)};
       import { RawClient } from ${JSON.stringify(new URL("./testing/test-support.ts", import.meta.url).href)};
       const chain = await startDevchain({ dataDir: ${JSON.stringify(dataDir)}, port: 0, blockTimeMs: 200 });
       const client = await RawClient.connect(chain.url);
       const heads = await client.ask("chain_subscribeNewHeads");
       await client.next(({ params }) => params?.subscription === heads);
       await Promise.all([chain.stop(), chain.stop()]);
       console.log("closed with", await client.closed);`,
    ],
    { stdio: ["ignore", "pipe", "inherit"], cwd: import.meta.dirname },
  );
  const printed = text(child.stdout);
  const [code] = await once(child, "exit");
  expect([code, await printed]).toEqual([0, "closed with 1001\n"]);
  expect(await readdir(dataDir)).not.toContain("lock");
});

test("one folder has one chain at a time", async () => {
  const dataDir = await cleanup.folder();
  const chain = await startDevchain({ dataDir, port: 0 });
  cleanup.add(() => chain.stop());
  await expect(startDevchain({ dataDir, port: 0 })).rejects.toMatchObject({ code: "data-busy" });
});
