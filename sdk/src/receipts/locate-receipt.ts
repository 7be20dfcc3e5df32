// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type Receipt } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
import { verifyReceiptOnChain, type ReceiptOnChain } from "./verify-receipt-on-chain.ts";

/**
 * A receipt with the places where the chain has its channel's opening and last settlement, for whoever reads it later. A
 * receipt that this device keeps is kept with them.
 */
export async function locateReceipt(options: {
  client: TickstreamClient;
  receipt: Receipt;
}): Promise<{ receipt: Receipt; onChain: ReceiptOnChain }> {
  const { client, receipt } = options;
  const [chain, store] = await Promise.all([client.chain(), client.store()]);
  const onChain = await verifyReceiptOnChain({ chain, receipt });
  if (!onChain.confirmed) return { receipt, onChain };
  const located = { ...receipt, chain: { opened: onChain.opened, settled: onChain.settled } };
  const genesisHash = bytesToHex(receipt.proof.genesisHash);
  const kept = (await store.receipts(genesisHash)).find(({ channel }) => channel === receipt.proof.channel);
  if (kept) await store.putReceipt({ ...kept, receipt: located });
  return { receipt: located, onChain };
}
