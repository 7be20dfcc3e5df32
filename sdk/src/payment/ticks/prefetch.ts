// SPDX-License-Identifier: Apache-2.0
import type { Epoch } from "@tickstream/contracts-types";

/** One epoch is bought ahead of need. */
export const PREFETCH_TICKS = 1;
/** How far into an epoch the next one is bought, where that lies beyond the live edge. */
const PREFETCH_AT = 0.4;

/** Names the epoch to buy ahead: the one after the newest that plays, in time for its first part. */
export class Prefetch {
  readonly #tickMs: number;
  readonly #changed: () => void;
  #highest = -1;
  #epoch: Epoch | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param changed runs when another epoch is wanted ahead */
  constructor(tickMs: number, changed: () => void) {
    this.#tickMs = tickMs;
    this.#changed = changed;
  }

  get wanted(): Epoch[] {
    return this.#epoch === null ? [] : [this.#epoch];
  }

  /** Media of this epoch plays. */
  plays(epoch: Epoch, edge: Epoch | null): void {
    if (epoch <= this.#highest) return;
    this.#highest = epoch;
    this.clear();
    const next = epoch + 1;
    const delayMs = edge !== null && next <= edge ? 0 : PREFETCH_AT * this.#tickMs;
    this.#timer = setTimeout(() => {
      this.#epoch = next;
      this.#changed();
    }, delayMs);
  }

  arrived(epoch: Epoch): void {
    if (this.#epoch === epoch) this.#epoch = null;
  }

  /** Playback starts anew somewhere, perhaps further back. */
  joined(): void {
    this.#highest = -1;
    this.clear();
  }

  /** Nothing is wanted ahead until media plays on. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#epoch = null;
  }
}
