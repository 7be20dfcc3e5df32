// SPDX-License-Identifier: Apache-2.0

/** How much media time a rate is taken over, in seconds. */
const WINDOW_S = 5;
const MAX_SAMPLES = 256;

/** The rate of something over the last seconds of media. */
export class RateWindow {
  readonly #samples: { amount: number; seconds: number }[] = [];
  #amount = 0;
  #seconds = 0;

  add(amount: number, seconds: number): void {
    if (!(seconds > 0)) return;
    this.#samples.push({ amount, seconds });
    this.#amount += amount;
    this.#seconds += seconds;
    while (this.#samples.length > 1 && (this.#seconds > WINDOW_S || this.#samples.length > MAX_SAMPLES)) {
      const oldest = this.#samples.shift()!;
      this.#amount -= oldest.amount;
      this.#seconds -= oldest.seconds;
    }
  }

  /** `null` before the first sample. */
  get perSecond(): number | null {
    return this.#seconds > 0 ? this.#amount / this.#seconds : null;
  }
}
