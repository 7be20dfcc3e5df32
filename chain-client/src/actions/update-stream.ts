// SPDX-License-Identifier: Apache-2.0
import type { StreamId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { nothing, submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";
import { offerToChain, type StreamOffer } from "./stream-offer.ts";

/** What {@link updateStream} takes. What is left out becomes empty: the pallet replaces both. */
export interface UpdateStreamParams extends StreamOffer, ActionOptions {
  stream: StreamId;
}

/**
 * Replaces a stream's operators and metadata. Open channels keep their operator. Only its creator may.
 *
 * @example
 * await updateStream(client, { signer: creator, stream, metadata: "Now in colour" }).included;
 */
export function updateStream(client: ChainClient, params: UpdateStreamParams): TransactionHandle {
  const { stream, operators, metadata, ...options } = params;
  const offer = offerToChain({
    ...(operators && { operators }),
    ...(metadata !== undefined && { metadata }),
  });
  return submitCall(client, "updateStream", { stream, ...offer }, { ...options, value: nothing });
}
