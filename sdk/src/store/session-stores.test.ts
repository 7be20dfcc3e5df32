// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { storeCases } from "../testing/store-cases.ts";
import { createFileStore } from "./file.ts";
import { createMemoryBackend } from "./memory.ts";
import { createRecordStore } from "./record-store.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tickstream-store-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.each(storeCases)("a session store $name", ({ run }) => {
  test("in memory", async () => {
    // Reopening means the same records, as far as memory can.
    const backend = createMemoryBackend();
    await run(() => {
      const held: { release(): Promise<void> }[] = [];
      return createRecordStore({
        ...backend,
        tryLock: async (name) => {
          const lock = await backend.tryLock(name);
          if (lock) held.push(lock);
          return lock;
        },
        close: async () => {
          await Promise.all(held.map((lock) => lock.release()));
        },
      });
    });
  });
  test("in files", () => run(() => createFileStore(join(folder, "deep", "store"))));
});

test("files are their owner's only, and nothing temporary stays", async () => {
  const store = createFileStore(join(folder, "store"));
  await store.sessionKey();
  await store.takeNonce(`0x${"00".repeat(32)}`, 1n);
  await store.close();
  const names = await readdir(join(folder, "store"));
  expect(names.toSorted()).toEqual([`key.device.json`, `nonce.0x${"00".repeat(32)}-1.json`]);
  expect((await stat(join(folder, "store"))).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, "store", "key.device.json"))).mode & 0o777).toBe(0o600);
});

test("a damaged record is reported, not replaced", async () => {
  const store = createFileStore(folder);
  await store.sessionKey();
  await store.close();
  const path = join(folder, "key.device.json");
  await writeFile(path, (await readFile(path, "utf8")).slice(0, 20));
  await expect(createFileStore(folder).sessionKey()).rejects.toMatchObject({ code: "store-failed" });
});

test("a lock ends with the process that held it, even when killed", async () => {
  const script = `
    import { createFileStore } from ${JSON.stringify(new URL("file.ts", import.meta.url).href)};
    const lock = await createFileStore(${JSON.stringify(folder)}).tryLock("channel-1");
    console.log(lock ? "held" : "refused");
    setInterval(() => {}, 1_000);`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(holder, "exit");
  try {
    const [said] = (await once(holder.stdout, "data")) as [Buffer];
    expect(said.toString().trim()).toBe("held");
    const store = createFileStore(folder);
    expect(await store.tryLock("channel-1")).toBeNull();
    holder.kill("SIGKILL");
    await ended;
    const lock = await store.tryLock("channel-1");
    expect(lock).not.toBeNull();
    await store.close();
  } finally {
    holder.kill("SIGKILL");
  }
});

test("many processes take nonces of one tab, each another", async () => {
  const script = `
    import { createFileStore } from ${JSON.stringify(new URL("file.ts", import.meta.url).href)};
    const store = createFileStore(${JSON.stringify(folder)});
    for (let i = 0; i < 5; i++) console.log(await store.takeNonce("0x00", 1n));
    await store.close();`;
  const outputs = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      child.stdout.on("data", (data: Buffer) => (text += data.toString()));
      await once(child, "close");
      return text.trim().split("\n").map(Number);
    }),
  );
  expect(outputs.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
});
