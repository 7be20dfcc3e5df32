// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type chain, type ChannelId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";
import { requiredEvent } from "./required-event.ts";

/** What {@link settle} takes. Anyone may settle. */
export interface SettleParams extends ActionOptions {
  channel: ChannelId;
  /** Ticks paid in all, counted from the channel's opening. */
  ticks: number;
  /** `p(ticks)`, 32 bytes. */
  preimage: Uint8Array;
  /** Hashes from the preimage down to what was settled before: at most `maxWalk`. */
  hashes: number;
}

/**
 * Has the chain pay for the ticks that a preimage proves.
 *
 * @example
 * const { value } = await settle(client, { signer: operator, channel, ticks: 43, preimage, hashes: 43 }).included;
 * console.log(`paid ${value.amount} plancks`);
 */
export function settle(
  client: ChainClient,
  params: SettleParams,
): TransactionHandle<chain.TickStreamEvents["Settled"]> {
  const { channel, ticks, preimage, hashes, ...options } = params;
  return submitCall(
    client,
    "settle",
    { channel, ticks, preimage: bytesToHex(preimage), hashes },
    {
      ...options,
      value: (events) => requiredEvent(events, "Settled"),
    },
  );
}
