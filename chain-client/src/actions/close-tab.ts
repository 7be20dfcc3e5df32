// SPDX-License-Identifier: Apache-2.0
import { planck, type Planck } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { findEvent } from "../events/chain-event.ts";
import { submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";

/** What {@link closeTab} takes. */
export interface CloseTabParams extends ActionOptions {
  tab: bigint;
}

/** What closing a tab did at once. */
export interface ClosedTab {
  /** Plancks that went back to the owner now. What open channels set aside follows as they end. */
  returned: Planck;
  /** Whether the tab is gone; else it goes with its last channel. */
  removed: boolean;
}

/**
 * Closes a tab: its owner at any time, anyone after it has expired. On a closed tab it pays what is claimable.
 *
 * @example
 * const { value } = await closeTab(client, { signer: viewer, tab }).included;
 * console.log(`${formatAmount(value.returned, token)} came back`);
 */
export function closeTab(client: ChainClient, params: CloseTabParams): TransactionHandle<ClosedTab> {
  const { tab, ...options } = params;
  return submitCall(
    client,
    "closeTab",
    { tab },
    {
      ...options,
      value: (events) => ({
        returned: findEvent(events, "TabReturned")?.amount ?? planck(0n),
        removed: findEvent(events, "TabRemoved") !== null,
      }),
    },
  );
}
