// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, hexToBytes, type Hex } from "@tickstream/contracts-types";
import { and, desc, eq, gt, lt } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Database } from "../database/open-database.ts";
import {
  historyBlocks,
  historyChannels,
  historyCursor,
  historyEvents,
  historyPayments,
  historyStreams,
  historyTerms,
} from "../database/history-schema.ts";
import { addDailySums, dailySums, dayOf, rebuildDailySums } from "./daily-sums.ts";
import type { HistoryRows } from "./history-rows.ts";

/** How far the chain was read. */
export interface HistoryCursor {
  /** The first block that was read. */
  first: number;
  /** The last, and its hash. */
  block: number;
  hash: Hex;
}

/** The chain's history in PostgreSQL. */
export interface HistoryStore {
  cursor(): Promise<HistoryCursor | null>;
  /**
   * Stores what some blocks say and that they were read, both or neither.
   *
   * @param before what {@link cursor} says until then: whoever else has stored something meanwhile is an error
   */
  append(rows: HistoryRows, before: HistoryCursor | null, after: HistoryCursor): Promise<void>;
  /** Stored blocks below one, the highest first, at most 100. */
  blocksBelow(block: number): Promise<{ block: number; hash: Hex }[]>;
  /** Takes back what was read behind a block, or everything. */
  rollBack(to: { block: number; hash: Hex } | null): Promise<void>;
}

const NAME = "tick-stream";
/** Rows in one statement: PostgreSQL takes 65,535 values. */
const ROWS = 1_000;
const PAGE = 100;

export function createHistoryStore({ db }: Database): HistoryStore {
  type Transaction = Parameters<Parameters<typeof db.transaction>[0]>[0];

  const insert = async (transaction: Transaction, table: PgTable, rows: object[]): Promise<void> => {
    for (let at = 0; at < rows.length; at += ROWS) {
      await transaction
        .insert(table)
        .values(rows.slice(at, at + ROWS))
        .onConflictDoNothing();
    }
  };
  const moveCursor = async (
    transaction: Transaction,
    before: HistoryCursor | null,
    { first, block, hash }: HistoryCursor,
  ): Promise<void> => {
    const row = { name: NAME, firstBlock: first, block, blockHash: toBytes(hash) };
    const moved =
      before === null
        ? await transaction.insert(historyCursor).values(row).onConflictDoNothing().returning()
        : await transaction
            .update(historyCursor)
            .set(row)
            .where(and(eq(historyCursor.name, NAME), eq(historyCursor.block, before.block)))
            .returning();
    if (moved.length === 0) throw new Error("somebody else reads the chain's history into this database");
  };

  return {
    async cursor() {
      const [row] = await db.select().from(historyCursor).where(eq(historyCursor.name, NAME));
      return row ? { first: row.firstBlock, block: row.block, hash: bytesToHex(row.blockHash) } : null;
    },
    async append(rows, before, after) {
      await db.transaction(async (transaction) => {
        await moveCursor(transaction, before, after);
        await insert(transaction, historyBlocks, rows.blocks);
        await insert(transaction, historyStreams, rows.streams);
        await insert(transaction, historyTerms, rows.terms);
        await insert(transaction, historyChannels, rows.channels);
        await insert(transaction, historyEvents, rows.events);
        await insert(transaction, historyPayments, rows.payments);
        await addDailySums(transaction, dailySums(rows));
      });
    },
    async blocksBelow(block) {
      const rows = await db
        .select({ block: historyBlocks.block, hash: historyBlocks.hash })
        .from(historyBlocks)
        .where(lt(historyBlocks.block, block))
        .orderBy(desc(historyBlocks.block))
        .limit(PAGE);
      return rows.map((row) => ({ block: row.block, hash: bytesToHex(row.hash) }));
    },
    async rollBack(to) {
      await db.transaction(async (transaction) => {
        if (to === null) {
          await transaction.delete(historyBlocks);
          await transaction.delete(historyCursor);
          await rebuildDailySums(transaction, null);
          return;
        }
        const gone = await transaction
          .delete(historyBlocks)
          .where(gt(historyBlocks.block, to.block))
          .returning({ at: historyBlocks.at });
        const first = gone.map(({ at }) => dayOf(at)).toSorted()[0];
        if (first !== undefined) await rebuildDailySums(transaction, first);
        await transaction.update(historyCursor).set({ block: to.block, blockHash: toBytes(to.hash) });
      });
    },
  };
}

function toBytes(hash: Hex): Buffer {
  return Buffer.from(hexToBytes(hash, 32));
}
