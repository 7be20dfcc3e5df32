// SPDX-License-Identifier: Apache-2.0
import type { Planck } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { submitCall, nothing, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";

/** What {@link topUpTab} takes. */
export interface TopUpTabParams extends ActionOptions {
  tab: bigint;
  /** Plancks to add. */
  amount: Planck;
}

/**
 * Adds to a tab. Only its owner may.
 *
 * @example
 * await topUpTab(client, { signer: viewer, tab, amount: planck(500_000_000_000n) }).included;
 */
export function topUpTab(client: ChainClient, params: TopUpTabParams): TransactionHandle {
  const { tab, amount, ...options } = params;
  return submitCall(client, "topUpTab", { tab, amount }, { ...options, value: nothing });
}
