// SPDX-License-Identifier: Apache-2.0
import type { Epoch } from "@tickstream/contracts-types";

/** A viewer who skips about makes new ranges; each tick writes them all, so there is an end to it. */
export const MAX_RANGES = 512;

/**
 * The set of epochs that a channel has bought, as ascending, non-adjacent, inclusive ranges.
 * Watching on only moves the last range's end.
 */
export class EpochRanges {
  /** from₀, to₀, from₁, to₁, … */
  readonly #bounds: number[] = [];
  #size = 0;

  /** How many epochs are in the set. */
  get size(): number {
    return this.#size;
  }

  /** How many ranges it takes to say so. */
  get ranges(): number {
    return this.#bounds.length / 2;
  }

  /** The latest epoch of all, or null where there is none. */
  get newest(): Epoch | null {
    return this.#bounds.at(-1) ?? null;
  }

  has(epoch: Epoch): boolean {
    const at = this.#firstEndingAtOrAfter(epoch);
    return at < this.#bounds.length && this.#bounds[at]! <= epoch;
  }

  /** Those of `epochs` that are not in the set, each once. */
  missing(epochs: readonly Epoch[]): Epoch[] {
    return [...new Set(epochs)].filter((epoch) => !this.has(epoch));
  }

  add(epoch: Epoch): void {
    const bounds = this.#bounds;
    const at = this.#firstEndingAtOrAfter(epoch);
    if (at < bounds.length && bounds[at]! <= epoch) return;
    this.#size++;
    const joinsPrevious = at > 0 && bounds[at - 1] === epoch - 1;
    const joinsNext = at < bounds.length && bounds[at] === epoch + 1;
    if (joinsPrevious && joinsNext) bounds.splice(at - 1, 2);
    else if (joinsPrevious) bounds[at - 1] = epoch;
    else if (joinsNext) bounds[at] = epoch;
    else bounds.splice(at, 0, epoch, epoch);
  }

  /** The set as it is now. */
  copy(): EpochRanges {
    const copy = new EpochRanges();
    copy.#bounds.push(...this.#bounds);
    copy.#size = this.#size;
    return copy;
  }

  /** `[[from, to], …]`, both inclusive: how the wire says it. */
  toPairs(): [Epoch, Epoch][] {
    const pairs: [Epoch, Epoch][] = [];
    for (let i = 0; i < this.#bounds.length; i += 2) pairs.push([this.#bounds[i]!, this.#bounds[i + 1]!]);
    return pairs;
  }

  /** As a PostgreSQL `int8multirange`. */
  toMultirange(): string {
    let text = "{";
    for (let i = 0; i < this.#bounds.length; i += 2) {
      text += `${i ? "," : ""}[${this.#bounds[i]},${this.#bounds[i + 1]! + 1})`;
    }
    return `${text}}`;
  }

  /** Reads what PostgreSQL prints: canonical, `{[3,9),[12,13)}`. */
  static fromMultirange(text: string): EpochRanges {
    const ranges = new EpochRanges();
    for (const [, from, end] of text.matchAll(/\[(\d+),(\d+)\)/g)) {
      const [first, last] = [Number(from), Number(end) - 1];
      ranges.#bounds.push(first, last);
      ranges.#size += last - first + 1;
    }
    return ranges;
  }

  /** Index (even) of the first range whose end is `epoch` or later; the length where there is none. */
  #firstEndingAtOrAfter(epoch: Epoch): number {
    const bounds = this.#bounds;
    // Nearly always the last range is meant.
    if (bounds.length === 0 || bounds.at(-1)! < epoch) return bounds.length;
    let low = 0;
    let high = bounds.length / 2 - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bounds[middle * 2 + 1]! < epoch) low = middle + 1;
      else high = middle;
    }
    return low * 2;
  }
}
