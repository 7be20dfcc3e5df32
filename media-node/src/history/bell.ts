// SPDX-License-Identifier: Apache-2.0

/** Wakes the one who waits; rung while nobody does, it wakes the next at once. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Until it rings, `signal` aborts or, where given, so many milliseconds have passed. */
  async wait(signal: AbortSignal, ms?: number): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          resolve();
        };
        const timer = ms === undefined ? undefined : setTimeout(end, ms);
        signal.addEventListener("abort", end);
        this.#wake = end;
      });
    }
    this.#rung = false;
    this.#wake = undefined;
  }
}
