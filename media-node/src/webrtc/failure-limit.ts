// SPDX-License-Identifier: Apache-2.0
import { RecentMap, TokenBucket } from "@tickstream/signaling/limits";

const PER_SECOND = 1;
const AT_ONCE = 30;
const BLOCKED_MS = 10_000;
const MOST_ADDRESSES = 10_000;

/** Keeps addresses from trying one token after the other: each try asks the database. */
export class FailureLimit {
  readonly #failures = new RecentMap<string, { bucket: TokenBucket; blockedUntil: number }>(MOST_ADDRESSES);

  /** @param now milliseconds of a clock that never goes back */
  allows(address: string, now: number): boolean {
    return (this.#failures.get(address)?.blockedUntil ?? -Infinity) <= now;
  }

  failed(address: string, now: number): void {
    const known = this.#failures.get(address);
    const failure = known ?? { bucket: new TokenBucket(PER_SECOND, AT_ONCE, now), blockedUntil: -Infinity };
    if (!failure.bucket.take(now)) failure.blockedUntil = now + BLOCKED_MS;
    this.#failures.set(address, failure);
  }
}
