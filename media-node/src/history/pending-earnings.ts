// SPDX-License-Identifier: Apache-2.0
import {
  decodeCommitment,
  planck,
  splitTicks,
  streamId,
  type AccountId,
  type EarningsScope,
  type Planck,
  type StreamId,
} from "@tickstream/contracts-types";
import { and, eq, gt, inArray, ne, sql } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { historyTerms } from "../database/history-schema.ts";
import { channels } from "../database/schema.ts";
import { termsKey } from "./history-facts.ts";
import { ownStreams } from "./earnings-scope.ts";
import type { SharedBy } from "./chain-for-history.ts";

/** Channels read at a time. */
const PAGE = 2_000;

/**
 * What this node's channels owe and no final block has: all payees' parts of a creator's streams, or what one account
 * will get of it as a payee. Terms that the chain's history does not have yet count for nothing: their stream is not
 * final.
 */
export async function pendingEarnings(
  { db }: Database,
  { account, scope, stream }: { account: AccountId; scope: EarningsScope; stream: StreamId | null },
): Promise<Planck> {
  const theirs =
    scope === "creator"
      ? ownStreams(account)
      : db
          .selectDistinct({ stream: historyTerms.stream })
          .from(historyTerms)
          .where(sql`${historyTerms.payees} @> ${JSON.stringify([{ account }])}::jsonb`);
  const terms = new Map<string, SharedBy | null>();
  const termsOf = async (of: StreamId, version: number): Promise<SharedBy | null> => {
    const key = termsKey(of, version);
    const known = terms.get(key);
    if (known !== undefined) return known;
    const [row] = await db
      .select()
      .from(historyTerms)
      .where(and(eq(historyTerms.stream, of), eq(historyTerms.version, version)));
    const found = row ? { ...row, rate: planck(row.rate) } : null;
    terms.set(key, found);
    return found;
  };

  let sum = 0n;
  let after: Buffer = Buffer.alloc(0);
  for (;;) {
    const rows = await db
      .select({
        id: channels.id,
        commitment: channels.commitment,
        ticks: channels.ticks,
        settled: channels.settledFinal,
      })
      .from(channels)
      .where(
        and(
          gt(channels.id, after),
          gt(channels.ticks, channels.settledFinal),
          // What failed will never be on the chain.
          ne(channels.state, "failed"),
          inArray(channels.stream, theirs),
          stream === null ? undefined : eq(channels.stream, stream),
        ),
      )
      .orderBy(channels.id)
      .limit(PAGE);
    for (const { commitment: encoded, ticks, settled } of rows) {
      const { commitment } = decodeCommitment(encoded);
      const shared = await termsOf(streamId(commitment.stream), commitment.terms);
      if (shared === null) continue;
      const shares = { ...shared, payees: shared.payees.map(({ share }) => share) };
      splitTicks(shares, settled, ticks).payees.forEach((part, i) => {
        if (scope === "creator" || shared.payees[i]?.account === account) sum += part;
      });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return planck(sum);
    after = last.id;
  }
}
