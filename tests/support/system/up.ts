// SPDX-License-Identifier: Apache-2.0
// `tickstream up` as a person runs it, on free ports and with a data folder of the test's.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program, runProgram, startProgram } from "./program.ts";
import { inRepository } from "./repository.ts";

const COMMAND = inRepository("apps/cli/bin/tickstream.cjs");

/** A running `tickstream up`. */
export interface Up {
  readonly program: Program;
  /** Where its page is. */
  readonly page: string;
  readonly demoStream: string;
  readonly streamKey: string;
  /** Ctrl-C as a terminal sends it: to the whole process group. Resolves with the exit code. */
  interrupt(): Promise<number>;
}

/** A folder for its data that any user may enter, so that a database run by another user than root stands in it too. */
export async function makeDataFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "tickstream-up-"));
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Starts it; resolves when it says that it runs. */
export async function startUp(dataFolder: string, args: readonly string[] = []): Promise<Up> {
  const ports = ["--http-port", "0", "--rtmp-port", "0", "--chain-port", "0"];
  const program = startProgram(
    process.execPath,
    [COMMAND, "up", "--data-dir", dataFolder, "--block-time", "1000", ...ports, ...args],
    { detached: true },
  );
  await program.waitFor(/starting again goes on from here/, 120_000);
  const shown = (pattern: RegExp): string => pattern.exec(program.output())?.[1] ?? "";
  return {
    program,
    page: shown(/page +(http:\S+)/),
    demoStream: shown(/\/watch\/(\d+) +\(/),
    streamKey: shown(/stream key +(\S+)/),
    interrupt: () => {
      process.kill(-program.pid, "SIGINT");
      return program.exited;
    },
  };
}

/** Runs `tickstream` to its end; rejects where it fails. */
export function tickstream(...args: string[]): ReturnType<typeof runProgram> {
  return runProgram(process.execPath, [COMMAND, ...args]);
}
