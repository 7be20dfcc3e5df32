// SPDX-License-Identifier: Apache-2.0
import { hexToBytes, type Hex } from "@tickstream/contracts-types";
import { decodeEvents } from "../client/block-reader.ts";
import type { ChainClient } from "../client/chain-client.ts";
import type { Head } from "../client/heads.ts";
import { storageKey } from "../client/runtime.ts";
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
  /** How many at most, up to 256. */
  count: number;
}

const MAX_BLOCKS = 256;
/** Blocks asked for at a time: more would only wait at the other end. */
const CONCURRENT = 16;

/**
 * Final blocks by number, in order, without a gap; fewer than wanted where the chain is not that far. For history:
 * {@link import("./watch-events.ts").watchEvents} follows what comes.
 *
 * @example const blocks = await readFinalBlocks(client, { from: 1, count: 256 });
 * @throws ChainRequestError where the chain has forgotten what happened in one of them, ChainConnectionError
 */
export async function readFinalBlocks(
  client: ChainClient,
  { from, count }: ReadFinalBlocksParams,
): Promise<FinalBlock[]> {
  const { connection } = client.internals;
  const wanted = Math.min(count, MAX_BLOCKS, client.finalizedHead().number - from + 1);
  if (wanted <= 0) return [];
  const numbers = Array.from({ length: wanted }, (_, i) => from + i);
  const hashes = await connection.request<(Hex | null)[]>("chain_getBlockHash", [numbers]);
  const blocks: FinalBlock[] = [];
  for (let start = 0; start < numbers.length; start += CONCURRENT) {
    const some = numbers.slice(start, start + CONCURRENT);
    blocks.push(
      ...(await Promise.all(some.map((number, i) => readBlock(client, number, hashes[start + i])))),
    );
  }
  return blocks;
}

async function readBlock(
  { internals: { connection, runtime } }: ChainClient,
  number: number,
  hash: Hex | null | undefined,
): Promise<FinalBlock> {
  if (!hash) throw new ChainRequestError("chain_getBlockHash", new Error(`no block ${number}`));
  const events = storageKey(runtime.storage("system", "events"));
  const now = storageKey(runtime.storage("timestamp", "now"));
  const method = "state_queryStorageAt";
  const [answer] = await connection.request<{ changes: [Hex, Hex | null][] }[]>(method, [
    [events, now],
    hash,
  ]);
  const found = new Map(answer?.changes);
  const [eventBytes, timeBytes] = [found.get(events), found.get(now)];
  if (!eventBytes || !timeBytes) {
    throw new ChainRequestError(method, new Error(`block ${number} has no time or no events`));
  }
  // Milliseconds since 1970, as a `u64`.
  const time = new Date(Number(new DataView(hexToBytes(timeBytes, 8).buffer).getBigUint64(0, true)));
  return { number, hash, time, events: tickStreamEvents(decodeEvents(runtime, eventBytes)) };
}
