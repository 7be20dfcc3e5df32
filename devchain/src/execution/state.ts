// SPDX-License-Identifier: Apache-2.0
import type { Hex } from "../codec/hex.ts";

/** One change of a key: its new value, or null where it was removed. */
export type StorageChange = readonly [key: Hex, value: Hex | null];

/** What executing a runtime, and answering a client, needs of a state. */
export interface StateView {
  get(key: Hex): Hex | undefined;
  /** The smallest key above `after` that starts with `prefix`. */
  nextKey(prefix: Hex, after: Hex): Hex | undefined;
}

/** A state with changes laid over it, which it never touches. */
export class OverlayState implements StateView {
  readonly #base: StateView;
  readonly #changes: ReadonlyMap<Hex, Hex | null>;
  readonly #addedKeys: Hex[];

  constructor(base: StateView, changes: ReadonlyMap<Hex, Hex | null>) {
    this.#base = base;
    this.#changes = changes;
    this.#addedKeys = [];
    for (const [key, value] of changes) if (value !== null) this.#addedKeys.push(key);
    this.#addedKeys.sort();
  }

  get(key: Hex): Hex | undefined {
    const change = this.#changes.get(key);
    return change === undefined ? this.#base.get(key) : (change ?? undefined);
  }

  nextKey(prefix: Hex, after: Hex): Hex | undefined {
    let base = this.#base.nextKey(prefix, after);
    while (base !== undefined && this.#changes.get(base) === null) base = this.#base.nextKey(prefix, base);
    const added = this.#addedKeys[upperBound(this.#addedKeys, after < prefix ? prefixFloor(prefix) : after)];
    if (added === undefined || !added.startsWith(prefix)) return base;
    return base === undefined || added < base ? added : base;
  }
}

/** How many blocks back a state can be read. */
export const STATE_WINDOW = 256;

interface Layer {
  readonly hash: string;
  /** What the block's changes replaced. */
  readonly before: ReadonlyMap<Hex, Hex | null>;
}

/** The state after the newest block, and what leads back to each of the last blocks. */
export class ChainState implements StateView {
  readonly #values: Map<Hex, Hex>;
  readonly #keys: Hex[];
  readonly #layers: Layer[] = [];
  #hash: string;

  constructor(hash: string, entries: Iterable<readonly [Hex, Hex]>) {
    this.#hash = hash;
    this.#values = new Map(entries);
    this.#keys = [...this.#values.keys()].toSorted();
  }

  get size(): number {
    return this.#values.size;
  }

  entries(): IterableIterator<[Hex, Hex]> {
    return this.#values.entries();
  }

  get(key: Hex): Hex | undefined {
    return this.#values.get(key);
  }

  nextKey(prefix: Hex, after: Hex): Hex | undefined {
    const key = this.#keys[upperBound(this.#keys, after < prefix ? prefixFloor(prefix) : after)];
    return key?.startsWith(prefix) ? key : undefined;
  }

  /** The state after block `hash`, or undefined where it is no longer kept. Valid until the next `apply`. */
  at(hash: string): StateView | undefined {
    if (hash === this.#hash) return this;
    const changes = new Map<Hex, Hex | null>();
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const layer = this.#layers[i];
      if (layer === undefined) return undefined;
      for (const [key, value] of layer.before) changes.set(key, value);
      const parent = this.#layers[i - 1]?.hash ?? this.#floor;
      if (parent === hash) return new OverlayState(this, changes);
    }
    return undefined;
  }

  #floor: string | undefined;

  /** Leaves out what changes nothing: runtimes write many values as they were. */
  effective(changes: readonly StorageChange[]): StorageChange[] {
    return changes.filter(([key, value]) => (this.#values.get(key) ?? null) !== value);
  }

  /** Goes on to block `hash`. */
  apply(hash: string, changes: readonly StorageChange[]): void {
    const before = new Map<Hex, Hex | null>();
    for (const [key, value] of changes) {
      const old = this.#values.get(key);
      if (!before.has(key)) before.set(key, old ?? null);
      if (value === null) {
        if (old === undefined) continue;
        this.#values.delete(key);
        this.#keys.splice(upperBound(this.#keys, key) - 1, 1);
      } else {
        if (old === undefined) this.#keys.splice(upperBound(this.#keys, key), 0, key);
        this.#values.set(key, value);
      }
    }
    if (this.#layers.length === 0) this.#floor = this.#hash;
    this.#layers.push({ hash, before });
    this.#hash = hash;
    if (this.#layers.length > STATE_WINDOW) this.#floor = this.#layers.shift()?.hash;
  }
}

/** Index of the first key above `key`. */
function upperBound(keys: readonly Hex[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A string just below every key with this prefix, the prefix itself included. */
function prefixFloor(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) - 1) + "\uffff";
}
