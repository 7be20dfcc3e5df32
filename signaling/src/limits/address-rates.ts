// SPDX-License-Identifier: Apache-2.0
import { RecentMap } from "./recent-map.ts";
import { TokenBucket } from "./token-bucket.ts";

/**
 * Allows each network address `perSecond` on average and `burst` at once. Who goes away and comes back does not begin
 * anew; of `maxAddresses`, the one that was heard of longest ago is forgotten first.
 */
export class AddressRates {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets: RecentMap<string, TokenBucket>;

  constructor(perSecond: number, burst: number, maxAddresses = 20_000) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#buckets = new RecentMap(maxAddresses);
  }

  /** Takes one of an address's, if there is one. */
  take(address: string): boolean {
    const bucket = this.#buckets.get(address) ?? new TokenBucket(this.#perSecond, this.#burst);
    this.#buckets.set(address, bucket);
    return bucket.take();
  }
}
