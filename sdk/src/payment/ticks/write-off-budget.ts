// SPDX-License-Identifier: Apache-2.0

/** Each lost tick of the budget comes back after this long. */
const REFILL_MS = 60_000;
const CAPACITY = 6;

/**
 * Ticks whose key came and matched its hash, and whose media then never did: a publisher that dropped, a node that
 * crashed. Nothing can prove such a key any more, and a window of one would stay shut for ever; so a few are written
 * off, at most one a minute in the long run. A key that was withheld, or was wrong, is never written off.
 */
export class WriteOffBudget {
  #tokens = CAPACITY;
  #since: number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: number) {
    this.#since = now;
  }

  /** Whether one more tick may be written off now; counts it if so. */
  take(now: number): boolean {
    this.#tokens = Math.min(CAPACITY, this.#tokens + Math.max(0, now - this.#since) / REFILL_MS);
    this.#since = Math.max(this.#since, now);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
