// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type ChannelId, type Commitment } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { commitmentToChain } from "../codec/pallet-types.ts";
import { tickStreamEvents } from "../events/chain-event.ts";
import { submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";
import { batchFailures, type BatchFailure } from "./batch-failures.ts";

/** What {@link openBatch} takes. */
export interface OpenBatchParams extends ActionOptions {
  /** At most `maxBatch` commitments, each with its session key's signature of 64 bytes. */
  items: { commitment: Commitment; signature: Uint8Array }[];
}

/** What became of a batch of commitments. */
export interface OpenedBatch {
  /** The channels that are open now. */
  opened: ChannelId[];
  failed: BatchFailure[];
}

/**
 * Puts several commitments on chain. Each stands alone: the call succeeds even where items fail.
 *
 * @example
 * const { value } = await openBatch(client, { signer: operator, items }).included;
 * for (const { index, failure } of value.failed) console.warn(`item ${index}: ${failure.sentence}`);
 */
export function openBatch(client: ChainClient, params: OpenBatchParams): TransactionHandle<OpenedBatch> {
  const { items, ...options } = params;
  const args = items.map(({ commitment, signature }) => ({
    commitment: commitmentToChain(commitment),
    signature: bytesToHex(signature),
  }));
  return submitCall(
    client,
    "openBatch",
    { items: args },
    {
      ...options,
      value: (events) => ({
        opened: tickStreamEvents(events).flatMap((event) =>
          event.name === "ChannelOpened" ? [event.data.channel] : [],
        ),
        failed: batchFailures(events),
      }),
    },
  );
}
