// SPDX-License-Identifier: Apache-2.0
import { ChainConnectionError, ChainRequestError } from "@tickstream/chain-client";
import { TickstreamError, type HistoryState, type Hex } from "@tickstream/contracts-types";
import { isDatabaseFailure } from "../database/failures.ts";
import type { Database } from "../database/open-database.ts";
import { Bell } from "./bell.ts";
import type { ChainForHistory } from "./chain-for-history.ts";
import { loadFacts } from "./history-facts.ts";
import { factRows, historyRows, mergeRows } from "./history-rows.ts";
import { createHistoryStore, type HistoryCursor } from "./history-store.ts";

export interface IndexerOptions {
  database: Database;
  chain: ChainForHistory;
  /** The first block wanted, on the first start; where the chain has forgotten it, the first that it has not. */
  from: number;
  /** Blocks read and stored at a time. */
  batch?: number;
  /** After a failure, in milliseconds. */
  retryMs?: number;
  log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

/** Reads the final chain's payments into the database: each block once, in order, none left out. */
export interface Indexer {
  state(): HistoryState;
  /** The last block that was read; 0 before the first. */
  readonly block: number;
  stop(): Promise<void>;
}

const BATCH = 128;
const RETRY_MS = 5_000;
/** Progress of a long catching-up is logged this often. */
const LOG_MS = 10_000;

export function startIndexer(options: IndexerOptions): Indexer {
  const { database, chain, batch = BATCH, retryMs = RETRY_MS, log } = options;
  const store = createHistoryStore(database);
  const stopped = new AbortController();
  const news = new Bell();
  const offChange = chain.onChange(() => {
    // After a reconnect another chain may answer: the last hash is compared again.
    checked = false;
    news.ring();
  });
  let cursor: HistoryCursor | null = null;
  let checked = false;
  let interrupted: string | null = null;
  let loggedAt = performance.now();

  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        cursor = await store.cursor();
        await follow();
      } catch (error) {
        if (stopped.signal.aborted) return;
        if (!(error instanceof ChainConnectionError) && !isDatabaseFailure(error)) interrupt(error);
        await news.wait(stopped.signal, retryMs);
      }
    }
  };

  const follow = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const head = chain.finalized();
      if (head === null) {
        await news.wait(stopped.signal);
        continue;
      }
      if (!checked) await check(head);
      const next = cursor === null ? await firstBlock(head) : cursor.block + 1;
      if (next > head) {
        interrupted = null;
        await news.wait(stopped.signal);
        continue;
      }
      await readOn(next, head);
    }
  };

  const readOn = async (next: number, head: number): Promise<void> => {
    const blocks = await chain.blocks(next, batch);
    const last = blocks.at(-1);
    if (last === undefined) return;
    const parent = cursor?.hash ?? (await mustHash(chain, next - 1));
    const { facts, unstored } = await loadFacts(database, chain, blocks, parent);
    const rows = mergeRows(factRows(blocks[0]!, unstored), historyRows(blocks, facts));
    const after = { first: cursor?.first ?? next, block: last.number, hash: last.hash };
    await store.append(rows, cursor, after);
    cursor = after;
    interrupted = null;
    if (head - after.block < batch || performance.now() - loggedAt < LOG_MS) return;
    loggedAt = performance.now();
    log.info({ block: after.block, of: head }, "reading the chain's history");
  };

  /** Takes back what was read of blocks that the chain does not have (any more): a database outlives a chain's data. */
  const check = async (head: number): Promise<void> => {
    checked = true;
    if (cursor === null) return;
    if (cursor.block <= head && (await chain.hashOf(cursor.block)) === cursor.hash) return;
    if (cursor.block > head) {
      // A node of the same chain that is behind: it has no word on our newest block yet, but on those below.
      const [highest] = await store.blocksBelow(head + 1);
      if (highest === undefined || (await chain.hashOf(highest.block)) === highest.hash) return;
    }
    const common = await lastCommon(Math.min(cursor.block, head + 1));
    log.warn(
      { read: cursor.block, common: common?.block ?? null },
      "the chain is another than the one whose history was read: what differs is read again",
    );
    await store.rollBack(common);
    cursor = await store.cursor();
  };

  /** The highest stored block below one that the chain has too. */
  const lastCommon = async (below: number): Promise<{ block: number; hash: Hex } | null> => {
    for (;;) {
      const stored = await store.blocksBelow(below);
      for (const { block, hash } of stored) if ((await chain.hashOf(block)) === hash) return { block, hash };
      const lowest = stored.at(-1);
      if (lowest === undefined) return null;
      below = lowest.block;
    }
  };

  /** The first block wanted that can still be read: what a chain has forgotten, it has forgotten from the beginning. */
  const firstBlock = async (head: number): Promise<number> => {
    const wanted = Math.max(1, options.from);
    if (wanted > head || (await canRead(wanted))) return wanted;
    let [forgotten, readable] = [wanted, head];
    while (readable - forgotten > 1) {
      const middle = Math.floor((forgotten + readable) / 2);
      if (await canRead(middle)) readable = middle;
      else forgotten = middle;
    }
    log.warn(
      { wanted, from: readable },
      "the chain has forgotten earlier blocks: earnings are told from here on",
    );
    return readable;
  };

  const canRead = async (number: number): Promise<boolean> => {
    try {
      return (await chain.blocks(number, 1)).length === 1;
    } catch (error) {
      if (error instanceof ChainRequestError) return false;
      throw error;
    }
  };

  const interrupt = (error: unknown): void => {
    const reason =
      error instanceof TickstreamError
        ? error.message
        : "Something unexpected happened: the node's log has it.";
    if (interrupted !== reason) log.error({ err: error }, "the chain's history cannot be read on");
    interrupted = reason;
  };

  const running = run();
  return {
    get block() {
      return cursor?.block ?? 0;
    },
    state() {
      const finalized = chain.finalized();
      const to = cursor?.block ?? null;
      const current = finalized !== null && to !== null && to >= finalized;
      return {
        state: interrupted !== null ? "interrupted" : current ? "current" : "catching-up",
        reason: interrupted,
        from: cursor?.first ?? null,
        to,
        finalized,
      };
    },
    async stop() {
      stopped.abort();
      offChange();
      await running;
    },
  };
}

async function mustHash(chain: ChainForHistory, number: number): Promise<Hex> {
  const hash = await chain.hashOf(number);
  if (hash === null) throw new Error(`the chain has no block ${number}`);
  return hash;
}
