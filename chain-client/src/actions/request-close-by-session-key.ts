// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type ChannelId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { submitCall } from "../transactions/submit-call.ts";
import type { SubmitOptions } from "../transactions/submit-transaction.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";
import { requiredEvent } from "./required-event.ts";

/** What {@link requestCloseBySessionKey} takes. There is no signer: the transaction costs nothing and needs no wallet. */
export interface RequestCloseBySessionKeyParams extends SubmitOptions {
  channel: ChannelId;
  /** The tab's current session key's, over `closeMessage`: 64 bytes. */
  signature: Uint8Array;
}

/**
 * Asks for a channel's end without a wallet, once a channel. Gives the last block that settles.
 *
 * @example
 * const message = closeMessage({ genesisHash: hexToBytes(client.genesisHash), channel });
 * const { value } = await requestCloseBySessionKey(client, { channel, signature: await sign(message) }).included;
 * console.log(`ends after block ${value.end}`);
 */
export function requestCloseBySessionKey(
  client: ChainClient,
  params: RequestCloseBySessionKeyParams,
): TransactionHandle<{ end: number }> {
  const { channel, signature, ...options } = params;
  const args = { channel, signature: bytesToHex(signature) };
  return submitCall(client, "requestCloseBySessionKey", args, {
    ...options,
    signer: null,
    value: (events) => ({ end: requiredEvent(events, "CloseRequested").end }),
  });
}
