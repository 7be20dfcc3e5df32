// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { link, open, readFile, rename, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** A file that exists while its lock is held. */
export interface LockFile {
  release(): Promise<void>;
}

/** Nothing tells when another process removes a file: look again this often. */
const RETRY_MS = 15;

let serial = 0;

/**
 * Takes the lock `path`, or gives `null` where a living process holds it for longer than `timeoutMs`. The file names its
 * holder, so that one left behind by a killed process is recognised and taken over.
 */
export async function lockFile(path: string, timeoutMs: number): Promise<LockFile | null> {
  const deadline = performance.now() + timeoutMs;
  const me = `${identity(process.pid)} ${++serial}`;
  for (;;) {
    if (await create(path, me)) {
      let held = true;
      return {
        release: async () => {
          if (held) await rm(path, { force: true });
          held = false;
        },
      };
    }
    if (await removeAbandoned(path)) continue;
    if (performance.now() >= deadline) return null;
    await delay(RETRY_MS);
  }
}

/** Written aside and linked into place: the lock never exists without its holder's name in it. */
async function create(path: string, holder: string): Promise<boolean> {
  const temporary = `${path}.${process.pid}.${++serial}`;
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(holder);
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function removeAbandoned(path: string): Promise<boolean> {
  const holder = await readLock(path);
  if (holder === null) return true;
  if (holder.split(" ").slice(0, 2).join(" ") === identityOf(holder)) return false;
  // Two may find it abandoned at once: each moves what it finds to a name of its own and looks whether that was it.
  const aside = `${path}.${process.pid}.${++serial}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
  if ((await readLock(aside)) !== holder) {
    // It was a fresh lock: put it back unless somebody has taken the place meanwhile.
    await link(aside, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
  await rm(aside, { force: true });
  return true;
}

async function readLock(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** What the holder's process is called now: equal to the lock's own words only while that very process lives. */
function identityOf(holder: string): string | null {
  const pid = Number(holder.split(" ")[0]);
  return Number.isSafeInteger(pid) && pid > 0 ? identity(pid) : null;
}

/** Process id and start time, since ids are used again. Where the start time cannot be read, the id alone. */
function identity(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return null;
  }
  if (process.platform !== "linux") return `${pid} -`;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command, in parentheses, may hold spaces; the start time is the 20th field after it.
    return `${pid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
  } catch {
    return null;
  }
}
