// SPDX-License-Identifier: Apache-2.0
import type { ChainClient } from "../client/chain-client.ts";
import { Listeners, type Unsubscribe } from "../client/listeners.ts";
import type { SignedTransaction } from "./signer.ts";

/**
 * JSON-RPC codes of `author_submitAndWatchExtrinsic`.
 * Source: polkadot-sdk, substrate/client/rpc-api/src/author/error.rs
 */
export const POOL_ERRORS = { invalid: 1010, alreadyImported: 1013, tooLowPriority: 1014, poolFull: 1016 };

/** A transaction that the chain has taken into its pool. */
export interface SentTransaction extends SignedTransaction {
  /** Only blocks after this one can hold it. */
  from: number;
}

const REMEMBERED_STATUSES = 16;

/** What the pool says of a transaction. The first words are kept until somebody listens. */
export class PoolStatuses {
  readonly #listeners = new Listeners<unknown>();
  readonly #early: unknown[] = [];

  push(status: unknown): void {
    if (this.#listeners.size > 0) this.#listeners.announce(status);
    else if (this.#early.length < REMEMBERED_STATUSES) this.#early.push(status);
  }

  listen(listener: (status: unknown) => void): Unsubscribe {
    for (const status of this.#early.splice(0)) listener(status);
    return this.#listeners.add(listener);
  }
}

/**
 * Gives the chain a transaction, and has its pool say what becomes of it.
 *
 * @throws ChainRequestError where the pool does not take it: {@link POOL_ERRORS}
 */
export async function giveToPool(client: ChainClient, bytes: string, statuses: PoolStatuses): Promise<void> {
  const [type, method] = ["author_extrinsicUpdate", "author_submitAndWatchExtrinsic"];
  await client.internals.connection.subscribe(type, method, [bytes], (status) => statuses.push(status));
}
