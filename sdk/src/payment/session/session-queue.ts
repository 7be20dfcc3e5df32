// SPDX-License-Identifier: Apache-2.0
import { later } from "../../delay.ts";
import { SerialQueue } from "../../serial-queue.ts";

/** A session's work, one piece at a time, now or later; none of it runs once the session has ended. */
export class SessionQueue {
  readonly #queue = new SerialQueue();
  readonly #failed: (error: unknown) => void;
  readonly #ended = new AbortController();

  /** @param failed hears what a piece of work threw */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  run(work: () => Promise<void> | void): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#ended.signal.aborted) return;
      try {
        await work();
      } catch (error) {
        this.#failed(error);
      }
    });
  }

  later(ms: number, work: () => Promise<void> | void): void {
    later(ms, this.#ended.signal, () => void this.run(work));
  }

  /** Lets the piece that runs finish, then runs the last one. */
  async end(last: () => Promise<void>): Promise<void> {
    this.#ended.abort();
    await this.#queue.run(last);
  }

  drained(): Promise<void> {
    return this.#queue.drained();
  }
}
