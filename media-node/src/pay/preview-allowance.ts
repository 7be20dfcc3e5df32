// SPDX-License-Identifier: Apache-2.0
import type { Epoch, StreamId } from "@tickstream/contracts-types";
import { RecentMap } from "@tickstream/signaling/limits";

/** Free ticks: so many epochs for each network address and stream. */
export class PreviewAllowance {
  readonly #ticks: number;
  /** Epochs given, by address and stream; the longest unused first. */
  readonly #given: RecentMap<string, Set<Epoch>>;

  constructor(ticks: number, maxEntries = 50_000) {
    this.#ticks = ticks;
    this.#given = new RecentMap(maxEntries);
  }

  /** Which of `epochs` this address may have; those it had before cost nothing again. */
  grant(address: string, stream: StreamId, epochs: readonly Epoch[]): Epoch[] {
    if (this.#ticks === 0 || epochs.length === 0) return [];
    const key = `${address} ${stream}`;
    const given = this.#given.get(key) ?? new Set();
    this.#given.set(key, given);
    const granted = new Set<Epoch>();
    for (const epoch of epochs) {
      if (!given.has(epoch) && given.size >= this.#ticks) continue;
      given.add(epoch);
      granted.add(epoch);
    }
    return [...granted];
  }
}
