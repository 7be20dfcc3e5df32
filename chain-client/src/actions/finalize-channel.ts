// SPDX-License-Identifier: Apache-2.0
import type { ChannelId, Planck } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";
import { requiredEvent } from "./required-event.ts";

/** What {@link finalizeChannel} takes. Anyone may finalize. */
export interface FinalizeChannelParams extends ActionOptions {
  channel: ChannelId;
}

/** A channel's last account. */
export interface FinalizedChannel {
  /** Plancks paid over its life. */
  paid: Planck;
  /** Plancks that went back to the tab or its owner. */
  freed: Planck;
}

/**
 * Ends a channel whose time is over: what it did not pay returns to the tab, the deposit to whoever paid it.
 *
 * @example
 * const { value } = await finalizeChannel(client, { signer: anyone, channel }).included;
 * console.log(`paid ${value.paid}, freed ${value.freed} plancks`);
 */
export function finalizeChannel(
  client: ChainClient,
  params: FinalizeChannelParams,
): TransactionHandle<FinalizedChannel> {
  const { channel, ...options } = params;
  return submitCall(
    client,
    "finalizeChannel",
    { channel },
    {
      ...options,
      value: (events) => {
        const { paid, freed } = requiredEvent(events, "ChannelEnded");
        return { paid, freed };
      },
    },
  );
}
