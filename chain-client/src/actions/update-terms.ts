// SPDX-License-Identifier: Apache-2.0
import type { StreamId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";
import { requiredEvent } from "./required-event.ts";
import type { StreamPrice } from "./stream-offer.ts";

/** What {@link updateTerms} takes. Only the stream's creator may. */
export interface UpdateTermsParams extends StreamPrice, ActionOptions {
  stream: StreamId;
}

/**
 * Changes a stream's price. Open channels keep theirs; the terms before open channels for `updateDelay` more
 * blocks. Gives the version of the new terms.
 *
 * @example
 * const { included } = updateTerms(client, {
 *   signer: creator,
 *   stream,
 *   rate: planck(2_000_000_000n),
 *   operatorShare: 0,
 *   payees: [{ account: accountId(creator.publicKey), share: 1_000_000_000 }],
 * });
 * console.log(`now terms ${(await included).value.terms}`);
 */
export function updateTerms(
  client: ChainClient,
  params: UpdateTermsParams,
): TransactionHandle<{ terms: number }> {
  const { stream, rate, operatorShare, payees, ...options } = params;
  return submitCall(
    client,
    "updateTerms",
    { stream, rate, operatorShare, payees },
    {
      ...options,
      value: (events) => ({ terms: requiredEvent(events, "TermsAdded").terms }),
    },
  );
}
