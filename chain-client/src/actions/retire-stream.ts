// SPDX-License-Identifier: Apache-2.0
import type { StreamId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { submitCall, nothing, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";

/** What {@link retireStream} takes. */
export interface RetireStreamParams extends ActionOptions {
  stream: StreamId;
}

/**
 * Takes a stream off sale for good. Open channels go on; the record goes with the last of them. Only its creator may.
 *
 * @example
 * await retireStream(client, { signer: creator, stream }).included;
 */
export function retireStream(client: ChainClient, params: RetireStreamParams): TransactionHandle {
  const { stream, ...options } = params;
  return submitCall(client, "retireStream", { stream }, { ...options, value: nothing });
}
