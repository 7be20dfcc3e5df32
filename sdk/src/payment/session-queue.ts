// SPDX-License-Identifier: Apache-2.0
import { SerialQueue } from "../serial-queue.ts";

/** A session's work, one piece at a time, now or later; none of it runs once the session has ended. */
export class SessionQueue {
  readonly #queue = new SerialQueue();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #failed: (error: unknown) => void;
  #ended = false;

  /** @param failed hears what a piece of work threw */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  run(work: () => Promise<void> | void): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#ended) return;
      try {
        await work();
      } catch (error) {
        this.#failed(error);
      }
    });
  }

  later(ms: number, work: () => Promise<void> | void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.run(work);
    }, ms);
    this.#timers.add(timer);
  }

  /** Lets the piece that runs finish, then runs the last one. */
  async end(last: () => Promise<void>): Promise<void> {
    this.#ended = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#queue.run(last);
  }

  drained(): Promise<void> {
    return this.#queue.drained();
  }
}
