// SPDX-License-Identifier: Apache-2.0
import { ApiPromise } from "@polkadot/api";
import { chain, type Hex } from "@tickstream/contracts-types";
import { ChainConnectionError, ChainMismatchError } from "../errors.ts";
import { describePallet, hashPallet } from "../metadata/describe-pallet.ts";
import { AccountQueue } from "../transactions/account-queue.ts";
import { BlockReader } from "./block-reader.ts";
import type { ChainClient } from "./chain-client.ts";
import { Connection } from "./connection.ts";
import { Heads } from "./heads.ts";
import { withTimeout } from "./timeout.ts";

/** What {@link createChainClient} needs. */
export type ChainClientOptions = (
  | { /** The chain's WebSocket address, `ws://…` or `wss://…`. */ url: string }
  | { /** Several of the same chain; the next is tried whenever one fails. */ urls: string[] }
) & {
  /** How long any one answer may take, and the first connection, in milliseconds. 20,000 by default. */
  timeoutMs?: number;
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
  const { timeoutMs = 20_000 } = options;
  const connection = new Connection("urls" in options ? options.urls : [options.url], timeoutMs);
  try {
    const api = await connectApi(connection, timeoutMs);
    checkPallet(api);
    const client = await assemble(connection, api);
    return client;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function connectApi(connection: Connection, timeoutMs: number): Promise<ApiPromise> {
  const api = new ApiPromise({
    // Its declaration says "number | null" where the class says "number | null | undefined".
    provider: connection.provider as never,
    noInitWarn: true,
  });
  // The API gives up at the first failure; this client tries again until it is late.
  api.isReadyOrError.catch(() => {});
  connection.open();
  await withTimeout(api.isReady, timeoutMs, () => new ChainConnectionError("chain-unreachable"));
  return api;
}

function checkPallet(api: ApiPromise): void {
  const pallet = describePallet(api.runtimeMetadata.asLatest, "TickStream");
  if (pallet === null) throw new ChainMismatchError("chain-without-pallet");
  const fingerprint = hashPallet(pallet);
  if (fingerprint !== chain.TICK_STREAM_FINGERPRINT) {
    throw new ChainMismatchError(
      "chain-incompatible",
      `its fingerprint is ${fingerprint}, expected ${chain.TICK_STREAM_FINGERPRINT}`,
    );
  }
}

async function assemble(connection: Connection, api: ApiPromise): Promise<ChainClient> {
  const closing = new AbortController();
  const heads = { best: new Heads(connection, "best"), finalized: new Heads(connection, "finalized") };
  await Promise.all([heads.best.start(), heads.finalized.start()]);
  const genesisHash = api.genesisHash.toHex();
  connection.onState((state) => {
    if (state === "connected") afterReconnect(connection, genesisHash, heads).catch(() => {});
  });
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
      await api.disconnect().catch(() => {});
    },
    internals: {
      api,
      connection,
      heads,
      blocks: new BlockReader(connection, api),
      accounts: new AccountQueue(connection),
      closing: closing.signal,
    },
  };
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
