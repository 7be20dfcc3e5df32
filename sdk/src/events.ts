// SPDX-License-Identifier: Apache-2.0

type Listener<T> = (event: T) => void;

/** What a typed emitter offers to its users: they listen, only the owner emits. */
export interface Events<Map extends object> {
  /** Calls `listener` at each such event, until the returned function is called. */
  on<Name extends keyof Map>(name: Name, listener: Listener<Map[Name]>): () => void;
  /** Like `on`, for the next event only. */
  once<Name extends keyof Map>(name: Name, listener: Listener<Map[Name]>): () => void;
}

/**
 * A small typed emitter. Events only announce; no listener can break the emitter: what one throws is
 * reported as an uncaught error after the others were called.
 */
export class Emitter<Map extends object> implements Events<Map> {
  readonly #listeners = new globalThis.Map<keyof Map, Set<Listener<never>>>();

  on<Name extends keyof Map>(name: Name, listener: Listener<Map[Name]>): () => void {
    let set = this.#listeners.get(name);
    if (!set) this.#listeners.set(name, (set = new Set()));
    // A wrapper of its own, so that the same function may listen twice and be removed once.
    const own: Listener<Map[Name]> = (event) => listener(event);
    set.add(own);
    return () => void set.delete(own);
  }

  once<Name extends keyof Map>(name: Name, listener: Listener<Map[Name]>): () => void {
    const off = this.on(name, (event) => {
      off();
      listener(event);
    });
    return off;
  }

  emit<Name extends keyof Map>(name: Name, event: Map[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])] as Listener<Map[Name]>[]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
