// SPDX-License-Identifier: Apache-2.0
import { decodeCommitment, type ChannelId } from "@tickstream/contracts-types";
import { eq } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { chainOutbox, channels } from "../database/schema.ts";
import { idBytes, OPENING_EXPIRED } from "../ledger/channel-store.ts";
import type { ChainNews, LoadedChannels } from "./apply-event.ts";
import type { ChainForSettlement, ChannelEvent } from "./chain-for-settlement.ts";
import type { OutboxRow } from "./outbox.ts";

export interface SettlementLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface OutboxCheckOptions {
  database: Database;
  chain: ChainForSettlement;
  news: ChainNews;
  ledger: LoadedChannels;
  log: SettlementLog;
}

/** `corrected`: there was nothing to send as the row was read; read again, there may be. */
export type OutboxVerdict = "open" | "done" | "corrected";

/** Compares rows of the outbox with the chain's state, and takes what that says into the ledger. */
export class OutboxCheck {
  readonly #options: OutboxCheckOptions;

  constructor(options: OutboxCheckOptions) {
    this.#options = options;
  }

  /** Whether the chain has what a row is to bring about. */
  async look(work: OutboxRow): Promise<OutboxVerdict> {
    const { chain, news } = this.#options;
    const { channel } = work;
    const [best, finalized] = await Promise.all([
      chain.channel(channel, "best"),
      chain.channel(channel, "finalized"),
    ]);
    const opened: ChannelEvent = { type: "opened", channel };
    if (finalized) await news.apply(opened, "finalized");
    else if (best) await news.apply(opened, "best");
    if (work.kind === "open") {
      if (best || finalized) return finalized ? "done" : "open";
      return (await this.#giveUpOpening(work)) ? "done" : "open";
    }
    if (!finalized && !best) {
      await news.apply({ type: "ended", channel }, "finalized");
      return "done";
    }
    if (!finalized || finalized.settled <= work.row.settledFinal) return "open";
    await this.correct(channel);
    return "corrected";
  }

  /** Settled to elsewhere than we thought, by somebody else or because blocks were taken back: the chain is right. */
  async correct(channel: ChannelId): Promise<void> {
    const { database, chain, news, ledger } = this.#options;
    const state = await chain.channel(channel, "finalized");
    if (!state) return;
    const { settled: ticks, proof: preimage } = state;
    await news.apply({ type: "settled", channel, ticks, preimage }, "finalized");
    const settled = { settledBest: ticks, settledFinal: ticks };
    await database.db
      .update(channels)
      .set(settled)
      .where(eq(channels.id, idBytes(channel)));
    Object.assign(ledger.loaded(channel) ?? {}, settled);
  }

  /** The chain will never open this row's channel. */
  async openingFailed(work: OutboxRow, failure: string): Promise<void> {
    const { database, ledger, log } = this.#options;
    await database.db.transaction(async (tx) => {
      await tx
        .update(channels)
        .set({ state: "failed", failure })
        .where(eq(channels.id, idBytes(work.channel)));
      await tx.delete(chainOutbox).where(eq(chainOutbox.id, work.id));
    });
    const channel = ledger.loaded(work.channel);
    if (channel) {
      Object.assign(channel, { state: "failed", failure });
      channel.holder?.changed(channel);
    }
    log.warn({ channel: work.channel, failure }, "channel could not be opened");
  }

  /** A commitment whose time to open is over, by the finalized chain, never opens. */
  async #giveUpOpening(work: OutboxRow): Promise<boolean> {
    const { commitment } = decodeCommitment(work.row.commitment);
    const heads = this.#options.chain.heads();
    if (heads === null || heads.finalized <= commitment.openBy) return false;
    await this.openingFailed(work, OPENING_EXPIRED);
    return true;
  }
}
