// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { access, link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CliError, codeOf } from "../cli-error.ts";

/** A folder for everything a program keeps, held by one program at a time. */
export interface DataFolder {
  path: string;
  /** Lets the next program have it. */
  release: () => Promise<void>;
}

const LOCK = "lock";

/**
 * Makes the folder where it isn't there, and takes its lock.
 * @throws CliError in one line where it can't be written or somebody else has it
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw notWritable(path, cause);
  }
  const lock = join(path, LOCK);
  const mine = `${process.pid} ${await startOf(process.pid)}\n`;
  while (!(await tryLock(lock, mine, path))) {
    const holder = await readFile(lock, "utf8").catch(() => "");
    const [pid = 0, start] = holder.trim().split(" ", 2);
    if (Number(pid) > 0 && (await startOf(Number(pid))) === start) {
      throw new CliError(
        `process ${pid} is using the data folder ${path}: stop it, or choose another with --data-dir`,
      );
    }
    // Left by a program that was killed. Renamed first, so that of two who see this only one removes it.
    const stale = `${lock}.stale.${process.pid}`;
    await rename(lock, stale).catch(() => undefined);
    await rm(stale, { force: true });
  }
  return { path, release: () => rm(lock, { force: true }) };
}

async function tryLock(lock: string, text: string, folder: string): Promise<boolean> {
  const mine = `${lock}.${process.pid}`;
  try {
    // Written first and linked then: a lock is never seen without its holder's name.
    await writeFile(mine, text);
    await link(mine, lock);
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    throw notWritable(folder, cause);
  } finally {
    await rm(mine, { force: true });
  }
}

function notWritable(folder: string, cause: unknown): CliError {
  const code = codeOf(cause) ?? "unknown";
  return new CliError(
    `the data folder ${folder} can't be written (${code}): choose another with --data-dir`,
    { cause },
  );
}

/** When a process started, in the kernel's own ticks, so that a reused number isn't taken for it; "alive" where unknown. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, "utf8");
    return status.slice(status.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    if (process.platform === "linux") return undefined;
  }
  try {
    process.kill(pid, 0);
    return "alive";
  } catch (error) {
    return codeOf(error) === "EPERM" ? "alive" : undefined;
  }
}
