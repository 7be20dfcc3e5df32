// SPDX-License-Identifier: Apache-2.0
import type { StreamId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { submitCall, nothing, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";

/** What {@link removeTerms} takes. */
export interface RemoveTermsParams extends ActionOptions {
  stream: StreamId;
  /** The version of the terms to remove. */
  version: number;
}

/**
 * Removes terms that were replaced `updateDelay` blocks ago and that no channel uses. Anyone may; the deposit
 * returns to the creator.
 *
 * @example
 * await removeTerms(client, { signer: creator, stream, version: 1 }).included;
 */
export function removeTerms(client: ChainClient, params: RemoveTermsParams): TransactionHandle {
  const { stream, version, ...options } = params;
  return submitCall(client, "removeTerms", { stream, version }, { ...options, value: nothing });
}
