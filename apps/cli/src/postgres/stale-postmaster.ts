// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../cli-error.ts";

/**
 * Stops a PostgreSQL that an earlier run of ours, killed without warning, left behind on this database; and removes a lock file
 * whose process number has since gone to some other program. The caller holds the data folder's lock, so nobody else's server
 * can be running here.
 * @returns what was found: "none", "stopped" (a server was running) or "removed" (only its lock file was left)
 */
export async function stopStalePostmaster(pgData: string): Promise<"none" | "stopped" | "removed"> {
  const lockFile = join(pgData, "postmaster.pid");
  const text = await readFile(lockFile, "utf8").catch((error) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return "none";
  const pid = Number.parseInt(text, 10);
  if (!(pid > 1) || !(await isPostmasterOf(pid, pgData))) {
    await rm(lockFile, { force: true });
    return "removed";
  }
  // Fast shutdown, then immediate shutdown (recovered from the log at the next start), then by force.
  for (const [signal, patienceMs] of [
    ["SIGINT", 10_000],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 5_000],
  ] as const) {
    process.kill(pid, signal);
    if (await gone(pid, pgData, patienceMs)) return "stopped";
  }
  throw new Error(`an old PostgreSQL (process ${pid}) on ${pgData} doesn't stop`);
}

/** Whether process `pid` is a PostgreSQL whose working folder is `pgData` (a postmaster always works there). */
async function isPostmasterOf(pid: number, pgData: string): Promise<boolean> {
  try {
    if (process.platform === "linux") {
      const status = await readFile(`/proc/${pid}/stat`, "utf8");
      if (status.slice(status.lastIndexOf(")") + 2).startsWith("Z")) return false;
      return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(pgData));
    }
    const command = execFileSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
    return command.includes("postgres") && command.includes(pgData);
  } catch {
    return false; // it has gone, or isn't ours to look at: no server of ours
  }
}

/** There is no event for the end of a process that isn't a child: look every 50 ms. */
async function gone(pid: number, pgData: string, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    if (!(await isPostmasterOf(pid, pgData))) return true;
    await sleep(50);
  }
  return false;
}
