// SPDX-License-Identifier: Apache-2.0
import type { Connection } from "../client/connection.ts";

/**
 * Lets each account's transactions take their nonces one after the other, up to where the chain has them in its
 * pool. Any number may then be on their way to a block.
 *
 * The chain is asked for every nonce: it counts its pool, and so nothing has to be mended here after a
 * transaction was dropped, or when somebody else signs for the same account.
 */
export class AccountQueue {
  readonly #connection: Connection;
  readonly #tails = new Map<string, Promise<unknown>>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Runs `work` when the account's earlier ones have. */
  async run<T>(address: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(address) ?? Promise.resolve();
    const running = before.then(work);
    const tail = Promise.allSettled([running]);
    this.#tails.set(address, tail);
    try {
      return await running;
    } finally {
      if (this.#tails.get(address) === tail) this.#tails.delete(address);
    }
  }

  /** The account's next nonce, its transactions in the pool counted. */
  nextNonce(address: string): Promise<number> {
    return this.#connection.request<number>("system_accountNextIndex", [address]);
  }
}
