// SPDX-License-Identifier: Apache-2.0
import {
  accountId,
  hexToBytes,
  planck,
  toSs58,
  type EarningsGroup,
  type Planck,
} from "@tickstream/contracts-types";
import { and, eq, gte, inArray, lt, sql, type SQL } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import {
  historyAccountDays,
  historyBlocks,
  historyEvents,
  historyPayments,
  historyStreamDays,
} from "../database/history-schema.ts";
import { dayOf } from "./daily-sums.ts";
import { inScope, ownStreams, type EarningsFilter } from "./earnings-scope.ts";

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

/** Rows of one group, and the sums of all. */
export interface GroupedSums {
  rows: EarningsRow[];
  totals: EarningsSums;
}

const DAY_MS = 86_400_000;

/** A span of time; `null` is without an end. */
interface Span<T> {
  from: T | null;
  /** Not included. */
  to: T | null;
}

/** The whole days that a filter has, and what it has of other days. */
export function splitByDay({ from, to }: Span<Date>): { days: Span<string> | null; parts: Span<Date>[] } {
  const begin = from && new Date(Math.ceil(from.getTime() / DAY_MS) * DAY_MS);
  const end = to && new Date(Math.floor(to.getTime() / DAY_MS) * DAY_MS);
  if (begin && end && begin > end) return { days: null, parts: [{ from, to }] };
  const parts: Span<Date>[] = [];
  if (from && begin && from < begin) parts.push({ from, to: begin });
  if (to && end && end < to) parts.push({ from: end, to });
  const none = begin && end && begin >= end;
  return { days: none ? null : { from: begin && dayOf(begin), to: end && dayOf(end) }, parts };
}

/** By what is kept of each day. */
export async function sumsOfDays(
  { db }: Database,
  { account, scope, stream }: EarningsFilter,
  { from, to }: Span<string>,
  group: EarningsGroup,
): Promise<GroupedSums> {
  const ofSpan = ({ stream: column, day }: typeof historyStreamDays | typeof historyAccountDays) => [
    stream === null ? undefined : eq(column, stream),
    scope === "creator" ? inArray(column, ownStreams(account)) : undefined,
    from === null ? undefined : gte(day, from),
    to === null ? undefined : lt(day, to),
  ];
  const ofAccount = scope === "account" ? eq(historyAccountDays.account, accountBytes(account)) : undefined;

  const amounts = async (key: SQL): Promise<EarningsRow[]> => {
    const { ticks, settlements, tips, settled, operator, tipped } = historyAccountDays;
    const rows = await db
      .select({
        key: sql<string>`${key}`,
        ...countsOf({ ticks, settlements, tips }),
        settled: sql<string>`coalesce(sum(${settled}), 0)`,
        operator: sql<string>`coalesce(sum(${operator}), 0)`,
        tipped: sql<string>`coalesce(sum(${tipped}), 0)`,
      })
      .from(historyAccountDays)
      .where(and(ofAccount, ...ofSpan(historyAccountDays)))
      .groupBy(sql`1`);
    return rows.map(toRow);
  };
  /** An event that paid several accounts counts once for its stream. */
  const withCounts = async (rows: Promise<EarningsRow[]>, key: SQL): Promise<EarningsRow[]> => {
    if (scope === "account") return rows;
    const counted = await db
      .select({ key: sql<string>`${key}`, ...countsOf(historyStreamDays) })
      .from(historyStreamDays)
      .where(and(...ofSpan(historyStreamDays)))
      .groupBy(sql`1`);
    const counts = new Map(counted.map((row) => [row.key, row]));
    return (await rows).map((row) => {
      const { ticks, settlements, tips } = counts.get(row.key) ?? row;
      return { ...row, ticks: Number(ticks), settlements: Number(settlements), tips: Number(tips) };
    });
  };
  const nothing = sql`''::text`;
  const [rows, [totals]] = await Promise.all([
    group === "payee"
      ? amounts(sql`encode(${historyAccountDays.account}, 'hex')`)
      : withCounts(amounts(sql`${historyAccountDays[group]}::text`), sql`${historyStreamDays[group]}::text`),
    withCounts(amounts(nothing), nothing),
  ]);
  return { rows: group === "payee" ? rows.map(withAddress) : rows, totals: totals ?? NOTHING };
}

/** By the events themselves: for the rest of a day. */
export async function sumsOfEvents(
  { db }: Database,
  filter: EarningsFilter,
  group: EarningsGroup,
): Promise<GroupedSums> {
  const none = sql`''::text`;
  const account = sql`encode(${historyPayments.account}, 'hex')`;
  const keys = {
    day: sql`to_char(${historyBlocks.at} at time zone 'UTC', 'YYYY-MM-DD')`,
    stream: sql`${historyEvents.stream}::text`,
    payee: account,
  };
  /** @param within what payments of one event are added up by before events are: each counts once for each */
  const sums = async (key: SQL, within: SQL): Promise<EarningsRow[]> => {
    const amount = sql<string>`sum(${historyPayments.amount})`;
    const asOperator = sql<string>`sum(${historyPayments.amount}) filter (where ${historyPayments.role} = 'operator')`;
    const paid = db
      .select({
        key: sql<string>`${key}`.as("key"),
        name: sql<string>`${historyEvents.name}`.as("name"),
        kind: sql<string>`${historyEvents.kind}`.as("kind"),
        ticks: sql<number>`${historyEvents.ticks}`.as("ticks"),
        amount: amount.as("amount"),
        operator: asOperator.as("operator"),
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
    const rows = await db
      .select({
        key: paid.key,
        ticks: sql<string>`coalesce(sum(${paid.ticks}), 0)`,
        settlements: sql<string>`count(*) filter (where ${paid.name} = 'Settled')`,
        tips: sql<string>`count(*) filter (where ${paid.name} = 'Tipped')`,
        settled: sql<string>`coalesce(sum(${paid.amount}) filter (where ${paid.kind} = 'settlement'), 0)`,
        operator: sql<string>`coalesce(sum(${paid.operator}), 0)`,
        tipped: sql<string>`coalesce(sum(${paid.amount}) filter (where ${paid.kind} = 'tip'), 0)`,
      })
      .from(paid)
      .groupBy(paid.key);
    return rows.map(toRow);
  };
  const [rows, [totals]] = await Promise.all([
    sums(keys[group], group === "payee" ? account : none),
    sums(none, none),
  ]);
  return { rows: group === "payee" ? rows.map(withAddress) : rows, totals: totals ?? NOTHING };
}

export const NOTHING: EarningsSums = {
  ticks: 0,
  settlements: 0,
  tips: 0,
  settled: planck(0n),
  operator: planck(0n),
  tipped: planck(0n),
};

type Counted = Pick<typeof historyStreamDays, "ticks" | "settlements" | "tips">;

function countsOf({ ticks, settlements, tips }: Counted | Pick<typeof historyAccountDays, keyof Counted>) {
  return {
    ticks: sql<string>`coalesce(sum(${ticks}), 0)`,
    settlements: sql<string>`coalesce(sum(${settlements}), 0)`,
    tips: sql<string>`coalesce(sum(${tips}), 0)`,
  };
}

function toRow(row: Record<"key" | keyof EarningsSums, string>): EarningsRow {
  return {
    key: row.key,
    title: null,
    ticks: Number(row.ticks),
    settlements: Number(row.settlements),
    tips: Number(row.tips),
    settled: planck(row.settled),
    operator: planck(row.operator),
    tipped: planck(row.tipped),
  };
}

function withAddress(row: EarningsRow): EarningsRow {
  return { ...row, key: toSs58(accountId(`0x${row.key}`)) };
}

function accountBytes(account: string): Buffer {
  return Buffer.from(hexToBytes(account, 32));
}
