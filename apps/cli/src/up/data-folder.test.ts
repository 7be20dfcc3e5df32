// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDataFolder } from "./data-folder.ts";

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "tickstream-cli-"));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

test("one program at a time has a data folder", async () => {
  const path = join(parent, "a", "b");
  const first = await openDataFolder(path);
  await expect(openDataFolder(path)).rejects.toThrow(
    `process ${process.pid} is using the data folder ${path}`,
  );
  await first.release();
  const second = await openDataFolder(path);
  await second.release();
});

test("a lock whose process is gone is taken over, also where its number was reused", async () => {
  await writeFile(join(parent, "lock"), `${process.pid} 1\n`);
  await (await openDataFolder(parent)).release();
  await writeFile(join(parent, "lock"), "4194305 123\n");
  await (await openDataFolder(parent)).release();
  await writeFile(join(parent, "lock"), "");
  await (await openDataFolder(parent)).release();
});

test("a folder that can't be made is one clear line", async () => {
  await writeFile(join(parent, "file"), "");
  await expect(openDataFolder(join(parent, "file", "x"))).rejects.toThrow(
    /can't be written \(ENOTDIR\).*--data-dir/,
  );
});
