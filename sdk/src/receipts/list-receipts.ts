// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type ChannelId, type Receipt } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
import { SdkError } from "../errors.ts";
import { receiptOfRecord } from "./receipt-of-record.ts";

/**
 * A receipt of each channel that this device paid with on the node's chain: of those that are over, and of open ones as far
 * as they are. The newest first. Works without the chain.
 *
 * @example download("receipts.json", formatReceipts(await listReceipts({ client })));
 */
export async function listReceipts({ client }: { client: TickstreamClient }): Promise<Receipt[]> {
  const [store, info] = await Promise.all([client.store(), client.info()]);
  const genesisHash = bytesToHex(info.genesisHash);
  const [channels, over, visits] = await Promise.all([
    store.channels(genesisHash),
    store.receipts(genesisHash),
    store.visits(),
  ]);
  const open = channels.filter(({ progress }) => progress.n > 0);
  // Both for a moment, where a page is just turning one into the other.
  const known = new Set(over.map(({ channel }) => channel));
  return [
    ...over.map(({ receipt }) => receipt),
    ...open.filter(({ channel }) => !known.has(channel)).map((record) => receiptOfRecord(record, visits)),
  ].toSorted((a, b) => b.proof.commitment.openBy - a.proof.commitment.openBy);
}

/**
 * The receipt of one channel.
 *
 * @throws SdkError `channel-unknown`
 */
export async function receiptOf(options: { client: TickstreamClient; channel: ChannelId }): Promise<Receipt> {
  const receipts = await listReceipts(options);
  const found = receipts.find(({ proof }) => proof.channel === options.channel);
  if (!found) throw new SdkError("channel-unknown", "This device has paid nothing with such a channel.");
  return found;
}
