// SPDX-License-Identifier: Apache-2.0
import { fromSs58, streamId, type Planck, type StreamId } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
import {
  followTransaction,
  transactionSigner,
  type TransactionOptions,
} from "../wallet/follow-transaction.ts";

/** What a stream costs, and who gets it. */
export interface StreamPrice {
  /** Plancks per tick. */
  rate: Planck;
  /** The node operator's part of everything, in parts per billion. */
  operatorShare: number;
  /** Who gets the rest: one to eight SS58 addresses, each with its part of it in parts per billion, in sum 1,000,000,000. */
  payees: { account: string; share: number }[];
}

interface CreatorTransaction extends TransactionOptions {
  client: TickstreamClient;
}

/**
 * Puts a stream on sale on the chain, by one signature. Resolves when that is final, as nodes want it before they serve
 * the stream: then {@link import("./streams.ts").createStream} offers it on one.
 *
 * @example
 * const { stream } = await registerStream({ client, wallet, rate, operatorShare: 0, payees: [{ account: wallet.address, share: 1e9 }] });
 */
export async function registerStream(
  options: CreatorTransaction &
    StreamPrice & {
      tickMs?: number | undefined;
      /** What the record says besides, at most 1,024 bytes: a {@link LoginByRegistration}'s mark, for one. */
      metadata?: string | undefined;
    },
): Promise<{ stream: StreamId; terms: number }> {
  const { client, rate, operatorShare, tickMs, metadata, onStep } = options;
  onStep?.("connecting");
  const [chainClient, chain] = await Promise.all([import("@tickstream/chain-client"), client.chain()]);
  const handle = chainClient.registerStream(chain, {
    signer: transactionSigner(chain, options),
    rate,
    operatorShare,
    payees: toPayees(options),
    ...(tickMs !== undefined && { tickMs }),
    ...(metadata !== undefined && { metadata }),
  });
  const { value } = await followTransaction(handle, options);
  await handle.finalized;
  return { stream: value.stream, terms: value.terms };
}

/**
 * Changes what a stream costs and who gets it. Open channels keep the price they were opened at; viewers are asked
 * before they pay another. Resolves when a block has it.
 */
export async function changePrice(
  options: CreatorTransaction & StreamPrice & { stream: string },
): Promise<{ terms: number }> {
  const { client, rate, operatorShare, onStep } = options;
  onStep?.("connecting");
  const [chainClient, chain] = await Promise.all([import("@tickstream/chain-client"), client.chain()]);
  const handle = chainClient.updateTerms(chain, {
    signer: transactionSigner(chain, options),
    stream: streamId(options.stream),
    rate,
    operatorShare,
    payees: toPayees(options),
  });
  return (await followTransaction(handle, options)).value;
}

/** Takes a stream off sale for good; its deposit returns when its last channel has ended. Resolves when a block has it. */
export async function retireStream(options: CreatorTransaction & { stream: string }): Promise<void> {
  const { client, onStep } = options;
  onStep?.("connecting");
  const [chainClient, chain] = await Promise.all([import("@tickstream/chain-client"), client.chain()]);
  const handle = chainClient.retireStream(chain, {
    signer: transactionSigner(chain, options),
    stream: streamId(options.stream),
  });
  await followTransaction(handle, options);
}

function toPayees({ payees }: StreamPrice) {
  return payees.map(({ account, share }) => ({ account: fromSs58(account), share }));
}
