// SPDX-License-Identifier: Apache-2.0
import { TokenBucket } from "./limits/token-bucket.ts";
import type { SignalingLimits } from "./signaling-limits.ts";

/** How many addresses without a socket are remembered for the joins they made. */
const MAX_IDLE_ADDRESSES = 10_000;

interface AddressUse {
  sockets: number;
  joins: TokenBucket;
}

/** What each network address has of the server. */
export class AddressLimits {
  readonly #limits: SignalingLimits;
  /** The one heard of longest ago first. */
  readonly #addresses = new Map<string, AddressUse>();

  constructor(limits: SignalingLimits) {
    this.#limits = limits;
  }

  mayConnect(address: string): boolean {
    return (this.#addresses.get(address)?.sockets ?? 0) < this.#limits.maxConnectionsPerAddress;
  }

  connected(address: string): void {
    this.#use(address).sockets++;
  }

  disconnected(address: string): void {
    this.#use(address).sockets--;
    for (const [oldest, { sockets }] of this.#addresses) {
      if (this.#addresses.size <= MAX_IDLE_ADDRESSES) break;
      if (sockets === 0) this.#addresses.delete(oldest);
    }
  }

  /** Takes one of the address's joins, if there is one. */
  takeJoin(address: string): boolean {
    return this.#use(address).joins.take();
  }

  #use(address: string): AddressUse {
    const { joinsPerSecond, joinBurst } = this.#limits;
    const use = this.#addresses.get(address) ?? {
      sockets: 0,
      joins: new TokenBucket(joinsPerSecond, joinBurst),
    };
    this.#addresses.delete(address);
    this.#addresses.set(address, use);
    return use;
  }
}
