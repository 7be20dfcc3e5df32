// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type ChannelId, type Commitment } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { commitmentToChain } from "../codec/pallet-types.ts";
import { submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";
import { requiredEvent } from "./required-event.ts";

/** What {@link openChannel} takes. */
export interface OpenChannelParams extends ActionOptions {
  commitment: Commitment;
  /** The session key's, over the encoded commitment: 64 bytes. */
  signature: Uint8Array;
}

/**
 * Puts one commitment on chain. The signer, in practice the operator, pays the fee and a deposit that comes back
 * when the channel ends.
 *
 * @example
 * const { value } = await openChannel(client, { signer: operator, commitment, signature }).included;
 * console.log(`channel ${value.channel}`);
 */
export function openChannel(
  client: ChainClient,
  params: OpenChannelParams,
): TransactionHandle<{ channel: ChannelId }> {
  const { commitment, signature, ...options } = params;
  const args = { commitment: commitmentToChain(commitment), signature: bytesToHex(signature) };
  return submitCall(client, "openChannel", args, {
    ...options,
    value: (events) => ({ channel: requiredEvent(events, "ChannelOpened").channel }),
  });
}
