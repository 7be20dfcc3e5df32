// SPDX-License-Identifier: Apache-2.0
import {
  accountId,
  planck,
  streamId,
  toSs58,
  type EarningsGroup,
  type Planck,
} from "@tickstream/contracts-types";
import { and, eq, sql, type SQL } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { historyBlocks, historyEvents, historyPayments } from "../database/history-schema.ts";
import { streams } from "../database/schema.ts";
import { inScope, type EarningsFilter } from "./earnings-scope.ts";

/** Sums of what final blocks say. */
export interface EarningsSums {
  ticks: number;
  settlements: number;
  tips: number;
  settled: Planck;
  /** Of that, the operators' part. */
  operator: Planck;
  tipped: Planck;
}

export interface EarningsRow extends EarningsSums {
  /** A day, a stream's id, or an account's address. */
  key: string;
  /** The stream's title, where the rows are streams that this node knows. */
  title: string | null;
}

/** A page for people has no more rows; the sums are of everything. */
const MAX_ROWS = 1_000;

/** What was paid, by day, stream or account, and in all. */
export async function earningsReport(
  database: Database,
  filter: EarningsFilter,
  group: EarningsGroup,
): Promise<{ rows: EarningsRow[]; totals: EarningsSums }> {
  const [rows, totals] = await Promise.all([
    group === "payee" ? byAccount(database, filter) : byEvent(database, filter, KEYS[group]),
    byEvent(database, filter, sql`''::text`),
  ]);
  return {
    rows: await withTitles(database, group, rows),
    totals: totals[0] ?? NOTHING,
  };
}

const NOTHING: EarningsSums = {
  ticks: 0,
  settlements: 0,
  tips: 0,
  settled: planck(0n),
  operator: planck(0n),
  tipped: planck(0n),
};

const KEYS = {
  day: sql`to_char(${historyBlocks.at} at time zone 'UTC', 'YYYY-MM-DD')`,
  stream: sql`${historyEvents.stream}::text`,
};

/** An event of several payments counts once. */
function byEvent({ db }: Database, filter: EarningsFilter, key: SQL): Promise<EarningsRow[]> {
  return sums(db, filter, key, sql`''::text`);
}

/** An event that paid an account twice, as its operator and as a payee, counts once for it. */
async function byAccount({ db }: Database, filter: EarningsFilter): Promise<EarningsRow[]> {
  const account = sql`encode(${historyPayments.account}, 'hex')`;
  const rows = await sums(db, filter, account, account);
  return rows.map((row) => ({ ...row, key: toSs58(accountId(`0x${row.key}`)) }));
}

/**
 * @param key what a row stands for
 * @param within what payments of one event are added up by, before events are
 */
async function sums(
  db: Database["db"],
  filter: EarningsFilter,
  key: SQL,
  within: SQL,
): Promise<EarningsRow[]> {
  const paid = db
    .select({
      key: sql<string>`${key}`.as("key"),
      name: sql<string>`${historyEvents.name}`.as("name"),
      kind: sql<string>`${historyEvents.kind}`.as("kind"),
      ticks: sql<number>`${historyEvents.ticks}`.as("ticks"),
      amount: sql<string>`sum(${historyPayments.amount})`.as("amount"),
      operator:
        sql<string>`coalesce(sum(${historyPayments.amount}) filter (where ${historyPayments.role} = 'operator'), 0)`.as(
          "operator",
        ),
    })
    .from(historyPayments)
    .innerJoin(
      historyEvents,
      and(eq(historyEvents.block, historyPayments.block), eq(historyEvents.index, historyPayments.index)),
    )
    .innerJoin(historyBlocks, eq(historyBlocks.block, historyPayments.block))
    .where(inScope(filter))
    .groupBy(historyEvents.block, historyEvents.index, historyBlocks.block, within)
    .as("paid");
  const found = await db
    .select({
      key: paid.key,
      ticks: sql<string>`coalesce(sum(${paid.ticks}), 0)`,
      settlements: sql<string>`count(*) filter (where ${paid.name} = 'Settled')`,
      tips: sql<string>`count(*) filter (where ${paid.name} = 'Tipped')`,
      settled: sql<string>`coalesce(sum(${paid.amount}) filter (where ${paid.kind} = 'settlement'), 0)`.as(
        "settled",
      ),
      operator: sql<string>`coalesce(sum(${paid.operator}), 0)`,
      tipped: sql<string>`coalesce(sum(${paid.amount}) filter (where ${paid.kind} = 'tip'), 0)`,
    })
    .from(paid)
    .groupBy(paid.key)
    .orderBy(sql`${paid.key} desc`)
    .limit(MAX_ROWS);
  return found.map((row) => ({
    key: row.key,
    title: null,
    ticks: Number(row.ticks),
    settlements: Number(row.settlements),
    tips: Number(row.tips),
    settled: planck(row.settled),
    operator: planck(row.operator),
    tipped: planck(row.tipped),
  }));
}

async function withTitles(
  { db }: Database,
  group: EarningsGroup,
  rows: EarningsRow[],
): Promise<EarningsRow[]> {
  if (group !== "stream" || rows.length === 0) return rows;
  const titles = await titlesOf(
    db,
    rows.map(({ key }) => key),
  );
  return rows.map((row) => ({ ...row, title: titles.get(row.key) ?? null }));
}

/** Of the streams that this node knows, by their id. */
export async function titlesOf(db: Database["db"], ids: readonly string[]): Promise<Map<string, string>> {
  const numbers = [...new Set(ids)].map((id) => streamId(id));
  if (numbers.length === 0) return new Map();
  const rows = await db
    .select({ stream: streams.chainStream, title: streams.title })
    .from(streams)
    .where(sql`${streams.chainStream} = any(${sql.param(numbers.map(String))}::numeric[])`);
  return new Map(rows.map(({ stream, title }) => [String(stream), title]));
}
