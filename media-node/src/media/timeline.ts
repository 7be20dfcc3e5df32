// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "@tickstream/contracts-types";

/** The numbers of a stream that never repeat or go back, whatever restarts. Each is the first one not used yet. */
export interface TimelinePosition {
  nextEpoch: number;
  nextRun: number;
  /** Media sequence number of the next segment. */
  nextMsn: number;
  discontinuitySequence: number;
}

/** Where the numbers are kept: durably, before they are used. */
export interface TimelineStore {
  load(): Promise<TimelinePosition>;
  /** Resolves once a later {@link load} is certain to give `next`, after a crash as well. */
  reserve(next: TimelinePosition): Promise<void>;
}

/** How many of each number one reservation covers, epochs as media time: a crash skips at most as many. */
const BLOCK = { epochMs: 600_000, nextRun: 32, nextMsn: 1_024, discontinuitySequence: 32 };
const FEWEST_EPOCHS = 16;
const RETRY_MS = [100, 300, 1_000, 3_000];

/** The numbers of a stream could not be made durable. Code `timeline-unavailable`. */
export class TimelineUnavailableError extends TickstreamError {
  override readonly name = "TimelineUnavailableError";

  constructor(cause: unknown) {
    super("timeline-unavailable", "The node can't take the stream on now: its database does not answer.", {
      cause,
    });
  }
}

/**
 * A stream's durable numbers, reserved in blocks well ahead of use so that media never waits for the store.
 * While the store is down, what is reserved lasts for minutes; then {@link covers} says no and media is dropped.
 */
export class Timeline {
  readonly #store: TimelineStore;
  readonly #used: TimelinePosition;
  readonly #block: TimelinePosition;
  #reserved: TimelinePosition;
  #reserving: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #lastFailure: unknown;
  #stopped = false;

  private constructor(store: TimelineStore, start: TimelinePosition, tickMs: number) {
    const { epochMs, ...block } = BLOCK;
    this.#store = store;
    this.#block = { ...block, nextEpoch: Math.max(FEWEST_EPOCHS, Math.ceil(epochMs / tickMs)) };
    this.#used = { ...start };
    this.#reserved = start;
  }

  /**
   * @param tickMs media time of an epoch, milliseconds
   * @throws {@link TimelineUnavailableError}
   */
  static async open(store: TimelineStore, tickMs: number): Promise<Timeline> {
    try {
      return new Timeline(store, await store.load(), tickMs);
    } catch (cause) {
      throw new TimelineUnavailableError(cause);
    }
  }

  /** Where the stream goes on. */
  get position(): Readonly<TimelinePosition> {
    return this.#used;
  }

  /** A number for a new run of cipher counters, or undefined while none is reserved. */
  takeRun(): number | undefined {
    if (this.#used.nextRun >= this.#reserved.nextRun) return undefined;
    const run = this.#used.nextRun++;
    this.#reserveAhead();
    return run;
  }

  /** Notes what has been used so far. */
  advance(used: Omit<TimelinePosition, "nextRun">): void {
    this.#used.nextEpoch = Math.max(this.#used.nextEpoch, used.nextEpoch);
    this.#used.nextMsn = Math.max(this.#used.nextMsn, used.nextMsn);
    this.#used.discontinuitySequence = Math.max(this.#used.discontinuitySequence, used.discontinuitySequence);
    this.#reserveAhead();
  }

  /** Whether all of these may be used. */
  covers(next: Omit<TimelinePosition, "nextRun">): boolean {
    return (
      next.nextEpoch <= this.#reserved.nextEpoch &&
      next.nextMsn <= this.#reserved.nextMsn &&
      next.discontinuitySequence <= this.#reserved.discontinuitySequence
    );
  }

  /** Makes sure that at least half a block of everything is reserved. @throws {@link TimelineUnavailableError} */
  async ensure(): Promise<void> {
    if (this.#reserving !== undefined) await this.#reserving;
    if (!this.#runsLow()) return;
    await this.#reserve();
    if (this.#runsLow()) throw new TimelineUnavailableError(this.#lastFailure);
  }

  /**
   * Ends all activity, and stores exactly what was used so that a clean restart skips nothing. Resolves with
   * false where the store did not take it: then the next start skips what was reserved, as after a crash.
   */
  async close(): Promise<boolean> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#reserving;
    try {
      await this.#store.reserve({ ...this.#used });
      return true;
    } catch {
      return false;
    }
  }

  #runsLow(): boolean {
    return NAMES.some((name) => this.#reserved[name] - this.#used[name] < this.#block[name] / 2);
  }

  #reserveAhead(): void {
    if (this.#stopped || this.#reserving !== undefined || this.#retry !== undefined || !this.#runsLow())
      return;
    void this.#reserve();
  }

  /** One attempt; a failed one is tried again later, ever more slowly. */
  #reserve(): Promise<void> {
    this.#reserving = this.#attempt().finally(() => {
      this.#reserving = undefined;
    });
    return this.#reserving;
  }

  async #attempt(): Promise<void> {
    const next = { ...this.#used };
    for (const name of NAMES) next[name] += this.#block[name];
    try {
      await this.#store.reserve(next);
      this.#reserved = next;
      this.#failures = 0;
    } catch (error) {
      this.#lastFailure = error;
      this.#retryLater();
    }
  }

  #retryLater(): void {
    if (this.#stopped || this.#retry !== undefined) return;
    const delay = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)];
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#reserveAhead();
    }, delay);
  }
}

const NAMES = ["nextEpoch", "nextRun", "nextMsn", "discontinuitySequence"] as const;
