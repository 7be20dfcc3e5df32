// SPDX-License-Identifier: Apache-2.0
import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";

/** Writes a file so that after a crash either all of it is there or nothing. */
export async function writeDurably(dir: string, name: string, data: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const temporary = join(dir, `${name}.tmp`);
  const file = await open(temporary, "w");
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(dir, name));
  await syncFolder(dir);
}

/** Makes the names in a folder durable. */
export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
