// SPDX-License-Identifier: Apache-2.0
import { compactFromU8a } from "@polkadot/util";
import { hexToBytes, type Hex } from "@tickstream/contracts-types";
import { decodeEvents } from "../client/block-reader.ts";
import type { ChainClient } from "../client/chain-client.ts";
import type { Head } from "../client/heads.ts";
import { checkPallet, loadRuntime, storageKey, type Runtime } from "../client/runtime.ts";
import { ChainRequestError } from "../errors.ts";
import { tickStreamEvents, type TickStreamChainEvent } from "./chain-event.ts";

/** A final block, and what the tick-stream pallet did in it. */
export interface FinalBlock extends Head {
  /** The block's own time. */
  time: Date;
  /** In the order of the block; often none. */
  events: TickStreamChainEvent[];
}

/** What {@link readFinalBlocks} takes. */
export interface ReadFinalBlocksParams {
  from: number;
  /** How many at most, up to 255. */
  count: number;
}

/** One less than what a chain tells the hashes of at once. */
const MAX_BLOCKS = 255;
/** Blocks asked for at a time: more would only wait at the other end. */
const CONCURRENT = 16;

/**
 * Final blocks by number, in order, without a gap; fewer than wanted where the chain is not that far. For history:
 * {@link import("./watch-events.ts").watchEvents} follows what comes.
 *
 * @example const blocks = await readFinalBlocks(client, { from: 1, count: 128 });
 * @throws ChainRequestError where the chain has forgotten what happened in one of them, ChainConnectionError
 */
export async function readFinalBlocks(
  client: ChainClient,
  { from, count }: ReadFinalBlocksParams,
): Promise<FinalBlock[]> {
  const { connection } = client.internals;
  const wanted = Math.min(count, MAX_BLOCKS, client.finalizedHead().number - from + 1);
  if (wanted <= 0) return [];
  // With the parent of the first, whose state has the code that made it.
  const numbers = Array.from({ length: wanted + 1 }, (_, i) => from - 1 + i);
  const hashes = await connection.request<(Hex | null)[]>("chain_getBlockHash", [numbers]);
  const runtimes = runtimesOf(client);
  const blocks: FinalBlock[] = [];
  for (let start = 1; start < numbers.length; start += CONCURRENT) {
    const some = numbers.slice(start, start + CONCURRENT);
    const read = some.map((number, i) => {
      const [parent, hash] = [hashes[start + i - 1], hashes[start + i]];
      if (parent && hash) return readBlock(client, runtimes, { number, hash, parent });
      throw new ChainRequestError("chain_getBlockHash", new Error(`no block ${number}`));
    });
    blocks.push(...(await Promise.all(read)));
  }
  return blocks;
}

async function readBlock(
  { internals: { connection, runtime } }: ChainClient,
  runtimes: RuntimesOf,
  { number, hash, parent }: Head & { parent: Hex },
): Promise<FinalBlock> {
  const keys = [
    storageKey(runtime.storage("system", "events")),
    storageKey(runtime.storage("timestamp", "now")),
    storageKey(runtime.storage("system", "lastRuntimeUpgrade")),
  ] as const;
  const method = "state_queryStorageAt";
  const [answer] = await connection.request<{ changes: [Hex, Hex | null][] }[]>(method, [keys, hash]);
  const found = new Map(answer?.changes);
  const [events, time, upgrade] = keys.map((key) => found.get(key));
  if (!events || !time || !upgrade) {
    throw new ChainRequestError(method, new Error(`block ${number} has no time, events or version`));
  }
  return {
    number,
    hash,
    // Milliseconds since 1970, as a `u64`.
    time: new Date(Number(new DataView(hexToBytes(time, 8).buffer).getBigUint64(0, true))),
    events: tickStreamEvents(decodeEvents(await runtimes(upgrade, parent), events)),
  };
}

/**
 * The runtime that made a block: events are encoded by it, and an upgrade of any pallet may change how.
 *
 * @param upgrade the value of `System.LastRuntimeUpgrade` after the block: its first number is the version
 * @param parent hash of the block's parent
 * @throws ChainMismatchError where its tick-stream pallet was another than this program's
 */
type RuntimesOf = (upgrade: Hex, parent: Hex) => Promise<Runtime>;

const MAX_RUNTIMES = 4;
const pastRuntimes = new WeakMap<ChainClient, Map<number, Promise<Runtime>>>();

function runtimesOf(client: ChainClient): RuntimesOf {
  const { connection, runtime } = client.internals;
  const past = pastRuntimes.get(client) ?? new Map<number, Promise<Runtime>>();
  pastRuntimes.set(client, past);
  const load = async (parent: Hex): Promise<Runtime> => {
    const loaded = await loadRuntime(connection, parent);
    checkPallet(loaded.metadata);
    return loaded;
  };
  return (upgrade, parent) => {
    const version = Number(compactFromU8a(hexToBytes(upgrade))[1]);
    if (runtime.version.specVersion.eq(version)) return Promise.resolve(runtime);
    let found = past.get(version);
    if (found === undefined) {
      past.set(version, (found = load(parent)));
      found.catch(() => past.delete(version));
      const oldest = past.keys().next();
      if (past.size > MAX_RUNTIMES && !oldest.done) past.delete(oldest.value);
    }
    return found;
  };
}
