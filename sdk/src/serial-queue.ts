// SPDX-License-Identifier: Apache-2.0

/** Runs work one after the other, in the order it came. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Whether nothing runs or waits. */
  get idle(): boolean {
    return this.#waiting === 0;
  }

  /** The outcome of `work`, which begins when all before it has ended, however it ended. */
  run<T>(work: () => Promise<T> | T): Promise<T> {
    const before = this.#last;
    const turn = this.#turn(before, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** When all that was given so far has ended. */
  async drained(): Promise<void> {
    await this.#last;
  }

  async #turn<T>(before: Promise<unknown>, work: () => Promise<T> | T): Promise<T> {
    this.#waiting++;
    try {
      await before;
      return await work();
    } finally {
      this.#waiting--;
    }
  }
}
