// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, keyHash, type Epoch, type Hex } from "@tickstream/contracts-types";
import { abortError } from "../../errors.ts";

/** Keys are kept for this many epochs: more than any player buffers. */
const MAX_KEYS = 512;

interface Waiter {
  resolve: (key: Uint8Array) => void;
  reject: (error: Error) => void;
}

/** The media keys a session has, and who waits for which. */
export class KeyRing {
  readonly #keys = new Map<Epoch, Uint8Array>();
  readonly #waiters = new Map<Epoch, Set<Waiter>>();

  get(epoch: Epoch): Uint8Array | undefined {
    return this.#keys.get(epoch);
  }

  /** Epochs somebody waits for. */
  get awaited(): Epoch[] {
    return [...this.#waiters.keys()];
  }

  isAwaited(epoch: Epoch): boolean {
    return this.#waiters.has(epoch);
  }

  /** The key, when it is there. `onIdle` runs when the last one that waited for this epoch has given up. */
  wait(epoch: Epoch, signal: AbortSignal | undefined, onIdle: () => void): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      let waiters = this.#waiters.get(epoch);
      if (!waiters) this.#waiters.set(epoch, (waiters = new Set()));
      const finish = () => signal?.removeEventListener("abort", onAbort);
      const waiter: Waiter = {
        resolve: (key) => {
          finish();
          resolve(key);
        },
        reject: (error) => {
          finish();
          reject(error);
        },
      };
      const onAbort = () => {
        waiters.delete(waiter);
        if (waiters.size === 0 && this.#waiters.get(epoch) === waiters) {
          this.#waiters.delete(epoch);
          onIdle();
        }
        waiter.reject(abortError(signal!));
      };
      waiters.add(waiter);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Whether this is the key that `hash` was published for. */
  static matches(key: Uint8Array, hash: Hex): boolean {
    return bytesToHex(keyHash(key)) === hash;
  }

  add(epoch: Epoch, key: Uint8Array): void {
    this.#keys.set(epoch, key);
    if (this.#keys.size > MAX_KEYS) this.#keys.delete(this.#keys.keys().next().value!);
    const waiters = this.#waiters.get(epoch);
    this.#waiters.delete(epoch);
    for (const waiter of waiters ?? []) waiter.resolve(key);
  }

  /** Forgets a key that opened nothing. */
  remove(epoch: Epoch): void {
    this.#keys.delete(epoch);
  }

  reject(epoch: Epoch, error: Error): void {
    const waiters = this.#waiters.get(epoch);
    this.#waiters.delete(epoch);
    for (const waiter of waiters ?? []) waiter.reject(error);
  }

  rejectAll(error: Error): void {
    for (const epoch of this.awaited) this.reject(epoch, error);
  }
}
