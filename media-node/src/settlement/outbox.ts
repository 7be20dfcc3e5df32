// SPDX-License-Identifier: Apache-2.0
import { channelId, decodeCommitment, hashDown, type ChannelId } from "@tickstream/contracts-types";
import { and, asc, eq, notInArray, sql } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { chainOutbox, channels, type OutboxKind } from "../database/schema.ts";
import type { OpenItem, SettleItem } from "./chain-for-settlement.ts";

/** A row of the outbox with its channel, as they were read. */
export interface OutboxRow {
  id: number;
  kind: OutboxKind;
  channel: ChannelId;
  /** Whether the chain may have it already: it was tried before, or by an earlier process. */
  mayBeDone: boolean;
  attempts: number;
  close: boolean;
  row: typeof channels.$inferSelect;
}

/** What waits to be sent to the chain. */
export class Outbox {
  readonly #db: Database["db"];
  readonly #startedAt = new Date();

  constructor({ db }: Database) {
    this.#db = db;
  }

  /** The oldest rows, without those that are `held`. */
  async read(kind: OutboxKind, held: ReadonlySet<number>, limit: number): Promise<OutboxRow[]> {
    const ofKind = eq(chainOutbox.kind, kind);
    const rows = await this.#db
      .select()
      .from(chainOutbox)
      .innerJoin(channels, eq(channels.id, chainOutbox.channel))
      .where(held.size === 0 ? ofKind : and(ofKind, notInArray(chainOutbox.id, [...held])))
      .orderBy(asc(chainOutbox.id))
      .limit(limit);
    return rows.map(({ chain_outbox: { id, attempts, close, createdAt }, channels: row }) => ({
      id,
      kind,
      mayBeDone: attempts > 0 || createdAt < this.#startedAt,
      attempts,
      close,
      row,
      channel: channelId(row.id),
    }));
  }

  /** Up to which tick a row is about to settle: once that much is settled, the row is done. */
  async noteTicks({ id }: OutboxRow, ticks: number): Promise<void> {
    await this.#db.update(chainOutbox).set({ ticks }).where(eq(chainOutbox.id, id));
  }

  async noteAttempt({ id }: OutboxRow, lastError: string): Promise<void> {
    const set = { attempts: sql`${chainOutbox.attempts} + 1`, lastError: lastError.slice(0, 500) };
    await this.#db.update(chainOutbox).set(set).where(eq(chainOutbox.id, id));
  }
}

export function openItem({ channel, row }: OutboxRow): OpenItem {
  const { commitment } = decodeCommitment(row.commitment);
  return { channel, commitment, signature: row.signature };
}

/** The channel's highest proof, or as far towards it as one settlement may hash. */
export function settleItem({ channel, close, row }: OutboxRow, maxWalk: number): SettleItem {
  const gap = row.ticks - row.settledBest;
  if (gap <= 0) return { channel, ticks: row.settledBest, preimage: null, hashes: 0, close };
  const step = Math.min(gap, maxWalk);
  return {
    channel,
    ticks: row.settledBest + step,
    preimage: hashDown(row.preimage, gap - step),
    hashes: step,
    close: close && step === gap,
  };
}
