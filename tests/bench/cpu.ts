// SPDX-License-Identifier: Apache-2.0
// CPU time of processes by the kernel's own accounting: on a shared machine it says more than the clock on the wall.
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

/** Linux reports CPU time in ticks of 10 ms (`getconf CLK_TCK`, 100 on every supported architecture). */
const MICROS_PER_TICK = 10_000;

/** User and system time of a process so far, in microseconds. */
export function cpuMicros(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK;
}

/** The same of all processes whose parent is `pid`. */
export function childrenCpuMicros(pid: number): number {
  let sum = 0;
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      if (Number(statFields(Number(entry))[1]) === pid) sum += cpuMicros(Number(entry));
    } catch {
      continue; // it ended meanwhile
    }
  }
  return sum;
}

/** The process, no shell, whose command line has all of these words, one after the other. */
export function pidOf(...words: string[]): number {
  const wanted = words.join("\0");
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, "utf8");
      if (command.includes(wanted) && !command.includes("/sh\0")) return Number(entry);
    } catch {
      continue; // it ended meanwhile
    }
  }
  throw new Error(`no process runs with ${words.join(" ")}`);
}

/** The fields of /proc/PID/stat from the state on (proc(5)): the name before them may hold spaces. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** What the figures were taken on. */
export function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}, Node ${process.versions.node}`;
}

/** The value below which `share` of the sorted values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Prints a table of figures with what they mean, then one line of JSON. */
export function report(title: string, rows: [name: string, value: number, meaning: string][]): void {
  console.log(`\n${title}\n${machine()}\n`);
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value, meaning] of rows) {
    console.log(`  ${name.padEnd(width)}  ${String(value).padStart(9)}  ${meaning}`);
  }
  console.log();
  console.log(JSON.stringify(Object.fromEntries(rows)));
}
