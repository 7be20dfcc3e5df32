// SPDX-License-Identifier: Apache-2.0
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { DevchainError } from "./errors.ts";
import type {
  ExecutorReply,
  ExecutorRequest,
  ProofResult,
  RunResult,
  RuntimeCall,
} from "./executor-messages.ts";
import type { Hex } from "./hex.ts";
import type { StorageChange } from "./state.ts";

/** A request may wait for a block that is being built in front of it. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Requests that may wait at once; more are refused. */
const MAX_WAITING = 4096;

interface Waiting {
  readonly resolve: (value: RunResult | ProofResult | Hex) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Executes runtime calls in a thread of its own, so that a block being built holds nobody up. */
export class Executor {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #stopped: DevchainError | undefined;

  /** @param onOutput gets what the runtime logs (a panic, say), line by line */
  constructor(onOutput: (line: string) => void) {
    // The same file is TypeScript in the repository and JavaScript in what is published.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#worker = new Worker(new URL(`./executor-worker.${extension}`, import.meta.url), {
      name: "tickstream-executor",
      // Flags that this process was started with (--input-type, say) are not for it.
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    for (const input of [this.#worker.stdout, this.#worker.stderr]) {
      createInterface({ input }).on("line", onOutput);
    }
    this.#worker.on("message", (reply: ExecutorReply) => this.#onReply(reply));
    this.#worker.on("error", (cause) => {
      this.#fail(new DevchainError("runtime-call-failed", "The executor broke down", { cause }));
    });
    this.#worker.on("exit", () => this.#fail(new DevchainError("stopped", "The executor has stopped")));
  }

  /** Starts from a whole state. */
  load(hash: string, entries: Iterable<readonly [Hex, Hex]>): void {
    this.#post({ kind: "load", hash, entries: [...entries] });
  }

  /** Takes over what a block changed. */
  apply(hash: string, changes: StorageChange[]): void {
    this.#post({ kind: "apply", hash, changes });
  }

  /**
   * Runs calls one after the other on the state after block `at` with `overlay` laid over it.
   * Throws DevchainError "runtime-call-failed" where one traps.
   */
  async run(at: string, calls: RuntimeCall[], overlay: StorageChange[] = []): Promise<RunResult> {
    return (await this.#ask((id) => ({ kind: "run", id, at, overlay, calls }))) as RunResult;
  }

  /** Root of a trie of these entries, which hold state version `version`. */
  async root(entries: Iterable<readonly [Hex, Hex]>, version: number): Promise<Hex> {
    return (await this.#ask((id) => ({ kind: "root", id, entries: [...entries], version }))) as Hex;
  }

  /** A trie of these entries as a proof: its root and all its nodes. */
  async proof(entries: (readonly [Hex, Hex])[]): Promise<ProofResult> {
    return (await this.#ask((id) => ({ kind: "proof", id, entries }))) as ProofResult;
  }

  /** Ends the thread; what waits is rejected. */
  async stop(): Promise<void> {
    this.#fail(new DevchainError("stopped", "The development chain has stopped"));
    await this.#worker.terminate();
  }

  #post(request: ExecutorRequest): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    if (this.#stopped === undefined) this.#worker.postMessage(request);
  }

  #ask(request: (id: number) => ExecutorRequest): Promise<RunResult | ProofResult | Hex> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    if (this.#waiting.size >= MAX_WAITING) {
      return Promise.reject(new DevchainError("runtime-call-failed", "Too many runtime calls are waiting"));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new DevchainError("runtime-call-failed", `A runtime call took over ${REQUEST_TIMEOUT_MS} ms`));
      }, REQUEST_TIMEOUT_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#post(request(id));
    });
  }

  #onReply(reply: ExecutorReply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    if (reply.ok) waiting.resolve(reply.value);
    else waiting.reject(new DevchainError("runtime-call-failed", reply.message));
  }

  #fail(error: DevchainError): void {
    this.#stopped ??= error;
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(this.#stopped);
    }
    this.#waiting.clear();
  }
}
