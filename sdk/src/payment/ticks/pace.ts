// SPDX-License-Identifier: Apache-2.0

/**
 * The elapsed-time rule: whatever timestamps the media claims, no more is paid than wall time passed, plus the prefetch,
 * plus a bounded lead-in each time playback starts somewhere.
 *
 * It is a bucket of ticks: full at a join, refilled by one each `tickMs` of active time, never above what it holds.
 */
export class Pace {
  readonly #tickMs: number;
  readonly #capacity: number;
  #tokens: number;
  #since: number;
  #running = true;

  /**
   * @param options.capacity prefetch and lead-in, in ticks
   * @param options.now milliseconds of a clock that never goes back
   */
  constructor(options: { tickMs: number; capacity: number; now: number }) {
    this.#tickMs = options.tickMs;
    this.#capacity = options.capacity;
    this.#tokens = options.capacity;
    this.#since = options.now;
  }

  /** How many ticks may be paid at `now`. */
  available(now: number): number {
    this.#refill(now);
    return Math.floor(this.#tokens + 1e-9);
  }

  take(ticks: number, now: number): void {
    this.#refill(now);
    this.#tokens -= ticks;
  }

  /** A join or a seek: the whole lead-in is there again. Only for what the viewer did, never for what a node says. */
  refillForJoin(now: number): void {
    this.#refill(now);
    this.#tokens = this.#capacity;
  }

  /** Paused time earns nothing. */
  setRunning(running: boolean, now: number): void {
    this.#refill(now);
    this.#running = running;
  }

  /** When the next tick may be paid, in the clock of `now`. */
  nextAt(now: number): number {
    this.#refill(now);
    if (this.#tokens >= 1) return now;
    return this.#running ? now + (1 - this.#tokens) * this.#tickMs : Number.POSITIVE_INFINITY;
  }

  #refill(now: number): void {
    const elapsed = Math.max(0, now - this.#since);
    if (this.#running) this.#tokens = Math.min(this.#capacity, this.#tokens + elapsed / this.#tickMs);
    this.#since = Math.max(this.#since, now);
  }
}
