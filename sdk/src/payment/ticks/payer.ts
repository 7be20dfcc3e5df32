// SPDX-License-Identifier: Apache-2.0
import { MAX_TICK_ADVANCE, type Epoch, type Hex, type Planck } from "@tickstream/contracts-types";
import { SdkError } from "../../errors.ts";
import type { ChannelProgress } from "../session-store.ts";
import type { SpendMeter } from "../session/spend-meter.ts";
import { EpochSet } from "./epoch-set.ts";
import type { Pace } from "./pace.ts";

/** A key that was paid is asked for again after this long, then after twice that, and so on. */
const ASK_AGAIN_MS = 1_500;
const ASK_AGAIN_MAX_MS = 10_000;

/** How many epochs may be wanted at once: a player wants two. */
export const MAX_WANTED = 64;

/** What keeps a payer from buying the next wanted epoch. The first three pass by themselves. */
export type PayerWait =
  /** Epochs bought are on their way, or their media is not there yet to prove the keys. */
  | "verifying"
  /** The epoch's key hash is not published yet, or it lies beyond what may be bought. */
  | "not-for-sale"
  | "pace-exceeded"
  /** Asked for again and again, and still no key. */
  | "keys-withheld"
  | PassingWait
  | "wrong-key"
  | "limit-reached"
  /** The commitment's last tick is paid: another channel is needed. */
  | "channel-used-up";

/** A tick was refused, or could not be stored, for a reason that passes by itself; it is tried until it is taken. */
export type PassingWait =
  | "credit-exhausted"
  | "chain-unreachable"
  | "recovering"
  | "off-air"
  | "store-failed";

/** What the payer wants done now. A `tick`'s `progress` must be durable before its preimage leaves. */
export type PayerDecision =
  | { kind: "tick"; n: number; epochs: Epoch[]; progress: ChannelProgress; paid: number }
  | { kind: "wait"; wait: PayerWait | null; at: number };

export interface PayerOptions {
  maxTicks: number;
  rate: Planck;
  /** The most ticks that may be paid and unanswered: the lower of the node's and the viewer's own. */
  exposureWindow: number;
  progress: ChannelProgress;
  spend: SpendMeter;
  pace: Pace;
  /** The hash published for an epoch's key, where the playlist had it. */
  keyHash: (epoch: Epoch) => Hex | undefined;
  /** Unanswered ticks of the session's earlier channels: the window is the session's. */
  otherExposure: (payer: Payer) => number;
  /** Whether some of those can no longer be answered by themselves. */
  otherStuck: () => boolean;
}

interface Bought {
  keyHash: Hex | null;
  hasKey: boolean;
  wrong: boolean;
  /** A key that matched its hash opened no media: only media can take that back. */
  opensNothing: boolean;
  asked: number;
  askAt: number;
}

/**
 * Decides what one channel pays, and when: pure bookkeeping, no socket, no clock, no storage of its own.
 *
 * Invariants, whatever the node says or does: `n` never goes back and never passes `maxTicks`; `n − answered`, with
 * the session's other channels, never passes the exposure window through a payment made here; no more is spent than the
 * meter and the pace allow; an epoch that is paid once is never paid again.
 */
export class Payer {
  readonly #options: PayerOptions;
  #n: number;
  #answered: number;
  /** Paid for, and its key not yet proved by media. */
  readonly #unverified = new Map<Epoch, Bought>();
  /** Every epoch a tick was spent on. */
  #bought: EpochSet;
  readonly #wanted = new Set<Epoch>();
  /** Keys of bought epochs that are asked for again because somebody wants them anew. */
  readonly #repeats = new Map<Epoch, Bought>();
  /** Why the last tick was refused, until one is answered. */
  #refusal: PassingWait | null = null;

  constructor(options: PayerOptions) {
    this.#options = options;
    this.#n = options.progress.n;
    this.#answered = options.progress.answered;
    this.#bought = new EpochSet();
    for (const { epoch, keyHash } of options.progress.unverified) {
      this.#unverified.set(epoch, asked(keyHash));
      this.#bought.add(epoch);
    }
  }

  get n(): number {
    return this.#n;
  }

  get ticksLeft(): number {
    return this.#options.maxTicks - this.#n;
  }

  /** Ticks paid that no verified key, and no write-off, answers. */
  get exposure(): number {
    return this.#n - this.#answered;
  }

  get progress(): ChannelProgress {
    const unverified = [...this.#unverified].flatMap(([epoch, { keyHash }]) =>
      keyHash === null ? [] : [{ epoch, keyHash }],
    );
    return { n: this.#n, answered: this.#answered, unverified };
  }

  /** Bought epochs whose key is here and whose media has not proved it. */
  get unproved(): Epoch[] {
    return [...this.#unverified].flatMap(([epoch, bought]) => (bought.hasKey ? [epoch] : []));
  }

  /** Of {@link unproved}, those whose media may yet turn out to have been lost, and not to be garbage. */
  get maybeLost(): Epoch[] {
    return this.unproved.filter((epoch) => !this.#unverified.get(epoch)!.opensNothing);
  }

  hasBought(epoch: Epoch): boolean {
    return this.#bought.has(epoch);
  }

  /** The hash noted when the epoch was bought: playlists may have dropped it since. */
  keyHashOf(epoch: Epoch): Hex | undefined {
    return this.#unverified.get(epoch)?.keyHash ?? this.#repeats.get(epoch)?.keyHash ?? undefined;
  }

  /**
   * The node's view, at `opened`. The caller has checked `p(n)` where the node's `n` is higher than ours.
   *
   * A higher `n` means that an earlier life of this device revealed it. That life kept to the window too, so all but a
   * window of it counts as answered.
   */
  resumed(n: number, bought: Iterable<readonly [Epoch, Epoch]>): void {
    if (n < this.#n) {
      throw new SdkError("node-misbehaved", "The node forgot ticks that were proved to it.", {
        details: `${n} < ${this.#n}`,
      });
    }
    if (n > this.#options.maxTicks) {
      throw new SdkError("node-misbehaved", "The node claims more ticks than the channel has.");
    }
    if (n > this.#n) {
      this.#answered = Math.max(this.#answered, n - this.#options.exposureWindow);
      this.#n = n;
    }
    this.#bought = new EpochSet(bought);
    for (const [epoch, entry] of this.#unverified) {
      // Not sold after all: the tick is owed, and buys another epoch.
      if (!entry.hasKey && !this.#bought.has(epoch)) this.#unverified.delete(epoch);
    }
    for (const epoch of this.#repeats.keys()) {
      if (!this.#bought.has(epoch)) this.#repeats.delete(epoch);
    }
    // What an earlier life left unanswered and did not name: the latest epochs sold.
    const unknown = this.exposure - this.#unverified.size - Math.max(0, this.#n - this.#bought.size);
    if (unknown > 0) {
      for (const epoch of this.#bought.highest(Math.min(unknown + this.#unverified.size, MAX_WANTED))) {
        if (!this.#unverified.has(epoch)) {
          this.#unverified.set(epoch, asked(this.#options.keyHash(epoch) ?? null));
          this.#repeats.delete(epoch);
        }
      }
    }
    this.#askNow();
  }

  /** The node may sell again: what it refused is asked for at once; what is on its way is awaited. */
  askRefused(): void {
    if (this.#refusal !== null) this.#askNow();
  }

  #askNow(): void {
    this.#refusal = null;
    for (const entry of this.#unanswered()) entry.askAt = 0;
  }

  /** Somebody needs this epoch's key. */
  want(epoch: Epoch): void {
    if (this.#wanted.size >= MAX_WANTED && !this.#wanted.has(epoch)) {
      throw new SdkError("epoch-unavailable", "Too many epochs are wanted at once.");
    }
    this.#wanted.add(epoch);
  }

  /** These keys are needed, and no others. */
  setWanted(epochs: Iterable<Epoch>): void {
    const wanted = new Set(epochs);
    for (const epoch of Array.from(this.#wanted)) if (!wanted.has(epoch)) this.unwant(epoch);
    for (const epoch of wanted) this.want(epoch);
  }

  unwant(epoch: Epoch): void {
    this.#wanted.delete(epoch);
    this.#repeats.delete(epoch);
  }

  /** A key that matched its published hash arrived. */
  keyArrived(epoch: Epoch): void {
    this.unwant(epoch);
    this.#refusal = null;
    const entry = this.#unverified.get(epoch);
    if (entry) {
      entry.hasKey = true;
      entry.wrong = false;
    }
  }

  /** A key that does not match its hash arrived. */
  keyWrong(epoch: Epoch, now: number): void {
    const entry = this.#unverified.get(epoch) ?? this.#repeats.get(epoch);
    if (!entry) return;
    entry.hasKey = false;
    entry.wrong = true;
    entry.askAt = now + askDelay(entry);
  }

  /** A key that matches its hash opened no media: damaged on its way, perhaps, so it is asked for again. */
  keyOpensNothing(epoch: Epoch, now: number): void {
    this.keyWrong(epoch, now);
    const entry = this.#unverified.get(epoch);
    if (entry) entry.opensNothing = true;
  }

  /** Media decrypted with the epoch's key parses (or, by the session's rule for lost media, the tick is written off). */
  answer(epoch: Epoch): boolean {
    if (!this.#unverified.delete(epoch)) return false;
    this.#answered++;
    return true;
  }

  /** The viewer takes every unanswered tick as lost, and goes on. Only ever at the viewer's own word. */
  forgive(): number {
    const lost = this.exposure;
    this.#answered = this.#n;
    // Owed ticks are given up with the rest: what is bought counts as all that was paid for.
    this.#unverified.clear();
    return lost;
  }

  /** The node says that it does not sell these: the ticks are owed, and buy others. */
  refusedEpochs(epochs: Iterable<Epoch>): void {
    for (const epoch of epochs) {
      if (!this.#unverified.get(epoch)?.hasKey) this.#unverified.delete(epoch);
      this.#bought.delete(epoch);
      this.unwant(epoch);
    }
  }

  /** What was asked and not answered: what a refusal without a list refers to. */
  get pending(): Epoch[] {
    const keyless = [...this.#unverified].flatMap(([epoch, entry]) => (entry.hasKey ? [] : [epoch]));
    return [...keyless, ...this.#repeats.keys()];
  }

  /** After a refusal that will pass: asks again at `at`, and not before. */
  postpone(at: number, refusal: PassingWait): void {
    this.#refusal = refusal;
    for (const entry of this.#unanswered()) {
      entry.askAt = at;
      // It was no silence: the node has not been paid for it yet, by its own word.
      entry.asked = 0;
    }
  }

  /** Entries whose key is not here. */
  #unanswered(): Bought[] {
    return [...this.#unverified.values(), ...this.#repeats.values()].filter((entry) => !entry.hasKey);
  }

  /**
   * What to do at `now`. A decided tick counts as paid from here on: the caller makes its progress durable and sends it.
   *
   * @param edge the live edge's epoch; at most one beyond it may be bought
   */
  next(now: number, edge: Epoch | null): PayerDecision {
    const again = this.#dueAgain(now);
    if (again.length > 0) {
      return { kind: "tick", n: this.#n, epochs: again, progress: this.progress, paid: 0 };
    }
    const wait = this.#buy(now, edge);
    if (typeof wait === "object" && wait !== null) return wait;
    return { kind: "wait", wait, at: this.#nextAt(now, wait) };
  }

  #dueAgain(now: number): Epoch[] {
    const due: Epoch[] = [];
    for (const epoch of this.#wanted) {
      if (this.#bought.has(epoch) && !this.#unverified.has(epoch) && !this.#repeats.has(epoch)) {
        const entry = asked(this.#options.keyHash(epoch) ?? null);
        this.#repeats.set(epoch, entry);
      }
    }
    for (const [epoch, entry] of [...this.#unverified, ...this.#repeats]) {
      if (entry.hasKey || entry.askAt > now || due.length >= MAX_TICK_ADVANCE) continue;
      entry.asked++;
      entry.askAt = now + askDelay(entry);
      due.push(epoch);
    }
    return due;
  }

  #buy(now: number, edge: Epoch | null): PayerDecision | PayerWait | null {
    const { exposureWindow, spend, pace, rate, keyHash, otherExposure } = this.#options;
    const fresh = [...this.#wanted].filter((epoch) => !this.#bought.has(epoch)).toSorted((a, b) => a - b);
    if (fresh.length === 0) {
      // Nothing new is wanted: only what is awaited, or still owed, can be the trouble now.
      const trouble = this.#trouble();
      return trouble === "verifying" && this.#wanted.size === 0 ? null : trouble;
    }
    const buyable = fresh.filter(
      (epoch) => edge !== null && epoch <= edge + 1 && keyHash(epoch) !== undefined,
    );
    if (buyable.length === 0) return "not-for-sale";

    const owed = this.#owed;
    const room = Math.max(0, exposureWindow - this.exposure - otherExposure(this));
    const limits: [PayerWait, number][] = [
      ["verifying", room],
      ["channel-used-up", this.ticksLeft],
      ["limit-reached", spend.ticksLeft(rate)],
      ["pace-exceeded", pace.available(now)],
    ];
    const payable = Math.max(0, Math.min(...limits.map(([, ticks]) => ticks), MAX_TICK_ADVANCE - owed));
    const epochs = buyable.slice(0, Math.min(owed + payable, MAX_TICK_ADVANCE));
    if (epochs.length === 0) {
      const [wait] = limits.find(([, ticks]) => ticks <= 0)!;
      return wait === "verifying" ? this.#trouble() : wait;
    }
    const paid = Math.max(0, epochs.length - owed);
    this.#n += paid;
    spend.payTicks(paid, rate);
    pace.take(paid, now);
    for (const epoch of epochs) {
      const entry = asked(keyHash(epoch)!);
      entry.asked = 1;
      entry.askAt = now + ASK_AGAIN_MS;
      this.#unverified.set(epoch, entry);
      this.#bought.add(epoch);
    }
    return { kind: "tick", n: this.#n, epochs, progress: this.progress, paid };
  }

  /** Ticks paid that bought nothing yet: the next epochs cost nothing. */
  get #owed(): number {
    return Math.max(0, Math.min(this.#n - this.#bought.size, this.exposure));
  }

  /** Why unanswered ticks are unanswered. */
  #trouble(): PayerWait {
    const keyless = this.#unanswered();
    if (keyless.length > 0 && this.#refusal !== null) return this.#refusal;
    const garbage = [...this.#unverified.values()].some((entry) => entry.opensNothing);
    if (garbage || keyless.some((entry) => entry.wrong)) return "wrong-key";
    // Beyond what is on its way, and what buys the next epochs: ticks the node says it answered, and this device knows nothing of.
    const unexplained = this.exposure - this.#owed > this.#unverified.size || this.#options.otherStuck();
    return unexplained || keyless.some((entry) => entry.asked > 1) ? "keys-withheld" : "verifying";
  }

  #nextAt(now: number, wait: PayerWait | null): number {
    let at = Number.POSITIVE_INFINITY;
    for (const entry of this.#unanswered()) at = Math.min(at, entry.askAt);
    return wait === "pace-exceeded" ? Math.min(at, this.#options.pace.nextAt(now)) : at;
  }
}

function asked(keyHash: Hex | null): Bought {
  return { keyHash, hasKey: false, wrong: false, opensNothing: false, asked: 0, askAt: 0 };
}

function askDelay(entry: Bought): number {
  return Math.min(ASK_AGAIN_MS * 2 ** Math.max(0, entry.asked - 1), ASK_AGAIN_MAX_MS);
}
