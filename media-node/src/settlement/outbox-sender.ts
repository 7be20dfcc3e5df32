// SPDX-License-Identifier: Apache-2.0
import type { OutboxKind } from "../database/schema.ts";
import type { ChannelEvent, SentBatch } from "./chain-for-settlement.ts";
import { OutboxCheck, type OutboxCheckOptions, type OutboxVerdict } from "./outbox-check.ts";
import { openItem, Outbox, settleItem, type OutboxRow } from "./outbox.ts";

export interface SenderOptions extends OutboxCheckOptions {
  /** Hashes that one settlement may spend (`MaxWalk`). */
  maxWalk: number;
  /** First pause before something that failed is sent again, in milliseconds; it doubles up to a minute. */
  retryMs?: number;
}

/** Most items of one transaction: with eight payees each, well within a block's weight and proof. */
const MAX_ITEMS = { open: 128, settle: 64 };
/** Transactions of a kind that may wait for a block at a time. */
const MAX_UNDERWAY = 3;
const MAX_RETRY_MS = 60_000;

/** Sends what waits in the outbox, a batch at a time, and sends it again until it is final. */
export class OutboxSender {
  readonly #options: SenderOptions;
  readonly #outbox: Outbox;
  readonly #check: OutboxCheck;
  /** Rows whose transaction is under way, or that wait for their next try. */
  readonly #held = new Set<number>();
  /** Transactions that are in no block yet. */
  readonly #underway = { open: new Set<Promise<void>>(), settle: new Set<Promise<void>>() };
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #stopping = Promise.withResolvers<void>();
  #stopped = false;
  /** Another round is wanted. */
  #again = false;
  #running: Promise<void> | null = null;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.database);
    this.#check = new OutboxCheck(options);
  }

  /** There may be something to send. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#running ??= this.#run()
      .catch((error: unknown) => {
        if (this.#stopped) return;
        this.#options.log.warn({ error: String(error) }, "the outbox cannot be read; it will be tried again");
      })
      .finally(() => (this.#running = null));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.resolve();
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    do {
      this.#again = false;
      for (const kind of ["open", "settle"] as const) {
        if (this.#stopped || this.#options.chain.heads() === null) return;
        await this.#send(kind);
      }
    } while (this.#again);
  }

  async #send(kind: OutboxKind): Promise<void> {
    const underway = this.#underway[kind];
    // Whoever waits here is joined by others meanwhile: the next batch is the fuller for it.
    while (underway.size >= MAX_UNDERWAY) {
      await Promise.race([...underway, this.#stopping.promise]);
      if (this.#stopped) return;
    }
    const batch = await this.#outbox.read(kind, this.#held, MAX_ITEMS[kind]);
    if (batch.length === 0) return;
    for (const { id } of batch) this.#held.add(id);
    const verdicts = await Promise.all(batch.map((work) => this.#verdict(work)));
    if (verdicts.includes("corrected")) this.#again = true;
    const unsettled = batch.filter((_, i) => verdicts[i] === "open");
    this.#release(batch.filter((_, i) => verdicts[i] !== "open"));
    if (unsettled.length === 0) return;
    if (batch.length === MAX_ITEMS[kind]) this.#again = true;
    const included = this.#deliver(kind, unsettled);
    underway.add(included);
    void included.finally(() => underway.delete(included));
  }

  async #verdict(work: OutboxRow): Promise<OutboxVerdict> {
    if (!work.mayBeDone) return "open";
    // Where the chain cannot be asked, sending again is harmless.
    return this.#check.look(work).catch(() => "open");
  }

  /** Sends a batch; resolves when it is in a block or lost. Finality is awaited aside. */
  #deliver(kind: OutboxKind, batch: OutboxRow[]): Promise<void> {
    const sent = kind === "open" ? this.#options.chain.openBatch(batch.map(openItem)) : this.#settle(batch);
    const included = sent
      .then((result) => result.included)
      .then((events) => this.#takeIn(batch, events, "best"))
      // The reason is told where finality is awaited.
      .catch(() => {});
    void this.#untilFinal(kind, batch, sent, included);
    return included;
  }

  async #settle(batch: OutboxRow[]): Promise<SentBatch> {
    const items = batch.map((work) => ({ work, item: settleItem(work, this.#options.maxWalk) }));
    for (const { work, item } of items) await this.#outbox.noteTicks(work, item.ticks);
    return this.#options.chain.settleBatch(items.map(({ item }) => item));
  }

  async #untilFinal(
    kind: OutboxKind,
    batch: OutboxRow[],
    sent: Promise<SentBatch>,
    included: Promise<void>,
  ): Promise<void> {
    try {
      const events = await (await sent).finalized;
      await included;
      await this.#takeIn(batch, events, "finalized");
    } catch (error) {
      return this.#retryLater(kind, batch, error);
    }
    this.#options.log.info(
      { channels: batch.length },
      kind === "open" ? "channels opened" : "channels settled",
    );
    this.#release(batch);
    // A long gap is settled in steps: the rest is still there.
    this.wake();
  }

  async #takeIn(batch: OutboxRow[], events: ChannelEvent[], at: "best" | "finalized"): Promise<void> {
    for (const event of events) {
      const work = batch.find(({ channel }) => channel === event.channel);
      if (!work) continue;
      if (event.type !== "item-failed") await this.#options.news.apply(event, at);
      else if (at === "finalized") await this.#itemFailed(work, event.error);
    }
  }

  /** One item of a batch that went through failed; the chain's state tells whether something is left to do. */
  async #itemFailed(work: OutboxRow, error: string): Promise<void> {
    if ((await this.#check.look(work)) !== "open") return;
    if (work.kind === "open") return this.#check.openingFailed(work, error);
    await this.#outbox.noteAttempt(work, error);
    this.#options.log.warn(
      { channel: work.channel, error },
      "settlement of a channel failed; it will be tried again",
    );
    await this.#check.correct(work.channel);
  }

  async #retryLater(kind: OutboxKind, batch: OutboxRow[], error: unknown): Promise<void> {
    // What is under way stays in the outbox: the next start looks at the chain before it sends again.
    if (this.#stopped) return;
    const message = error instanceof Error ? error.message : String(error);
    this.#options.log.warn(
      { kind, channels: batch.length, error: message },
      "transaction did not go through; it will be sent again",
    );
    // The database may be what failed; then the row simply counts fewer attempts.
    for (const work of batch) await this.#outbox.noteAttempt(work, message).catch(() => {});
    if (this.#stopped) return;
    const attempts = Math.max(...batch.map((work) => work.attempts));
    const { retryMs = 2_000 } = this.#options;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#release(batch);
        this.wake();
      },
      Math.min(MAX_RETRY_MS, retryMs * 2 ** Math.min(attempts, 10)),
    );
    this.#timers.add(timer);
  }

  #release(rows: readonly OutboxRow[]): void {
    for (const { id } of rows) this.#held.delete(id);
  }
}
