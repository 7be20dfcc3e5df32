// SPDX-License-Identifier: Apache-2.0
import { sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import {
  historyAccountDays,
  historyBlocks,
  historyEvents,
  historyPayments,
  historyStreamDays,
} from "../database/history-schema.ts";
import type { HistoryRows } from "./history-rows.ts";

type StreamDay = typeof historyStreamDays.$inferInsert;
type AccountDay = typeof historyAccountDays.$inferInsert;

/** What some rows add to the sums of their days. */
export interface DailySums {
  streamDays: StreamDay[];
  accountDays: AccountDay[];
}

type Sums = Pick<NodePgDatabase, "insert" | "delete" | "execute">;

/** Rows in one statement. */
const ROWS = 1_000;

/** The day of a moment, UTC. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

export function dailySums({ blocks, events, payments }: HistoryRows): DailySums {
  const days = new Map(blocks.map(({ block, at }) => [block, dayOf(at)]));
  const streamDays = new Map<string, StreamDay>();
  const accountDays = new Map<string, AccountDay>();
  const paymentsOf = Map.groupBy(payments, ({ block, index }) => `${block}-${index}`);
  for (const { block, index, name, kind, stream, ticks } of events) {
    const day = days.get(block) ?? "";
    const counts = {
      ticks: ticks ?? 0,
      settlements: name === "Settled" ? 1 : 0,
      tips: name === "Tipped" ? 1 : 0,
    };
    const streamDay = upsert(streamDays, `${stream} ${day}`, { stream, day, ...NO_COUNTS });
    addCounts(streamDay, counts);
    const paid = new Set<AccountDay>();
    for (const { account, role, amount } of paymentsOf.get(`${block}-${index}`) ?? []) {
      const key = `${stream} ${day} ${account.toString("hex")}`;
      const sums = upsert(accountDays, key, { stream, day, account, ...NO_COUNTS, ...NO_AMOUNTS });
      if (kind === "tip") sums.tipped += amount;
      else sums.settled += amount;
      if (role === "operator") sums.operator += amount;
      paid.add(sums);
    }
    for (const sums of paid) addCounts(sums, counts);
  }
  return { streamDays: [...streamDays.values()], accountDays: [...accountDays.values()] };
}

const NO_COUNTS = { ticks: 0, settlements: 0, tips: 0 };
const NO_AMOUNTS = { settled: 0n, operator: 0n, tipped: 0n };

function upsert<T>(map: Map<string, T>, key: string, fresh: T): T {
  const found = map.get(key) ?? fresh;
  map.set(key, found);
  return found;
}

function addCounts(sums: typeof NO_COUNTS, counts: typeof NO_COUNTS): void {
  sums.ticks += counts.ticks;
  sums.settlements += counts.settlements;
  sums.tips += counts.tips;
}

/** Adds to what is stored. */
export async function addDailySums(db: Sums, { streamDays, accountDays }: DailySums): Promise<void> {
  const [s, a] = [historyStreamDays, historyAccountDays];
  for (let at = 0; at < streamDays.length; at += ROWS) {
    await db
      .insert(s)
      .values(streamDays.slice(at, at + ROWS))
      .onConflictDoUpdate({
        target: [s.stream, s.day],
        set: {
          ticks: sql`${s.ticks} + excluded.ticks`,
          settlements: sql`${s.settlements} + excluded.settlements`,
          tips: sql`${s.tips} + excluded.tips`,
        },
      });
  }
  for (let at = 0; at < accountDays.length; at += ROWS) {
    await db
      .insert(a)
      .values(accountDays.slice(at, at + ROWS))
      .onConflictDoUpdate({
        target: [a.stream, a.day, a.account],
        set: {
          ticks: sql`${a.ticks} + excluded.ticks`,
          settlements: sql`${a.settlements} + excluded.settlements`,
          tips: sql`${a.tips} + excluded.tips`,
          settled: sql`${a.settled} + excluded.settled`,
          operator: sql`${a.operator} + excluded.operator`,
          tipped: sql`${a.tipped} + excluded.tipped`,
        },
      });
  }
}

/** Adds up anew what is stored of a day and all later ones; of everything where none is given. */
export async function rebuildDailySums(db: Sums, from: string | null): Promise<void> {
  const since = from ?? "-infinity";
  await db.delete(historyStreamDays).where(sql`${historyStreamDays.day} >= ${since}::date`);
  await db.delete(historyAccountDays).where(sql`${historyAccountDays.day} >= ${since}::date`);
  const day = sql`(${historyBlocks.at} at time zone 'UTC')::date`;
  const counts = sql`coalesce(sum(ticks), 0), count(*) filter (where name = 'Settled'), count(*) filter (where name = 'Tipped')`;
  await db.execute(sql`
    insert into ${historyStreamDays} (stream, day, ticks, settlements, tips)
    select stream, ${day}, ${counts}
    from ${historyEvents} join ${historyBlocks} using (block)
    where ${historyBlocks.at} >= ${since}::timestamp at time zone 'UTC'
    group by 1, 2`);
  await db.execute(sql`
    insert into ${historyAccountDays} (stream, day, account, ticks, settlements, tips, settled, operator, tipped)
    select stream, day, account, ${counts},
      coalesce(sum(amount) filter (where kind = 'settlement'), 0), sum(operator),
      coalesce(sum(amount) filter (where kind = 'tip'), 0)
    from (
      select stream, ${day} as day, account, name, kind, ticks, sum(${historyPayments.amount}) as amount,
        coalesce(sum(${historyPayments.amount}) filter (where role = 'operator'), 0) as operator
      from ${historyPayments} join ${historyEvents} using (block, index) join ${historyBlocks} using (block)
      where ${historyBlocks.at} >= ${since}::timestamp at time zone 'UTC'
      group by block, index, ${historyEvents.stream}, ${historyEvents.name}, ${historyEvents.kind},
        ${historyEvents.ticks}, ${historyBlocks.at}, account
    ) paid
    group by stream, day, account`);
}
