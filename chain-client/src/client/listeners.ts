// SPDX-License-Identifier: Apache-2.0

/** Ends a subscription; more than once does no harm. */
export type Unsubscribe = () => void;

/** Who wants to hear of something. A listener that throws stops nobody else. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Adds a listener of its own, even where the same function is added twice. */
  add(listener: (value: T) => void): Unsubscribe {
    const own = (value: T) => listener(value);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  announce(value: T): void {
    for (const listener of Array.from(this.#listeners)) {
      try {
        listener(value);
      } catch (error) {
        // The listener's own fault, reported as any uncaught one, away from here.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  get size(): number {
    return this.#listeners.size;
  }
}
