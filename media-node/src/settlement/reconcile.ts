// SPDX-License-Identifier: Apache-2.0
import { channelId, type ChannelId } from "@tickstream/contracts-types";
import { and, asc, gt, inArray } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { channels } from "../database/schema.ts";
import type { ChainNews } from "./apply-event.ts";
import type { ChainForSettlement } from "./chain-for-settlement.ts";

const PAGE = 64;

/**
 * Brings channels that are on chain up to date by looking at the state: after a start or an outage, when
 * blocks went by whose events nobody heard.
 */
export async function reconcile(
  { db }: Database,
  chain: ChainForSettlement,
  news: ChainNews,
  signal: AbortSignal,
): Promise<void> {
  let after: Buffer = Buffer.alloc(0);
  for (;;) {
    const rows = await db
      .select({ id: channels.id, settledFinal: channels.settledFinal })
      .from(channels)
      .where(and(inArray(channels.state, ["best", "final"]), gt(channels.id, after)))
      .orderBy(asc(channels.id))
      .limit(PAGE);
    await Promise.all(rows.map((row) => lookAt(chain, news, channelId(row.id), row.settledFinal)));
    const last = rows.at(-1);
    if (rows.length < PAGE || !last || signal.aborted) return;
    after = last.id;
  }
}

async function lookAt(
  chain: ChainForSettlement,
  news: ChainNews,
  channel: ChannelId,
  settledFinal: number,
): Promise<void> {
  const [finalized, best] = await Promise.all([
    chain.channel(channel, "finalized"),
    chain.channel(channel, "best"),
  ]);
  // Gone from both: it has ended. Gone from one only: the other's events are still to come.
  if (!finalized) return best ? undefined : news.apply({ type: "ended", channel }, "finalized");
  await news.apply({ type: "opened", channel }, "finalized");
  if (finalized.settled > settledFinal) {
    const { settled: ticks, proof: preimage } = finalized;
    await news.apply({ type: "settled", channel, ticks, preimage }, "finalized");
  }
  const closing = [best, finalized].find((state) => state?.closeRequested);
  if (closing) await news.apply({ type: "close-requested", channel, end: closing.end }, "best");
}
