// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type chain, type ChannelId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { tickStreamEvents } from "../events/chain-event.ts";
import { submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";
import { batchFailures, type BatchFailure } from "./batch-failures.ts";

/** One channel to settle, and perhaps to end. */
export interface SettleBatchItem {
  channel: ChannelId;
  /** Ticks paid in all, counted from the channel's opening. */
  ticks: number;
  /** `p(ticks)`, 32 bytes; `null` where nothing is added to what was settled before. */
  preimage: Uint8Array | null;
  /** Hashes from the preimage down to what was settled before: at most `maxWalk`. */
  hashes: number;
  /** Ends the channel as well; its operator only. */
  close: boolean;
}

/** What {@link settleBatch} takes. */
export interface SettleBatchParams extends ActionOptions {
  /** At most `maxBatch`. */
  items: SettleBatchItem[];
}

/** What became of a batch of settlements. */
export interface SettledBatch {
  settled: chain.TickStreamEvents["Settled"][];
  /** The channels that are gone. */
  ended: chain.TickStreamEvents["ChannelEnded"][];
  failed: BatchFailure[];
}

/**
 * Settles several channels, with one transfer a payee. Each item stands alone: the call succeeds even where
 * items fail.
 *
 * @example
 * const items = [{ channel, ticks: 43, preimage, hashes: 43, close: true }];
 * const { value } = await settleBatch(client, { signer: operator, items }).finalized;
 * for (const { channel, failure } of value.failed) console.warn(`${channel}: ${failure.sentence}`);
 */
export function settleBatch(client: ChainClient, params: SettleBatchParams): TransactionHandle<SettledBatch> {
  const { items, ...options } = params;
  const args = items.map((item) => ({
    ...item,
    preimage: item.preimage === null ? null : bytesToHex(item.preimage),
  }));
  return submitCall(
    client,
    "settleBatch",
    { items: args },
    {
      ...options,
      value: (events) => {
        const own = tickStreamEvents(events);
        return {
          settled: own.flatMap((event) => (event.name === "Settled" ? [event.data] : [])),
          ended: own.flatMap((event) => (event.name === "ChannelEnded" ? [event.data] : [])),
          failed: batchFailures(events),
        };
      },
    },
  );
}
