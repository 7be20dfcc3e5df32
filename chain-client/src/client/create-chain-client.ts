// SPDX-License-Identifier: Apache-2.0
import { cryptoWaitReady } from "@polkadot/util-crypto";
import type { Hex } from "@tickstream/contracts-types";
import { ChainConnectionError, ChainMismatchError } from "../errors.ts";
import { AccountQueue } from "../transactions/account-queue.ts";
import { BlockReader } from "./block-reader.ts";
import type { ChainClient } from "./chain-client.ts";
import { Connection } from "./connection.ts";
import { Heads } from "./heads.ts";
import { checkPallet, loadRuntime, type Runtime } from "./runtime.ts";
import { withTimeout } from "./timeout.ts";

/** What {@link createChainClient} needs. */
export type ChainClientOptions = (
  | { /** The chain's WebSocket address, `ws://…` or `wss://…`. */ url: string }
  | { /** Several of the same chain; the next is tried whenever one fails. */ urls: string[] }
) & {
  /** How long any one answer may take, and the first connection, in milliseconds. 20,000 by default. */
  timeoutMs?: number;
  /** How often the address may refuse the first connection before it is given up; by default only time ends it. */
  maxRefusals?: number;
};

/**
 * Connects to a chain and makes sure that it speaks this program's version of the tick-stream pallet.
 *
 * @example
 * const client = await createChainClient({ url: "ws://127.0.0.1:9944" });
 * console.log(client.genesisHash, client.bestHead().number);
 * await client.disconnect();
 *
 * @throws ChainConnectionError where nothing answers in time, ChainMismatchError where it is another kind of chain
 */
export async function createChainClient(options: ChainClientOptions): Promise<ChainClient> {
  const { timeoutMs = 20_000, maxRefusals = Number.POSITIVE_INFINITY } = options;
  const connection = new Connection("urls" in options ? options.urls : [options.url], timeoutMs);
  const late = () => new ChainConnectionError("chain-unreachable");
  try {
    return await withTimeout(connect(connection, maxRefusals), timeoutMs, late);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function connect(connection: Connection, maxRefusals: number): Promise<ChainClient> {
  const connected = new Promise<void>((resolve, reject) => {
    let refusals = 0;
    const unsubscribe = connection.onState((state) => {
      if (state !== "connected" && ++refusals < maxRefusals) return;
      unsubscribe();
      if (state === "connected") resolve();
      else reject(new ChainConnectionError("chain-unreachable"));
    });
  });
  connection.open();
  // Keys of kind sr25519 sign by wasm, which takes a moment to load.
  await Promise.all([connected, cryptoWaitReady()]);

  const genesisHash = await connection.request<Hex>("chain_getBlockHash", [0]);
  const current = { runtime: await loadRuntime(connection) };
  checkPallet(current.runtime.metadata);
  const heads = { best: new Heads(connection, "best"), finalized: new Heads(connection, "finalized") };
  await Promise.all([heads.best.start(), heads.finalized.start(), followUpgrades(connection, current)]);
  connection.onState((state) => {
    if (state === "connected") afterReconnect(connection, genesisHash, heads).catch(() => {});
  });
  return assemble(connection, genesisHash, heads, current);
}

function assemble(
  connection: Connection,
  genesisHash: Hex,
  heads: Record<"best" | "finalized", Heads>,
  current: { runtime: Runtime },
): ChainClient {
  const closing = new AbortController();
  const latest = (kind: "best" | "finalized") => {
    const head = heads[kind].latest;
    if (head === null) throw new ChainConnectionError("chain-unreachable");
    return head;
  };
  return {
    genesisHash,
    get state() {
      return connection.state;
    },
    onState: (listener) => connection.onState(listener),
    bestHead: () => latest("best"),
    finalizedHead: () => latest("finalized"),
    onBestHead: (listener) => heads.best.onHead(listener),
    onFinalizedHead: (listener) => heads.finalized.onHead(listener),
    disconnect: async () => {
      closing.abort(new ChainConnectionError("chain-closed"));
      await connection.close();
    },
    internals: {
      get runtime() {
        return current.runtime;
      },
      connection,
      heads,
      blocks: new BlockReader(connection, () => current.runtime),
      accounts: new AccountQueue(connection),
      closing: closing.signal,
    },
  };
}

/** A runtime upgrade brings new metadata; and a pallet that this program may not be made for. */
async function followUpgrades(connection: Connection, current: { runtime: Runtime }): Promise<void> {
  const upgrade = async () => {
    const runtime = await loadRuntime(connection);
    checkPallet(runtime.metadata);
    current.runtime = runtime;
  };
  await connection.subscribe("state_runtimeVersion", "state_subscribeRuntimeVersion", [], (update) => {
    const { specVersion } = update as { specVersion: number };
    if (current.runtime.version.specVersion.eq(specVersion)) return;
    upgrade().catch((error: unknown) => {
      if (error instanceof ChainMismatchError) connection.refuse(error);
    });
  });
}

/** Blocks that came meanwhile are not announced again; and another chain may have taken the address. */
async function afterReconnect(
  connection: Connection,
  genesisHash: Hex,
  heads: Record<"best" | "finalized", Heads>,
): Promise<void> {
  const genesisNow = await connection.request<Hex>("chain_getBlockHash", [0]);
  if (genesisNow !== genesisHash) {
    connection.refuse(new ChainMismatchError("chain-changed", `its genesis is ${genesisNow}`));
    return;
  }
  await Promise.all([heads.best.refresh(), heads.finalized.refresh()]);
}
