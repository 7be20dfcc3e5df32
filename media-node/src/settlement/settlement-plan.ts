// SPDX-License-Identifier: Apache-2.0
import { channelId, type Planck } from "@tickstream/contracts-types";
import { and, eq, inArray, ne, notInArray, or, sql, type SQL } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { chainOutbox, channels } from "../database/schema.ts";
import type { LoadedChannels } from "./apply-event.ts";

/** When it is time to settle. */
export interface SettlementPolicy {
  /** Settle once a channel owes so much, in plancks: a multiple of the fee. */
  settleAbove: Planck;
  /** Settle what is owed for so long, in seconds. */
  settleAfter: number;
  /** Close a channel that nobody has used for so long, in seconds: its viewer's money is bound in it. */
  closeIdleAfter: number;
  /** Blocks before a channel's end in which nothing is sold any more. */
  settleMargin: number;
}

/** The settlement has to come after the last tick was stored: selling stops these blocks before it. */
const CLOSE_GAP = 2;
const MAX_PLANNED = 512;

/**
 * Puts what is due into the outbox.
 *
 * @param best height of the chain; `null` while it is unknown
 * @param everything also what is not due yet: for a node that stops
 * @returns how many channels were put there
 */
export async function planSettlements(
  { db }: Database,
  ledger: LoadedChannels,
  policy: SettlementPolicy,
  best: number | null,
  everything = false,
): Promise<number> {
  const owed = sql`${channels.ticks} - ${channels.settledFinal}`;
  const seconds = (count: number): SQL => sql`now() - make_interval(secs => ${count})`;
  const ending =
    best === null
      ? sql`false`
      : sql`${channels.end} <= ${best + Math.max(1, policy.settleMargin - CLOSE_GAP)}`;
  const idle = sql`${channels.lastActiveAt} < ${seconds(policy.closeIdleAfter)}`;
  const closing = sql<boolean>`(${channels.leaving} or ${channels.closeRequested} or ${ending} or ${idle})`;
  const due = or(
    closing,
    and(
      sql`${owed} > 0`,
      or(
        everything ? sql`true` : sql`false`,
        sql`(${owed}) * ${channels.rate} >= ${policy.settleAbove.toString()}::numeric`,
        sql`${channels.lastSettledAt} < ${seconds(policy.settleAfter)}`,
      ),
    ),
  );
  const planned = db
    .select({ channel: chainOutbox.channel })
    .from(chainOutbox)
    .where(and(eq(chainOutbox.kind, "settle"), or(eq(chainOutbox.close, true), ne(closing, true))));
  const rows = await db
    .select({
      id: channels.id,
      closing,
      onlyIdle: sql<boolean>`${idle} and not (${channels.leaving} or ${channels.closeRequested} or ${ending})`,
    })
    .from(channels)
    .where(and(eq(channels.state, "final"), due, notInArray(channels.id, planned)))
    .limit(MAX_PLANNED);

  // Whoever is connected is not idle, however long the pause.
  const watching = rows.filter(({ id, onlyIdle }) => onlyIdle && ledger.loaded(channelId(id))?.holder);
  if (watching.length > 0) {
    await db
      .update(channels)
      .set({ lastActiveAt: sql`now()` })
      .where(
        inArray(
          channels.id,
          watching.map(({ id }) => id),
        ),
      );
  }
  const wanted = rows.filter((row) => !watching.includes(row));
  if (wanted.length === 0) return 0;
  await db
    .insert(chainOutbox)
    .values(wanted.map(({ id, closing: close }) => ({ kind: "settle" as const, channel: id, close })))
    .onConflictDoUpdate({
      target: [chainOutbox.kind, chainOutbox.channel],
      set: { close: sql`${chainOutbox.close} or excluded.close` },
    });
  return wanted.length;
}
