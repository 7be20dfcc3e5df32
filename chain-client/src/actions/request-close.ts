// SPDX-License-Identifier: Apache-2.0
import type { ChannelId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";
import { requiredEvent } from "./required-event.ts";

/** What {@link requestClose} takes. */
export interface RequestCloseParams extends ActionOptions {
  channel: ChannelId;
}

/**
 * Asks for a channel's end, as the owner of its tab. The operator has `grace` blocks left to settle; then anyone may
 * finalize it. Gives the last block that settles.
 *
 * @example
 * const { value } = await requestClose(client, { signer: viewer, channel }).included;
 * console.log(`ends after block ${value.end}`);
 */
export function requestClose(
  client: ChainClient,
  params: RequestCloseParams,
): TransactionHandle<{ end: number }> {
  const { channel, ...options } = params;
  return submitCall(
    client,
    "requestClose",
    { channel },
    { ...options, value: (events) => ({ end: requiredEvent(events, "CloseRequested").end }) },
  );
}
