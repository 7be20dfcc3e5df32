// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** How many of a child's last lines are kept, and how much of each. */
const KEPT_LINES = 20;
const KEPT_LENGTH = 500;

/** Reads what a child says, keeps its last lines for an error message, and passes each on. */
export function keepLines(child: ChildProcess, onLine?: (line: string) => void): () => string[] {
  const kept: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (text) => {
      const line = text.trim().slice(0, KEPT_LENGTH);
      if (line === "") return;
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
      onLine?.(line);
    });
  }
  return () => kept;
}
