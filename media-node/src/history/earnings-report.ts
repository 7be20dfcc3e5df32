// SPDX-License-Identifier: Apache-2.0
import { planck, streamId, type EarningsGroup } from "@tickstream/contracts-types";
import { sql } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { streams } from "../database/schema.ts";
import type { EarningsFilter } from "./earnings-scope.ts";
import {
  NOTHING,
  splitByDay,
  sumsOfDays,
  sumsOfEvents,
  type EarningsRow,
  type EarningsSums,
} from "./earnings-sums.ts";

/** A page for people has no more rows; the sums are of everything. */
const MAX_ROWS = 1_000;

/**
 * What was paid, by day, stream or account, and in all. Whole days come from their sums; of the days that a filter
 * begins or ends in, events are added up.
 */
export async function earningsReport(
  database: Database,
  filter: EarningsFilter,
  group: EarningsGroup,
): Promise<{ rows: EarningsRow[]; totals: EarningsSums }> {
  const { days, parts } = splitByDay(filter);
  const sums = [
    ...(days === null ? [] : [sumsOfDays(database, filter, days, group)]),
    ...parts.map((part) => sumsOfEvents(database, { ...filter, ...part }, group)),
  ];
  const rows = new Map<string, EarningsRow>();
  const totals: EarningsSums = { ...NOTHING };
  for (const { rows: some, totals: ofAll } of await Promise.all(sums)) {
    for (const row of some) rows.set(row.key, { ...row, ...plus(rows.get(row.key) ?? NOTHING, row) });
    Object.assign(totals, plus(totals, ofAll));
  }
  const newestFirst = [...rows.values()].toSorted((x, y) => (x.key < y.key ? 1 : -1)).slice(0, MAX_ROWS);
  return { rows: await withTitles(database, group, newestFirst), totals };
}

function plus(a: EarningsSums, b: EarningsSums): EarningsSums {
  return {
    ticks: a.ticks + b.ticks,
    settlements: a.settlements + b.settlements,
    tips: a.tips + b.tips,
    settled: planck(a.settled + b.settled),
    operator: planck(a.operator + b.operator),
    tipped: planck(a.tipped + b.tipped),
  };
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
