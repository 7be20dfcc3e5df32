// SPDX-License-Identifier: Apache-2.0
// A paying viewer without a screen: the SDK's session and reader in Node, with a device (a store) of its own.
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiPromise } from "@polkadot/api";
import { accountId, type ChannelId, type Epoch, hexToBytes, planck } from "@tickstream/contracts-types";
import {
  createClient,
  createReader,
  openSession,
  type PaySession,
  type PaySessionEvents,
  type Reader,
  type ReaderPart,
  type SessionStore,
} from "@tickstream/sdk";
import { createFileStore } from "@tickstream/sdk/node";
import { account, accountHex } from "./raw-chain.ts";
import { openTabByHand } from "./tab.ts";

/** Who watches what, and how. */
export interface HeadlessOptions {
  /** The node (or what passes for it), `http://…`. */
  node: string;
  stream: bigint;
  /** The wallet: a development account such as `//Bob`. */
  suri: string;
  /** The most to spend, in plancks. */
  limit: bigint;
  /** What the tab is funded with, in plancks. */
  deposit: bigint;
  /** Where to write the decrypted media. */
  file?: string;
  /** Opens the tab by this connection, where many viewers would else each make one of their own. */
  api?: ApiPromise;
}

/** A viewer that is watching. */
export interface HeadlessViewer {
  readonly session: PaySession;
  /** Every epoch whose key came and matched the hash that was published for it. */
  readonly epochs: ReadonlySet<Epoch>;
  /** Ticks paid in each channel: the highest `n` that was revealed. */
  readonly paid: ReadonlyMap<ChannelId, number>;
  /** Every state the session was in, oldest first. */
  readonly states: readonly PaySessionEvents["state"][];
  readonly parts: number;
  /** Resolves once `condition` holds; it is asked at every event of the session and with every part. */
  until(condition: () => boolean, what: string, timeoutMs?: number): Promise<void>;
  /** Stops buying, waits until every tick paid is answered by a key, and leaves: the node may settle and close. */
  leave(): Promise<void>;
  /** Goes without a goodbye. */
  stop(): Promise<void>;
}

/** Opens a tab and a session, and begins to read; resolves when the node has accepted the channel. */
export async function startHeadlessViewer(options: HeadlessOptions): Promise<HeadlessViewer> {
  const device = await mkdtemp(join(tmpdir(), "tickstream-device-"));
  const store = createFileStore(device);
  const client = createClient({ node: options.node, store });
  let session: PaySession;
  try {
    if (options.api !== undefined) await openTab(options.api, store, options);
    session = await openSession({
      client,
      stream: options.stream.toString(),
      limit: planck(options.limit),
      deposit: planck(options.deposit),
      ...(options.api === undefined ? { wallet: await account(options.suri) } : {}),
    });
  } catch (error) {
    await client.dispose();
    await store.close();
    await rm(device, { recursive: true, force: true });
    throw error;
  }
  const reader = await createReader({ session });
  const file = options.file === undefined ? undefined : await open(options.file, "w");
  return new Viewer(session, reader, file, async () => {
    await client.dispose();
    await store.close();
    await rm(device, { recursive: true, force: true });
  });
}

/** Opens a tab for the device's session key and notes it there, as the SDK does. */
async function openTab(api: ApiPromise, store: SessionStore, options: HeadlessOptions): Promise<void> {
  const key = await store.sessionKey();
  const tab = await openTabByHand(api, options.suri, options.deposit, hexToBytes(key.publicKeyHex, 32));
  await store.putTab({
    genesisHash: api.genesisHash.toHex(),
    tab: tab.id,
    owner: accountId(accountHex(await account(options.suri))),
    deposit: planck(options.deposit),
    expiresAt: tab.expiresAt,
    sessionKey: key.publicKeyHex,
  });
}

class Viewer implements HeadlessViewer {
  readonly session: PaySession;
  readonly epochs = new Set<Epoch>();
  readonly paid = new Map<ChannelId, number>();
  readonly states: PaySessionEvents["state"][] = [];
  parts = 0;
  readonly #reader: Reader;
  readonly #file: FileHandle | undefined;
  readonly #cleanUp: () => Promise<void>;
  readonly #listeners = new Set<() => void>();
  readonly #reading: Promise<void>;
  #failure: unknown;
  #stopped: Promise<void> | undefined;

  constructor(
    session: PaySession,
    reader: Reader,
    file: FileHandle | undefined,
    cleanUp: () => Promise<void>,
  ) {
    this.session = session;
    this.#reader = reader;
    this.#file = file;
    this.#cleanUp = cleanUp;
    session.on("keys", ({ epochs }) => {
      for (const epoch of epochs) this.epochs.add(epoch);
      this.#look();
    });
    session.on("tick", ({ channel, n }) => {
      this.paid.set(channel, Math.max(n, this.paid.get(channel) ?? 0));
      this.#look();
    });
    session.on("state", (state) => {
      this.states.push(state);
      this.#look();
    });
    this.#reading = this.#read().catch((error: unknown) => {
      this.#failure = error;
      this.#look();
    });
  }

  async #read(): Promise<void> {
    for await (const part of this.#reader) {
      await this.#write(part);
      this.parts += 1;
      this.#look();
    }
  }

  async #write(part: ReaderPart): Promise<void> {
    if (this.#file === undefined) return;
    if (part.init !== null) await this.#file.write(part.init);
    await this.#file.write(part.bytes);
  }

  #look(): void {
    for (const listener of this.#listeners) listener();
  }

  until(condition: () => boolean, what: string, timeoutMs = 60_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      const look = (): void => {
        const failed = this.#failure !== undefined;
        if (!failed && !condition()) return;
        finish();
        if (failed) reject(new Error("the reader failed", { cause: this.#failure }));
        else resolve();
      };
      const timer = setTimeout(() => {
        finish();
        const state = JSON.stringify(this.session.state);
        const { exposure, lost } = this.session.stats;
        reject(
          new Error(`${what}: not within ${timeoutMs} ms; ${state}, exposure ${exposure}, lost ${lost}`),
        );
      }, timeoutMs);
      this.#listeners.add(look);
      look();
    });
  }

  async leave(): Promise<void> {
    this.session.pause();
    const answered = (): boolean => [...this.paid.values()].reduce((a, b) => a + b, 0) === this.epochs.size;
    await this.until(answered, "a key for every tick");
    await this.session.leave();
    await this.stop();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    await this.#reader.dispose();
    await this.#reading;
    await this.session.dispose();
    await this.#file?.close();
    await this.#cleanUp();
  }
}
