// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;

/**
 * Whether there is an ffmpeg to be had: its path as given, or by name where it is on PATH; `null` where it cannot be run.
 *
 * @param path of the program; found on PATH where left out
 */
export async function findFfmpeg(path = "ffmpeg"): Promise<string | null> {
  try {
    const { stdout } = await run(path, ["-hide_banner", "-version"], { timeout: TIMEOUT_MS });
    return stdout.startsWith("ffmpeg version") ? path : null;
  } catch {
    return null;
  }
}
