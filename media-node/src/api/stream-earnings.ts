// SPDX-License-Identifier: Apache-2.0
import { planck, type Planck, type StreamId } from "@tickstream/contracts-types";
import { eq, sql } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { channels } from "../database/schema.ts";

/** What viewers have paid for a stream on this node, gross, by how far it is on its way to the chain. */
export interface Earnings {
  /** Epochs whose keys were sold. */
  ticksSold: number;
  /** Plancks proven and not in a block yet. */
  pending: Planck;
  /** Plancks settled in a block, and of those in a final one. */
  settled: Planck;
  finalized: Planck;
}

export async function streamEarnings({ db }: Database, stream: StreamId): Promise<Earnings> {
  const { ticks, rate, bought, settledBest, settledFinal } = channels;
  const [row] = await db
    .select({
      ticksSold: sql<string>`coalesce(sum((select sum(upper(r) - lower(r)) from unnest(${bought}) r)), 0)`,
      pending: sql<string>`coalesce(sum((${ticks} - ${settledBest}) * ${rate}), 0)`,
      settled: sql<string>`coalesce(sum(${settledBest} * ${rate}), 0)`,
      finalized: sql<string>`coalesce(sum(${settledFinal} * ${rate}), 0)`,
    })
    .from(channels)
    .where(eq(channels.stream, stream));
  return {
    ticksSold: Number(row?.ticksSold ?? 0),
    pending: planck(row?.pending ?? "0"),
    settled: planck(row?.settled ?? "0"),
    finalized: planck(row?.finalized ?? "0"),
  };
}
