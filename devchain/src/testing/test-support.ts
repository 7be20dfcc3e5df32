// SPDX-License-Identifier: Apache-2.0
// What several tests need: folders that vanish, clients, and waiting for what happens.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiPromise, WsProvider } from "@polkadot/api";
import type { ApiOptions, SubmittableExtrinsic } from "@polkadot/api/types";
import { Keyring } from "@polkadot/keyring";
import type { KeyringPair } from "@polkadot/keyring/types";
import { cryptoWaitReady } from "@polkadot/util-crypto";
import { WebSocket } from "ws";

/** Ends, last first, what a test began. */
export class Cleanup {
  readonly #ends: (() => Promise<void> | void)[] = [];

  add(end: () => Promise<void> | void): void {
    this.#ends.push(end);
  }

  async run(): Promise<void> {
    for (let end = this.#ends.pop(); end !== undefined; end = this.#ends.pop()) await end();
  }

  async folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "tickstream-devchain-"));
    this.add(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  async api(url: string): Promise<ApiPromise> {
    // Its types were not made for exactOptionalPropertyTypes.
    const provider = new WsProvider(url) as NonNullable<ApiOptions["provider"]>;
    const api = await ApiPromise.create({ provider, noInitWarn: true });
    this.add(() => api.disconnect());
    return api;
  }

  async client(url: string): Promise<RawClient> {
    const client = await RawClient.connect(url);
    this.add(() => client.close());
    return client;
  }
}

/** The well-known development account of this name. */
export async function account(name: string): Promise<KeyringPair> {
  await cryptoWaitReady();
  return new Keyring({ type: "sr25519" }).addFromUri(`//${name}`);
}

export interface Sent {
  readonly statuses: string[];
  readonly blockHash: string;
  readonly events: string[];
  /** The data of the first event of this name, field by field. */
  dataOf(event: string): unknown[];
}

/** Signs, sends and follows a transaction until it is final or gone. */
export function send(
  tx: SubmittableExtrinsic<"promise">,
  signer: KeyringPair,
  options: { nonce: number },
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const statuses: string[] = [];
    tx.signAndSend(signer, options, ({ status, events, isError }) => {
      statuses.push(status.type);
      if (!status.isFinalized && !isError) return;
      const blockHash = status.isFinalized ? status.asFinalized.toHex() : "";
      const names = events.map(({ event }) => `${event.section}.${event.method}`);
      const dataOf = (name: string): unknown[] => [...(events[names.indexOf(name)]?.event.data ?? [])];
      resolve({ statuses, blockHash, events: names, dataOf });
    }).catch(reject);
  });
}

interface Answer {
  readonly id: number | null;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: string };
  readonly method?: string;
  readonly params?: { readonly subscription: string; readonly result: unknown };
}

/** A JSON-RPC client that also sends what no client should. */
export class RawClient {
  readonly #socket: WebSocket;
  readonly #received: Answer[] = [];
  readonly #waiting = new Set<() => void>();
  /** The code with which the socket is closed. */
  readonly closed: Promise<number>;
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("message", (data) => {
      this.#received.push(JSON.parse((data as Buffer).toString()) as Answer);
      for (const wake of this.#waiting) wake();
    });
  }

  static async connect(url: string): Promise<RawClient> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", () => resolve());
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  send(text: string | Buffer): void {
    this.#socket.send(text);
  }

  /** The first message received, or yet to be, for which `wanted` holds; it is taken out. */
  async next(wanted: (answer: Answer) => boolean): Promise<Answer> {
    for (;;) {
      const index = this.#received.findIndex(wanted);
      if (index >= 0) return this.#received.splice(index, 1)[0] as Answer;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  async call(method: string, params: readonly unknown[] = []): Promise<Answer> {
    const id = ++this.#id;
    this.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return this.next((answer) => answer.id === id);
  }

  /** Like `call`, for what must succeed. */
  async ask(method: string, ...params: unknown[]): Promise<unknown> {
    const { result, error } = await this.call(method, params);
    if (error !== undefined) throw new Error(`${method}: ${error.code} ${error.message} ${error.data ?? ""}`);
    return result;
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** What a notification carries. */
export function resultOf<T>(notification: { readonly params?: { readonly result: unknown } }): T {
  return notification.params?.result as T;
}

/** Whether a process runs; one that has ended and waits to be collected does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !stat.includes(") Z ");
}
