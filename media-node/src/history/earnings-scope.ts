// SPDX-License-Identifier: Apache-2.0
import { hexToBytes, type AccountId, type EarningsScope, type StreamId } from "@tickstream/contracts-types";
import { and, eq, gte, inArray, lt, type SQL } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import { historyBlocks, historyEvents, historyPayments, historyStreams } from "../database/history-schema.ts";

/** Whose money is asked for, and of when. */
export interface EarningsFilter {
  account: AccountId;
  scope: EarningsScope;
  from: Date | null;
  /** Not included. */
  to: Date | null;
  stream: StreamId | null;
}

/** The streams that an account created, as a list to be in. */
export function ownStreams(account: AccountId) {
  return new QueryBuilder()
    .select({ stream: historyStreams.stream })
    .from(historyStreams)
    .where(eq(historyStreams.creator, Buffer.from(hexToBytes(account, 32))));
}

/** Which events and payments those are, joined as `history_payments`, `history_events` and `history_blocks` are. */
export function inScope({ account, scope, from, to, stream }: EarningsFilter): SQL | undefined {
  const who = Buffer.from(hexToBytes(account, 32));
  return and(
    scope === "creator"
      ? inArray(historyEvents.stream, ownStreams(account))
      : eq(historyPayments.account, who),
    stream === null ? undefined : eq(historyEvents.stream, stream),
    from === null ? undefined : gte(historyBlocks.at, from),
    to === null ? undefined : lt(historyBlocks.at, to),
  );
}
