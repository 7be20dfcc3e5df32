// SPDX-License-Identifier: Apache-2.0
import { TokenBucket } from "@tickstream/signaling/limits";

const PER_SECOND = 1;
const AT_ONCE = 30;
const BLOCKED_MS = 10_000;
const MOST_ADDRESSES = 10_000;

/** Keeps addresses from trying one token after the other: each try asks the database. */
export class FailureLimit {
  readonly #failures = new Map<string, { bucket: TokenBucket; blockedUntil: number }>();

  /** @param now milliseconds of a clock that never goes back */
  allows(address: string, now: number): boolean {
    return (this.#failures.get(address)?.blockedUntil ?? -Infinity) <= now;
  }

  failed(address: string, now: number): void {
    const known = this.#failures.get(address);
    const failure = known ?? { bucket: new TokenBucket(PER_SECOND, AT_ONCE, now), blockedUntil: -Infinity };
    if (!failure.bucket.take(now)) failure.blockedUntil = now + BLOCKED_MS;
    // The address heard of longest ago is forgotten first.
    this.#failures.delete(address);
    this.#failures.set(address, failure);
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= MOST_ADDRESSES) break;
      this.#failures.delete(oldest);
    }
  }
}
