// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A program that a test started: its output so far, and ways to wait for lines and for its end. */
export interface Program {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Everything it printed so far, standard output and error together. */
  output(): string;
  /** Resolves with the match once the output matches; rejects when the program ends or time is up before. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
  /** Sends the signal and resolves with the exit code (128 where a signal ended it) when it is gone. */
  stop(signal?: NodeJS.Signals, timeoutMs?: number): Promise<number>;
  readonly exited: Promise<number>;
}

const OUTPUT_LIMIT = 4 << 20;

/** Starts a program whose end the test awaits. Its output is kept (the newest 4 MiB). */
export function startProgram(
  command: string,
  args: string[],
  options: {
    env?: NodeJS.ProcessEnv;
    cwd?: string;
    stdin?: "pipe" | "ignore";
    /** A second way in, as its file descriptor 3: `process.stdio[3]`. */
    input?: "pipe";
    detached?: boolean;
  } = {},
): Program {
  const child = spawn(command, args, {
    env: { ...process.env, ...options.env },
    cwd: options.cwd,
    stdio: [options.stdin ?? "ignore", "pipe", "pipe", options.input ?? "ignore"],
    detached: options.detached ?? false,
  });
  let output = "";
  const listeners = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_LIMIT);
    for (const listener of listeners) listener();
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  let gone = false;
  const exited = new Promise<number>((resolve) => {
    const end = (code: number): void => {
      gone = true;
      for (const listener of listeners) listener();
      resolve(code);
    };
    child.once("error", (error) => {
      output += error.message;
      end(127);
    });
    child.once("close", (code) => end(code ?? 128));
  });
  const tail = (): string => output.slice(-2_000);

  return {
    process: child,
    exited,
    get pid() {
      return child.pid ?? -1;
    },
    output: () => output,
    waitFor: (pattern, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = output.match(pattern);
          if (match === null && !gone) return;
          finish();
          if (match !== null) resolve(match);
          else reject(new Error(`${command} ended before it printed ${pattern}:\n${tail()}`));
        };
        const timer = setTimeout(() => {
          finish();
          reject(new Error(`${command} did not print ${pattern} within ${timeoutMs} ms:\n${tail()}`));
        }, timeoutMs);
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      }),
    stop: async (signal = "SIGTERM", timeoutMs = 15_000) => {
      if (!gone) child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
      try {
        return await exited;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Runs a program to its end; rejects with its output where it fails. */
export async function runProgram(command: string, args: string[], timeoutMs = 60_000): Promise<string> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: timeoutMs });
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0)
    throw new Error(`${command} ended with ${code}: ${Buffer.concat(errors).toString().slice(-2_000)}`);
  return Buffer.concat(out).toString();
}
