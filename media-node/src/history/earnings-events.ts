// SPDX-License-Identifier: Apache-2.0
import {
  accountId,
  bytesToHex,
  channelId,
  planck,
  toSs58,
  type EarningsEvent,
} from "@tickstream/contracts-types";
import { and, asc, desc, eq, exists, sql } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { historyBlocks, historyEvents, historyPayments } from "../database/history-schema.ts";
import { titlesOf } from "./earnings-report.ts";
import type { EventPlace } from "./event-place.ts";
import { inScope, type EarningsFilter } from "./earnings-scope.ts";

/** Events of final blocks that moved money in scope, and that money; those before a place, the newest first. */
export async function earningsEvents(
  { db }: Database,
  filter: EarningsFilter,
  { before, limit }: { before: EventPlace | null; limit: number },
): Promise<EarningsEvent[]> {
  const { block, index } = historyEvents;
  const paid = db
    .select({ one: sql`1` })
    .from(historyPayments)
    .where(and(eq(historyPayments.block, block), eq(historyPayments.index, index), inScope(filter)));
  const events = await db
    .select({ event: historyEvents, hash: historyBlocks.hash, at: historyBlocks.at })
    .from(historyEvents)
    .innerJoin(historyBlocks, eq(historyBlocks.block, block))
    .where(
      and(
        exists(paid),
        before === null ? undefined : sql`(${block}, ${index}) < (${before.block}, ${before.index})`,
      ),
    )
    .orderBy(desc(block), desc(index))
    .limit(limit);
  const [newest, oldest] = [events[0]?.event, events.at(-1)?.event];
  if (!newest || !oldest) return [];
  const [payments, titles] = await Promise.all([
    db
      .select({ payment: historyPayments })
      .from(historyPayments)
      .innerJoin(historyEvents, and(eq(block, historyPayments.block), eq(index, historyPayments.index)))
      .innerJoin(historyBlocks, eq(historyBlocks.block, historyPayments.block))
      .where(
        and(
          inScope(filter),
          sql`(${block}, ${index}) between (${oldest.block}, ${oldest.index}) and (${newest.block}, ${newest.index})`,
        ),
      )
      .orderBy(asc(historyPayments.line)),
    titlesOf(
      db,
      events.map(({ event }) => String(event.stream)),
    ),
  ]);
  const paymentsOf = Map.groupBy(payments, ({ payment }) => `${payment.block}-${payment.index}`);
  return events.map(({ event, hash, at }) => ({
    block: event.block,
    blockHash: bytesToHex(hash),
    extrinsic: event.extrinsic,
    index: event.index,
    at: at.toISOString(),
    name: event.name,
    stream: String(event.stream),
    title: titles.get(String(event.stream)) ?? null,
    channel: event.channel && channelId(event.channel),
    ticks: event.ticks,
    amount: planck(event.amount),
    payments: (paymentsOf.get(`${event.block}-${event.index}`) ?? []).map(({ payment }) => ({
      account: toSs58(accountId(payment.account)),
      role: payment.role,
      amount: payment.amount.toString(),
    })),
  }));
}
