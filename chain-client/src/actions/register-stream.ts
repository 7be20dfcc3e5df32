// SPDX-License-Identifier: Apache-2.0
import type { Planck, StreamId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";
import { requiredEvent } from "./required-event.ts";
import { offerToChain, type StreamOffer, type StreamPrice } from "./stream-offer.ts";

/** What {@link registerStream} takes. The signer becomes the stream's creator. */
export interface RegisterStreamParams extends StreamPrice, StreamOffer, ActionOptions {
  /** Milliseconds of media in a tick, fixed for the stream's life. 1,000 by default. */
  tickMs?: number;
}

/** The new stream, and the version of its first terms. */
export interface RegisteredStream {
  stream: StreamId;
  terms: number;
  /** What it says on chain, for whoever compares. */
  rate: Planck;
}

/**
 * Puts a stream on sale. Holds a deposit from the creator for it, and one for its terms.
 *
 * @example
 * const { included } = registerStream(client, {
 *   signer: creator,
 *   rate: planck(1_000_000_000n),
 *   operatorShare: 50_000_000,
 *   payees: [{ account: accountId(creator.publicKey), share: 1_000_000_000 }],
 *   metadata: "Tickstream, live",
 * });
 * const { value } = await included;
 * console.log(`stream ${value.stream}, terms ${value.terms}`);
 */
export function registerStream(
  client: ChainClient,
  params: RegisterStreamParams,
): TransactionHandle<RegisteredStream> {
  const { rate, operatorShare, payees, tickMs = 1_000, operators, metadata, ...options } = params;
  const offer = offerToChain({
    ...(operators && { operators }),
    ...(metadata !== undefined && { metadata }),
  });
  return submitCall(
    client,
    "registerStream",
    { rate, tickMs, operatorShare, payees, ...offer },
    {
      ...options,
      value: (events) => {
        const { stream, terms, rate } = requiredEvent(events, "TermsAdded");
        return { stream, terms, rate };
      },
    },
  );
}
