// SPDX-License-Identifier: Apache-2.0
import type { Epoch } from "@tickstream/contracts-types";

/** A set of epochs as inclusive ranges: hours of watching are one range. */
export class EpochSet {
  /** Sorted, disjoint, not adjacent. */
  #ranges: [from: Epoch, to: Epoch][] = [];
  #size = 0;

  /** @param ranges inclusive, in any order; may overlap */
  constructor(ranges: Iterable<readonly [Epoch, Epoch]> = []) {
    for (const [from, to] of [...ranges].toSorted((a, b) => a[0] - b[0])) {
      const last = this.#ranges.at(-1);
      if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
      else this.#ranges.push([from, to]);
    }
    for (const [from, to] of this.#ranges) this.#size += to - from + 1;
  }

  get size(): number {
    return this.#size;
  }

  has(epoch: Epoch): boolean {
    const range = this.#ranges[this.#indexAtOrAfter(epoch)];
    return range !== undefined && range[0] <= epoch;
  }

  add(epoch: Epoch): void {
    const index = this.#indexAtOrAfter(epoch);
    const next = this.#ranges[index];
    if (next && next[0] <= epoch) return;
    this.#size++;
    const previous = this.#ranges[index - 1];
    const joinsPrevious = previous?.[1] === epoch - 1;
    const joinsNext = next?.[0] === epoch + 1;
    if (joinsPrevious && joinsNext) {
      previous[1] = next[1];
      this.#ranges.splice(index, 1);
    } else if (joinsPrevious) previous[1] = epoch;
    else if (joinsNext) next[0] = epoch;
    else this.#ranges.splice(index, 0, [epoch, epoch]);
  }

  delete(epoch: Epoch): void {
    const index = this.#indexAtOrAfter(epoch);
    const range = this.#ranges[index];
    if (!range || range[0] > epoch) return;
    const [from, to] = range;
    const rest: [Epoch, Epoch][] = [];
    if (from < epoch) rest.push([from, epoch - 1]);
    if (epoch < to) rest.push([epoch + 1, to]);
    this.#ranges.splice(index, 1, ...rest);
    this.#size--;
  }

  /** The highest epochs, at most `count`, ascending. */
  highest(count: number): Epoch[] {
    const found: Epoch[] = [];
    for (let i = this.#ranges.length - 1; i >= 0 && found.length < count; i--) {
      const [from, to] = this.#ranges[i]!;
      for (let epoch = to; epoch >= from && found.length < count; epoch--) found.push(epoch);
    }
    return found.toReversed();
  }

  /** The first range that ends at `epoch` or later. */
  #indexAtOrAfter(epoch: Epoch): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]![1] < epoch) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
