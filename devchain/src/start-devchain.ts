// SPDX-License-Identifier: Apache-2.0
import { BlockProducer } from "./blocks/block-producer.ts";
import { Chain } from "./blocks/chain.ts";
import { openGenesis } from "./blocks/genesis.ts";
import { SLOT_MS } from "./blocks/slot-schedule.ts";
import { Executor } from "./execution/executor.ts";
import { DEFAULT_WASM_PATH, readRuntimeCode } from "./execution/runtime-code.ts";
import type { Log, LogEntry } from "./log.ts";
import { startRpcServer } from "./rpc/rpc-server.ts";
import { BlockStore } from "./storage/block-store.ts";
import { lockDataDir } from "./storage/data-lock.ts";

export interface DevchainOptions {
  /** The runtime's wasm, compressed or not; the repository's own by default. */
  readonly wasmPath?: string;
  /** Where genesis and blocks are kept. A folder belongs to one genesis. */
  readonly dataDir: string;
  /** 9944 by default; 0 takes any free one. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** One block in this time, 6,000 ms by default. Under 6,000 the chain's clock runs ahead: each block takes a slot of 6 s. */
  readonly blockTimeMs?: number;
  readonly log?: (entry: LogEntry) => void;
}

/** A running development chain. */
export interface Devchain {
  /** ws://HOST:PORT */
  readonly url: string;
  readonly genesisHash: `0x${string}`;
  /** The newest block; it is final. */
  head(): { number: number; hash: `0x${string}` };
  /** Finishes the block being built, closes sockets, files and the executor's thread. */
  stop(): Promise<void>;
  /** Resolves when the chain has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
}

/** What tests put in place of the world. */
export interface DevchainHooks {
  /** The wall clock, in milliseconds since 1970. */
  readonly now?: () => number;
  readonly onHead?: (head: { number: number; hash: `0x${string}` }) => void;
}

const DEFAULT_PORT = 9944;
const MIN_BLOCK_TIME_MS = 10;
const DEFAULT_HOST = "127.0.0.1";

/**
 * Starts a development chain in this process: for development and tests only, there is no consensus.
 * Throws DevchainError; its code says what is wrong and its message what to do.
 *
 * @example
 * const chain = await startDevchain({ dataDir: "./data/chain", port: 0 });
 * console.log(chain.url, chain.genesisHash);
 * await chain.stop();
 */
export async function startDevchain(options: DevchainOptions, hooks: DevchainHooks = {}): Promise<Devchain> {
  const log: Log = (level, msg) => options.log?.({ level, msg });
  const now = hooks.now ?? Date.now;
  const host = options.host ?? DEFAULT_HOST;
  const blockTimeMs = options.blockTimeMs ?? SLOT_MS;
  if (!(blockTimeMs >= MIN_BLOCK_TIME_MS))
    throw new RangeError(`blockTimeMs must be at least ${MIN_BLOCK_TIME_MS}`);
  // In the order in which they were started; stopped in the opposite one.
  const running: (() => Promise<void>)[] = [];
  const stopAll = async (): Promise<void> => {
    for (let end = running.pop(); end !== undefined; end = running.pop()) await end();
  };
  const stopped = Promise.withResolvers<void>();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopAll().finally(() => stopped.resolve()));
  try {
    const runtime = await readRuntimeCode(options.wasmPath ?? DEFAULT_WASM_PATH);
    running.push(await lockDataDir(options.dataDir));
    const executor = new Executor((line) => log("warn", line.trim()));
    running.push(() => executor.stop());
    const genesis = await openGenesis(options.dataDir, runtime, executor);
    const { store, chain: stored } = await BlockStore.open(options.dataDir, genesis);
    running.push(() => store.close());
    const chain = new Chain({ genesis, store, stored, executor, log });
    running.push(async () => chain.stop());
    await chain.open(stored);
    // Only block 1 writes the genesis hash into the state, where the runtime looks for it.
    if (chain.head.number === 0) await chain.buildBlock(now());
    const server = await startRpcServer(chain, host, options.port ?? DEFAULT_PORT);
    running.push(() => server.stop());
    const onHead = hooks.onHead;
    if (onHead !== undefined) chain.onHead(({ number, hash }) => onHead({ number, hash }));
    const producer = new BlockProducer({ chain, blockTimeMs, now, log });
    running.push(() => producer.stop());
    log("info", `Chain ${chain.genesisHash} at block ${chain.head.number} on ws://${host}:${server.port}`);
    return {
      url: `ws://${host}:${server.port}`,
      genesisHash: chain.genesisHash,
      head: () => ({ number: chain.head.number, hash: chain.head.hash }),
      stop,
      stopped: stopped.promise,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
