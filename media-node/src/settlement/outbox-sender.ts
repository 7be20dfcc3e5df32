// SPDX-License-Identifier: Apache-2.0
import { channelId, decodeCommitment, hashDown, type ChannelId } from "@tickstream/contracts-types";
import { and, asc, eq, notInArray, sql } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { chainOutbox, channels, type OutboxKind } from "../database/schema.ts";
import { idBytes, OPENING_EXPIRED } from "../ledger/channel-store.ts";
import type { ChainNews, LoadedChannels } from "./apply-event.ts";
import type {
  ChainForSettlement,
  ChannelEvent,
  OpenItem,
  SentBatch,
  SettleItem,
} from "./chain-for-settlement.ts";

export interface SenderOptions {
  database: Database;
  chain: ChainForSettlement;
  news: ChainNews;
  ledger: LoadedChannels;
  log: SettlementLog;
  /** Hashes that one settlement may spend (`MaxWalk`). */
  maxWalk: number;
  /** First pause before something that failed is sent again, in milliseconds; it doubles up to a minute. */
  retryMs?: number;
}

export interface SettlementLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Sends what waits in the outbox, a batch at a time, and sends it again until it is final. */
export interface OutboxSender {
  /** There may be something to send. */
  wake(): void;
  stop(): Promise<void>;
}

/** Most items of one transaction: with eight payees each, well within a block's weight and proof. */
const MAX_ITEMS = { open: 128, settle: 64 };
/** Transactions of a kind that may wait for a block at a time. */
const MAX_UNDERWAY = 3;

interface Work {
  id: number;
  channel: ChannelId;
  /** Whether the chain may have it already: it was tried before, or by an earlier process. */
  mayBeDone: boolean;
  attempts: number;
  close: boolean;
  row: typeof channels.$inferSelect;
}

export function createOutboxSender(options: SenderOptions): OutboxSender {
  const { database, chain, news, ledger, log, retryMs = 2_000 } = options;
  const { db } = database;
  /** Rows whose transaction is under way, or that wait for their next try. */
  const held = new Set<number>();
  /** Transactions that are in no block yet. */
  const underway = { open: new Set<Promise<void>>(), settle: new Set<Promise<void>>() };
  const timers = new Set<NodeJS.Timeout>();
  const startedAt = new Date();
  const stopping = Promise.withResolvers<void>();
  let stopped = false;
  let again = false;
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    do {
      again = false;
      for (const kind of ["open", "settle"] as const) {
        if (stopped || chain.heads() === null) return;
        await send(kind);
      }
    } while (again);
  };

  const send = async (kind: OutboxKind): Promise<void> => {
    // Whoever waits here is joined by others meanwhile: the next batch is the fuller for it.
    while (underway[kind].size >= MAX_UNDERWAY) {
      await Promise.race([...underway[kind], stopping.promise]);
      if (stopped) return;
    }
    const batch = await pick(kind);
    if (batch.length === 0) return;
    for (const { id } of batch) held.add(id);
    const isAlready = async (work: Work): Promise<boolean> =>
      // Where the chain cannot be asked, sending again is harmless.
      work.mayBeDone && isDone(kind, work).catch(() => false);
    const done = await Promise.all(batch.map(isAlready));
    const unsettled = batch.filter((_, i) => !done[i]);
    for (const [i, { id }] of batch.entries()) if (done[i]) held.delete(id);
    if (unsettled.length === 0) return;
    if (batch.length === MAX_ITEMS[kind]) again = true;
    const included = deliver(kind, unsettled);
    underway[kind].add(included);
    void included.finally(() => underway[kind].delete(included));
  };

  const pick = async (kind: OutboxKind): Promise<Work[]> => {
    const mine = eq(chainOutbox.kind, kind);
    const rows = await db
      .select()
      .from(chainOutbox)
      .innerJoin(channels, eq(channels.id, chainOutbox.channel))
      .where(held.size === 0 ? mine : and(mine, notInArray(chainOutbox.id, [...held])))
      .orderBy(asc(chainOutbox.id))
      .limit(MAX_ITEMS[kind]);
    return rows.map(({ chain_outbox: { id, attempts, close, createdAt }, channels: row }) => ({
      id,
      mayBeDone: attempts > 0 || createdAt < startedAt,
      attempts,
      close,
      row,
      channel: channelId(row.id),
    }));
  };

  /** Looks at the chain's state, takes what it says into the ledger, and says whether nothing is left to do. */
  const isDone = async (kind: OutboxKind, work: Work): Promise<boolean> => {
    const [best, finalized] = await Promise.all([
      chain.channel(work.channel, "best"),
      chain.channel(work.channel, "finalized"),
    ]);
    const opened: ChannelEvent = { type: "opened", channel: work.channel };
    if (finalized) await news.apply(opened, "finalized");
    else if (best) await news.apply(opened, "best");
    if (kind === "open") {
      if (best || finalized) return finalized !== null;
      return giveUpOpening(work);
    }
    if (!finalized && !best) {
      await news.apply({ type: "ended", channel: work.channel }, "finalized");
      return true;
    }
    if (!finalized || finalized.settled <= work.row.settledFinal) return false;
    await correct(work.channel);
    // The batch is made of rows as they were read; this one is read again.
    again = true;
    return true;
  };

  /** A commitment whose time to open is over, by the finalized chain, never opens. */
  const giveUpOpening = async (work: Work): Promise<boolean> => {
    const { commitment } = decodeCommitment(work.row.commitment);
    const heads = chain.heads();
    if (heads === null || heads.finalized <= commitment.openBy) return false;
    await fail(work, OPENING_EXPIRED);
    return true;
  };

  const fail = async (work: Work, failure: string): Promise<void> => {
    await db.transaction(async (tx) => {
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
  };

  /** Sends a batch; resolves when it is in a block or lost. Finality is awaited aside. */
  const deliver = (kind: OutboxKind, batch: Work[]): Promise<void> => {
    const sent = kind === "open" ? chain.openBatch(batch.map(openItem)) : settle(batch);
    const included = sent
      .then((result) => result.included)
      .then((events) => takeIn(kind, batch, events, "best"))
      // The reason is told where finality is awaited.
      .catch(() => {});
    const untilFinal = async (): Promise<void> => {
      try {
        const events = await (await sent).finalized;
        await included;
        await takeIn(kind, batch, events, "finalized");
      } catch (error) {
        return retryLater(kind, batch, error);
      }
      for (const { id } of batch) held.delete(id);
      // A long gap is settled in steps: the rest is still there.
      wake();
    };
    void untilFinal();
    return included;
  };

  const settle = async (batch: Work[]): Promise<SentBatch> => {
    const items = batch.map((work) => settleItem(work, options.maxWalk));
    for (const [i, { id }] of batch.entries()) {
      await db.update(chainOutbox).set({ ticks: items[i]!.ticks }).where(eq(chainOutbox.id, id));
    }
    return chain.settleBatch(items);
  };

  const takeIn = async (
    kind: OutboxKind,
    batch: Work[],
    events: ChannelEvent[],
    at: "best" | "finalized",
  ): Promise<void> => {
    for (const event of events) {
      const work = batch.find(({ channel }) => channel === event.channel);
      if (!work) continue;
      if (event.type !== "item-failed") await news.apply(event, at);
      else if (at === "finalized") await itemFailed(kind, work, event.error);
    }
    if (at === "finalized")
      log.info({ channels: batch.length }, kind === "open" ? "channels opened" : "channels settled");
  };

  /** One item of a batch that went through failed; the chain's state tells whether something is left to do. */
  const itemFailed = async (kind: OutboxKind, work: Work, error: string): Promise<void> => {
    if (await isDone(kind, work)) return;
    if (kind === "open") return fail(work, error);
    await noteAttempt(work, error);
    log.warn({ channel: work.channel, error }, "settlement of a channel failed; it will be tried again");
    await correct(work.channel);
  };

  /** Settled to elsewhere than we thought, by somebody else or because blocks were taken back: the chain is right. */
  const correct = async (id: ChannelId): Promise<void> => {
    const state = await chain.channel(id, "finalized");
    if (!state) return;
    await news.apply(
      { type: "settled", channel: id, ticks: state.settled, preimage: state.proof },
      "finalized",
    );
    const settled = { settledBest: state.settled, settledFinal: state.settled };
    await db
      .update(channels)
      .set(settled)
      .where(eq(channels.id, idBytes(id)));
    Object.assign(ledger.loaded(id) ?? {}, settled);
  };

  const noteAttempt = async (work: Work, lastError: string): Promise<void> => {
    const set = { attempts: sql`${chainOutbox.attempts} + 1`, lastError: lastError.slice(0, 500) };
    await db.update(chainOutbox).set(set).where(eq(chainOutbox.id, work.id));
  };

  const retryLater = async (kind: OutboxKind, batch: Work[], error: unknown): Promise<void> => {
    // What is under way stays in the outbox: the next start looks at the chain before it sends again.
    if (stopped) return;
    const message = error instanceof Error ? error.message : String(error);
    log.warn(
      { kind, channels: batch.length, error: message },
      "transaction did not go through; it will be sent again",
    );
    // The database may be what failed; then the row simply counts fewer attempts.
    for (const work of batch) await noteAttempt(work, message).catch(() => {});
    if (stopped) return;
    const attempts = Math.max(...batch.map((work) => work.attempts));
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        for (const { id } of batch) held.delete(id);
        wake();
      },
      Math.min(60_000, retryMs * 2 ** Math.min(attempts, 10)),
    );
    timers.add(timer);
  };

  const wake = (): void => {
    if (stopped) return;
    again = true;
    running ??= run()
      .catch((error: unknown) => {
        if (!stopped) log.warn({ error: String(error) }, "the outbox cannot be read; it will be tried again");
      })
      .finally(() => (running = null));
  };

  return {
    wake,
    async stop() {
      stopped = true;
      stopping.resolve();
      for (const timer of timers) clearTimeout(timer);
      await running;
    },
  };
}

function openItem({ channel, row }: Work): OpenItem {
  const { commitment } = decodeCommitment(row.commitment);
  return { channel, commitment, signature: row.signature };
}

/** The channel's highest proof, or as far towards it as one settlement may hash. */
function settleItem(work: Pick<Work, "channel" | "close" | "row">, maxWalk: number): SettleItem {
  const { channel, close, row } = work;
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
