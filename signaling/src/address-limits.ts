// SPDX-License-Identifier: Apache-2.0
import { TokenBucket } from "./limits/token-bucket.ts";

export interface AddressLimitOptions {
  maxConnectionsPerAddress: number;
  joinsPerSecond: number;
  joinBurst: number;
  /** How many addresses without a socket are remembered for the joins they made. Default 10,000. */
  maxIdleAddresses?: number;
}

interface AddressUse {
  sockets: number;
  joins: TokenBucket;
}

/** What each network address has of the server. */
export class AddressLimits {
  readonly #options: AddressLimitOptions;
  readonly #connected = new Map<string, AddressUse>();
  /** Those whose sockets have closed, the one that left longest ago first: who comes back does not begin anew. */
  readonly #idle = new Map<string, AddressUse>();

  constructor(options: AddressLimitOptions) {
    this.#options = options;
  }

  mayConnect(address: string): boolean {
    return (this.#connected.get(address)?.sockets ?? 0) < this.#options.maxConnectionsPerAddress;
  }

  connected(address: string): void {
    const { joinsPerSecond, joinBurst } = this.#options;
    const use = this.#connected.get(address) ??
      this.#idle.get(address) ?? { sockets: 0, joins: new TokenBucket(joinsPerSecond, joinBurst) };
    use.sockets++;
    this.#idle.delete(address);
    this.#connected.set(address, use);
  }

  disconnected(address: string): void {
    const use = this.#connected.get(address);
    if (use === undefined || --use.sockets > 0) return;
    this.#connected.delete(address);
    this.#idle.set(address, use);
    for (const oldest of this.#idle.keys()) {
      if (this.#idle.size <= (this.#options.maxIdleAddresses ?? 10_000)) break;
      this.#idle.delete(oldest);
    }
  }

  /** Takes one of a connected address's joins, if there is one. */
  takeJoin(address: string): boolean {
    return this.#connected.get(address)?.joins.take() ?? false;
  }
}
