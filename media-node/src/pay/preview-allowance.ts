// SPDX-License-Identifier: Apache-2.0
import type { Epoch, StreamId } from "@tickstream/contracts-types";

/** Free ticks: so many epochs for each network address and stream. */
export class PreviewAllowance {
  readonly #ticks: number;
  readonly #maxEntries: number;
  /** Epochs given, by address and stream; the longest unused first. */
  readonly #given = new Map<string, Set<Epoch>>();

  constructor(ticks: number, maxEntries = 50_000) {
    this.#ticks = ticks;
    this.#maxEntries = maxEntries;
  }

  /** Which of `epochs` this address may have; those it had before cost nothing again. */
  grant(address: string, stream: StreamId, epochs: readonly Epoch[]): Epoch[] {
    if (this.#ticks === 0 || epochs.length === 0) return [];
    const key = `${address} ${stream}`;
    const given = this.#given.get(key) ?? new Set();
    this.#given.delete(key);
    this.#given.set(key, given);
    for (const oldest of this.#given.keys()) {
      if (this.#given.size <= this.#maxEntries) break;
      this.#given.delete(oldest);
    }
    const granted = new Set<Epoch>();
    for (const epoch of epochs) {
      if (!given.has(epoch) && given.size >= this.#ticks) continue;
      given.add(epoch);
      granted.add(epoch);
    }
    return [...granted];
  }
}
