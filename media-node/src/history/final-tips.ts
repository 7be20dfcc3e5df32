// SPDX-License-Identifier: Apache-2.0
import { accountId, bytesToHex, planck, type StreamId } from "@tickstream/contracts-types";
import { and, desc, eq, sql } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { historyBlocks, historyEvents } from "../database/history-schema.ts";
import type { EventPlace } from "./event-place.ts";
import type { Tip } from "./recent-tips.ts";

/** Tips of a stream in final blocks, those behind a place, the newest first. */
export async function finalTips(
  { db }: Database,
  { stream, after, limit }: { stream: StreamId; after: EventPlace | null; limit: number },
): Promise<Tip[]> {
  const { block, index, amount, tipper, note } = historyEvents;
  const rows = await db
    .select({ block, index, amount, tipper, note, hash: historyBlocks.hash, at: historyBlocks.at })
    .from(historyEvents)
    .innerJoin(historyBlocks, eq(historyBlocks.block, block))
    .where(
      and(
        eq(historyEvents.stream, stream),
        eq(historyEvents.name, "Tipped"),
        after === null ? undefined : sql`(${block}, ${index}) > (${after.block}, ${after.index})`,
      ),
    )
    .orderBy(desc(block), desc(index))
    .limit(limit);
  return rows.map((row) => ({
    stream,
    from: accountId(row.tipper ?? new Uint8Array()),
    amount: planck(row.amount),
    note: bytesToHex(row.note ?? new Uint8Array()),
    block: row.block,
    blockHash: bytesToHex(row.hash),
    index: row.index,
    at: row.at,
  }));
}
