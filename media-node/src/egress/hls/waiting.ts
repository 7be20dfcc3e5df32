// SPDX-License-Identifier: Apache-2.0

/** What can be waited for. */
export interface Changing {
  onChange(listener: () => void): () => void;
}

interface Waiter {
  deadline: number;
  ready: () => boolean;
  done: (inTime: boolean) => void;
}

/** Requests that wait for a stream to go on; at most so many, none of them with a timer of its own. */
export class Waiting {
  readonly #limit: number;
  readonly #bySource = new Map<Changing, { waiters: Set<Waiter>; unsubscribe: () => void }>();
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Calls `done` once: when `ready` after a change of the source, or by {@link expire}.
   *
   * @returns the way to give up, or undefined where too many wait already
   */
  add(
    source: Changing,
    deadline: number,
    ready: () => boolean,
    done: (inTime: boolean) => void,
  ): (() => void) | undefined {
    if (this.#size >= this.#limit) return undefined;
    let entry = this.#bySource.get(source);
    if (entry === undefined) {
      entry = { waiters: new Set(), unsubscribe: source.onChange(() => this.#changed(source)) };
      this.#bySource.set(source, entry);
    }
    const waiter = { deadline, ready, done };
    entry.waiters.add(waiter);
    this.#size++;
    return () => this.#remove(source, waiter);
  }

  /** Lets go of all whose deadline has passed. */
  expire(now: number): void {
    for (const [source, { waiters }] of this.#bySource) {
      for (const waiter of waiters) {
        if (waiter.deadline <= now && this.#remove(source, waiter)) waiter.done(false);
      }
    }
  }

  #changed(source: Changing): void {
    for (const waiter of this.#bySource.get(source)?.waiters ?? []) {
      if (waiter.ready() && this.#remove(source, waiter)) waiter.done(true);
    }
  }

  #remove(source: Changing, waiter: Waiter): boolean {
    const entry = this.#bySource.get(source);
    if (entry?.waiters.delete(waiter) !== true) return false;
    this.#size--;
    if (entry.waiters.size === 0) {
      entry.unsubscribe();
      this.#bySource.delete(source);
    }
    return true;
  }
}
