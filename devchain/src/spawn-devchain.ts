// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { DevchainError } from "./errors.ts";
import type { DevchainErrorCode } from "./errors.ts";
import type { LogEntry } from "./log.ts";
import type { Devchain, DevchainOptions } from "./start-devchain.ts";

/** A first start builds genesis and block 1: about a second on a quiet machine. */
const START_TIMEOUT_MS = 60_000;
/** Then it is killed: no announced block is lost by that. */
const STOP_TIMEOUT_MS = 2_800;

type Hex32 = `0x${string}`;
type Head = { number: number; hash: Hex32 };
type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** What the process prints, one a line. */
type Message =
  | { readonly ready: true; readonly url: string; readonly genesisHash: Hex32; readonly head: Head }
  | { readonly ready?: never; readonly error?: never; readonly head: Head }
  | {
      readonly ready?: never;
      readonly error: { readonly code?: DevchainErrorCode; readonly message: string };
    };

/**
 * Starts a development chain in a process of its own, so that building blocks takes nothing from this one. It has its
 * own process group (the terminal's Ctrl-C does not reach it) and stops by itself when this process dies in whatever
 * way. Throws DevchainError as `startDevchain` does.
 *
 * @example
 * const chain = await spawnDevchain({ dataDir: "./data/chain" });
 * // …
 * await chain.stop(); // takes at most 3 s
 */
export async function spawnDevchain(options: DevchainOptions): Promise<Devchain> {
  const child = spawn(process.execPath, [mainPath(), ...toArguments(options)], {
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  // Whether the child still reads does not matter: the pipe is there to close.
  child.stdin.on("error", () => undefined);
  createInterface({ input: child.stderr }).on("line", (line) => options.log?.(parseLog(line)));
  let head: Head | undefined;
  try {
    const started = await waitForStart(child, (next) => {
      head = next;
    });
    return {
      url: started.url,
      genesisHash: started.genesisHash,
      head: () => head ?? started.head,
      stop: () => stopChild(child, closed),
      stopped: closed,
    };
  } catch (error) {
    await stopChild(child, closed);
    throw error;
  }
}

function waitForStart(
  child: Child,
  onHead: (head: Head) => void,
): Promise<Extract<Message, { ready: true }>> {
  return new Promise((resolve, reject) => {
    const fail = (code: DevchainErrorCode, message: string, cause?: unknown): void => {
      clearTimeout(timer);
      reject(new DevchainError(code, message, { cause }));
    };
    const timer = setTimeout(
      () => fail("start-failed", `The development chain did not start within ${START_TIMEOUT_MS} ms`),
      START_TIMEOUT_MS,
    );
    createInterface({ input: child.stdout }).on("line", (line) => {
      const message = JSON.parse(line) as Message;
      if (message.ready === true) {
        clearTimeout(timer);
        resolve(message);
      } else if (message.error === undefined) onHead(message.head);
      else fail(message.error.code ?? "start-failed", message.error.message);
    });
    child.once("error", (cause) =>
      fail("start-failed", `The development chain did not start: ${cause.message}`, cause),
    );
    // "close" comes after the last line was read.
    child.once("close", (code) =>
      fail("start-failed", `The development chain ended while it started (${code ?? "killed"})`),
    );
  });
}

async function stopChild(child: Child, closed: Promise<void>): Promise<void> {
  if (child.pid === undefined) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  child.kill("SIGTERM");
  child.stdin.end();
  await closed;
  clearTimeout(timer);
}

function mainPath(): string {
  return fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./main.ts" : "./main.js", import.meta.url));
}

function toArguments(options: DevchainOptions): string[] {
  const { dataDir, port, host, blockTimeMs, wasmPath } = options;
  return [
    "--ignore-sigint",
    "--exit-with-parent",
    "--data-dir",
    dataDir,
    ...(port === undefined ? [] : ["--port", String(port)]),
    ...(host === undefined ? [] : ["--host", host]),
    ...(blockTimeMs === undefined ? [] : ["--block-time", String(blockTimeMs)]),
    ...(wasmPath === undefined ? [] : ["--wasm", wasmPath]),
  ];
}

function parseLog(line: string): LogEntry {
  try {
    const entry = JSON.parse(line) as LogEntry;
    if (typeof entry.msg === "string") return entry;
  } catch {
    // Not ours: what Node itself prints.
  }
  return { level: "warn", msg: line };
}
