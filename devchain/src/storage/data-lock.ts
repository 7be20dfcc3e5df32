// SPDX-License-Identifier: Apache-2.0
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DevchainError, messageOf } from "../errors.ts";

const FILE = "lock";
/** A chain that is just stopping, after its parent was killed say, has let go by then. */
const PATIENCE_MS = 5_000;
const RETRY_MS = 50;

const heldHere = new Set<string>();

/** One process a data folder: two writers would ruin the log. Returns how to let go. Throws "data-busy". */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const path = join(resolve(dataDir), FILE);
  if (heldHere.has(path)) throw busy(dataDir, process.pid);
  heldHere.add(path);
  try {
    await mkdir(dataDir, { recursive: true });
    const giveUp = performance.now() + PATIENCE_MS;
    while (!(await tryLock(path))) {
      const holder = await holderOf(path);
      if (holder === undefined) await rm(path, { force: true });
      else if (performance.now() > giveUp) throw busy(dataDir, holder);
      else await wait(RETRY_MS);
    }
  } catch (cause) {
    heldHere.delete(path);
    if (cause instanceof DevchainError) throw cause;
    throw new DevchainError("data-unwritable", `Cannot write to ${dataDir}: ${messageOf(cause)}`, { cause });
  }
  return async () => {
    await rm(path, { force: true });
    heldHere.delete(path);
  };
}

async function tryLock(path: string): Promise<boolean> {
  // Linked into place, so that nobody ever sees a lock without its holder.
  const own = `${path}.${process.pid}`;
  await writeFile(own, `${process.pid} ${await startTime(process.pid)}`);
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** The process that holds a lock, or undefined where it is gone: one that was killed leaves its lock behind. */
async function holderOf(path: string): Promise<number | undefined> {
  const [pidText, started] = (await readFile(path, "utf8").catch(() => "")).split(" ");
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return undefined;
  // After a restart of the machine the number may be another process's.
  return (await startTime(pid)) === started ? pid : undefined;
}

/** When a process began, where the system tells (Linux), else a dash; "ended" where only its parent still knows it. */
async function startTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name before may hold spaces and brackets: state is the first field after it, start time the twentieth.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? "ended" : (fields[19] ?? "-");
}

function busy(dataDir: string, pid: number): DevchainError {
  return new DevchainError("data-busy", `The chain data in ${dataDir} is in use by process ${pid}.`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
