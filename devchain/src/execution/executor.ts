// SPDX-License-Identifier: Apache-2.0
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import type { Hex } from "../codec/hex.ts";
import { DevchainError, messageOf } from "../errors.ts";
import type {
  ExecutorReply,
  ExecutorRequest,
  ProofResult,
  RunResult,
  RuntimeCall,
} from "./executor-messages.ts";
import type { StorageChange } from "./state.ts";

/** When nothing is answered for so long, the runtime hangs: the thread is started anew. */
const HANG_MS = 30_000;

/** Requests that may wait at once; more are refused. */
const MAX_WAITING = 1_024;

interface Waiting {
  readonly resolve: (value: RunResult | ProofResult | Hex) => void;
  readonly reject: (error: Error) => void;
}

/** Executes runtime calls in a thread of its own, so that a block being built holds nobody up. */
export class Executor {
  readonly #onOutput: (line: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker;
  #nextId = 1;
  #hasAnswered = false;
  #hangTimer: NodeJS.Timeout | undefined;
  #stopped: DevchainError | undefined;
  #reload: (() => void) | undefined;

  /** @param onOutput gets what the runtime logs (a panic, say), line by line */
  constructor(onOutput: (line: string) => void) {
    this.#onOutput = onOutput;
    this.#worker = this.#start();
  }

  /** Sets what loads the state again after the thread had to be started anew. */
  onRestart(reload: () => void): void {
    this.#reload = reload;
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
    this.#stopped ??= new DevchainError("stopped", "The development chain has stopped");
    this.#rejectAll(this.#stopped);
    await this.#worker.terminate();
  }

  #start(): Worker {
    // The same file is TypeScript in the repository and JavaScript in what is published.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const worker = new Worker(new URL(`./executor-worker.${extension}`, import.meta.url), {
      name: "tickstream-executor",
      // Flags that this process was started with (--input-type, say) are not for it.
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    for (const input of [worker.stdout, worker.stderr]) createInterface({ input }).on("line", this.#onOutput);
    worker.on("message", (reply: ExecutorReply) => this.#onReply(reply));
    worker.on("error", (cause) => this.#recover(worker, `The executor broke down: ${messageOf(cause)}`));
    worker.on("exit", () => this.#recover(worker, "The executor ended"));
    return worker;
  }

  /** Starts anew after the thread ended or hung, unless it never worked at all. */
  #recover(worker: Worker, reason: string): void {
    if (worker !== this.#worker || this.#stopped !== undefined) return;
    const error = new DevchainError("runtime-call-failed", reason);
    const reload = this.#hasAnswered ? this.#reload : undefined;
    if (reload === undefined) this.#stopped = error;
    this.#rejectAll(error);
    if (reload === undefined) return;
    this.#onOutput(`${reason}; it is started anew`);
    this.#worker = this.#start();
    this.#hasAnswered = false;
    worker.terminate().catch((cause: unknown) => this.#onOutput(messageOf(cause)));
    reload();
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
      this.#waiting.set(id, { resolve, reject });
      if (this.#waiting.size === 1) this.#watch();
      this.#post(request(id));
    });
  }

  #onReply(reply: ExecutorReply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#hasAnswered = true;
    this.#waiting.delete(reply.id);
    this.#watch();
    if (reply.ok) waiting.resolve(reply.value);
    else waiting.reject(new DevchainError("runtime-call-failed", reply.message));
  }

  /** Begins anew to wait for a sign of life, while anything is to be answered. */
  #watch(): void {
    clearTimeout(this.#hangTimer);
    if (this.#waiting.size === 0) return;
    const worker = this.#worker;
    this.#hangTimer = setTimeout(
      () => this.#recover(worker, `The runtime gave no answer for ${HANG_MS} ms`),
      HANG_MS,
    );
  }

  #rejectAll(error: DevchainError): void {
    clearTimeout(this.#hangTimer);
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiting of all) waiting.reject(error);
  }
}
