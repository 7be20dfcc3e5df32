// SPDX-License-Identifier: Apache-2.0
// Proof that a test left nothing behind: every process it starts, however deep, inherits a mark in its environment.
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const VARIABLE = "MARK_OF_TEST_RUN";

/** Marks this process: what it starts from now on can be found by {@link leftovers}. */
export function markProcesses(): string {
  const mark = randomUUID();
  process.env[VARIABLE] = mark;
  return mark;
}

/**
 * The processes that bear the mark, as `pid command`; those that are about to end get `graceMs` to do so.
 * Where the system has no /proc there is nothing to read, and none is found.
 */
export async function leftovers(mark: string, graceMs = 2_000): Promise<string[]> {
  const until = Date.now() + graceMs;
  for (;;) {
    const found = await marked(mark);
    // A process that is ending gives no event to those who are not its parent.
    if (found.length === 0 || Date.now() > until) return found;
    await sleep(50);
  }
}

async function marked(mark: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc").catch(() => [] as string[])) {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue;
    try {
      const environment = await readFile(`/proc/${pid}/environ`, "latin1");
      if (!environment.includes(`${VARIABLE}=${mark}`)) continue;
      const command = await readFile(`/proc/${pid}/cmdline`, "latin1");
      if (command !== "") found.push(`${pid} ${command.replaceAll("\0", " ").slice(0, 200)}`);
    } catch {
      continue; // it has just ended, or is somebody else's
    }
  }
  return found;
}

/** Whether anybody listens on a loopback port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1" });
    const answer = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once("connect", () => answer(true)).once("error", () => answer(false));
  });
}
