// SPDX-License-Identifier: Apache-2.0

const BUCKET_MS = 1_000;
const BUCKETS = 5;

/** How much of something came per second, over the last few whole seconds. */
export class RateMeter {
  #buckets: number[] = [];
  #current = 0;
  #started: number | undefined;

  /** @param now milliseconds of a clock that never goes back */
  add(amount: number, now: number): void {
    this.#roll(now);
    this.#current += amount;
  }

  /** Per second. 0 until a second has passed. */
  rate(now: number): number {
    this.#roll(now);
    if (this.#buckets.length === 0) return 0;
    return this.#buckets.reduce((sum, amount) => sum + amount, 0) / this.#buckets.length;
  }

  #roll(now: number): void {
    this.#started ??= now;
    let passed = Math.floor((now - this.#started) / BUCKET_MS);
    this.#started += passed * BUCKET_MS;
    for (passed = Math.min(passed, BUCKETS + 1); passed > 0; passed--) {
      this.#buckets.push(this.#current);
      this.#current = 0;
      if (this.#buckets.length > BUCKETS) this.#buckets.shift();
    }
  }
}
