// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";

export interface WatchdogOptions {
  /** The process to end. */
  pid: number;
  /** The signal that asks it to end, and the one that makes it, five seconds later. */
  signals: readonly [ask: string, force: string];
  /** The user it runs as, where that isn't ours. */
  runAs?: { uid: number; gid: number } | undefined;
}

/**
 * Ends a process of ours when this one dies without a chance to do it: a shell that waits for the end of its standard input, of
 * which this process holds the other end, and the kernel closes it however this process dies. It costs less than a megabyte.
 */
export function startWatchdog(options: WatchdogOptions): ChildProcess | undefined {
  if (process.platform === "win32") return undefined; // no such shell
  const [ask, force] = options.signals;
  const child = spawn(
    "/bin/sh",
    [
      "-c",
      'read -r _; kill -"$2" "$1"; sleep 5; kill -"$3" "$1"',
      "tickstream-watchdog",
      String(options.pid),
      ask,
      force,
    ],
    { ...options.runAs, cwd: "/", detached: true, stdio: ["pipe", "ignore", "ignore"] },
  );
  child.on("error", () => undefined); // without it, the next start finds what was left
  child.stdin?.on("error", () => undefined);
  return child;
}
