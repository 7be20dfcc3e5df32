// SPDX-License-Identifier: Apache-2.0
import type { ChannelId } from "@tickstream/contracts-types";
import { and, eq, lte, sql } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { chainOutbox, channels } from "../database/schema.ts";
import type { At } from "../ledger/chain-for-ledger.ts";
import { idBytes, loadChannel } from "../ledger/channel-store.ts";
import { KeyedQueue } from "../ledger/keyed-queue.ts";
import type { LedgerChannel } from "../ledger/ledger-channel.ts";
import type { ChannelEvent } from "./chain-for-settlement.ts";

/** The part of the ledger that the chain's news concern. */
export interface LoadedChannels {
  loaded(id: ChannelId): LedgerChannel | undefined;
}

/** Brings what the chain says into the ledger: into its rows, and into channels in memory. */
export interface ChainNews {
  /** Idempotent: the same news may come from a transaction's result, from a block and from a look at the state. */
  apply(event: ChannelEvent, at: At): Promise<void>;
}

export function createChainNews(database: Database, ledger: LoadedChannels): ChainNews {
  const queue = new KeyedQueue<ChannelId>();
  const { db } = database;
  const update = (id: ChannelId, set: Parameters<ReturnType<typeof db.update<typeof channels>>["set"]>[0]) =>
    db
      .update(channels)
      .set(set)
      .where(eq(channels.id, idBytes(id)));

  const apply = async (event: ChannelEvent, at: At): Promise<void> => {
    const channel = ledger.loaded(event.channel) ?? (await loadChannel(database, event.channel));
    // Other operators' channels are on the same chain.
    if (!channel) return;
    switch (event.type) {
      case "opened":
        return opened(channel, at);
      case "settled":
        return settled(channel, event, at);
      case "close-requested":
        channel.closeRequested = true;
        channel.end = Math.min(channel.end, event.end);
        await update(channel.id, { closeRequested: true, end: channel.end });
        channel.holder?.changed(channel);
        return;
      case "ended":
        return ended(channel, at);
      case "item-failed":
        return;
    }
  };

  const opened = async (channel: LedgerChannel, at: At): Promise<void> => {
    if (channel.state !== "accepted" && channel.state !== "best" && channel.state !== "failed") return;
    const soldBeforeInclusion = channel.soldBeforeInclusion ?? channel.bought.size;
    const state = at === "finalized" ? "final" : "best";
    if (channel.state === state) return;
    await update(channel.id, { state, failure: null, soldBeforeInclusion });
    if (at === "finalized") await removeFromOutbox(channel.id, "open");
    Object.assign(channel, { state, failure: null, soldBeforeInclusion });
    channel.holder?.changed(channel);
  };

  const settled = async (
    channel: LedgerChannel,
    event: { ticks: number; preimage: Uint8Array },
    at: At,
  ): Promise<void> => {
    const { ticks, preimage } = event;
    // Anyone may settle, so the chain may know a higher proof than we were shown. It is as good as any.
    if (ticks > channel.ticks) Object.assign(channel, { ticks, preimage });
    channel.settledBest = Math.max(channel.settledBest, ticks);
    if (at === "finalized") channel.settledFinal = Math.max(channel.settledFinal, ticks);
    await update(channel.id, {
      ticks: sql`greatest(${channels.ticks}, ${ticks})`,
      preimage: sql`case when ${channels.ticks} < ${ticks} then ${Buffer.from(preimage)} else ${channels.preimage} end`,
      settledBest: sql`greatest(${channels.settledBest}, ${ticks})`,
      ...(at === "finalized"
        ? { settledFinal: sql`greatest(${channels.settledFinal}, ${ticks})`, lastSettledAt: sql`now()` }
        : {}),
    });
    if (at !== "finalized") return;
    const done = and(
      eq(chainOutbox.kind, "settle"),
      eq(chainOutbox.channel, idBytes(channel.id)),
      eq(chainOutbox.close, false),
      lte(chainOutbox.ticks, ticks),
    );
    await db.delete(chainOutbox).where(done);
  };

  const ended = async (channel: LedgerChannel, at: At): Promise<void> => {
    channel.closeRequested = true;
    if (at === "finalized") {
      channel.state = "ended";
      await update(channel.id, { state: "ended", closeRequested: true });
      await db.delete(chainOutbox).where(eq(chainOutbox.channel, idBytes(channel.id)));
    } else {
      await update(channel.id, { closeRequested: true });
    }
    channel.holder?.changed(channel);
  };

  const removeFromOutbox = (id: ChannelId, kind: "open" | "settle") =>
    db.delete(chainOutbox).where(and(eq(chainOutbox.kind, kind), eq(chainOutbox.channel, idBytes(id))));

  return { apply: (event, at) => queue.run(event.channel, () => apply(event, at)) };
}
