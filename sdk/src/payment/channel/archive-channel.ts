// SPDX-License-Identifier: Apache-2.0
import { planck } from "@tickstream/contracts-types";
import { receiptOfRecord } from "../../receipts/receipt-of-record.ts";
import type { ChannelRecord, SessionStore } from "../session-store.ts";

/**
 * A channel that nobody can pay with any more becomes a receipt, if it paid anything: its seed is forgotten. A crash on the
 * way leaves a tab that counts as poorer than it is, never as richer; `listTabs` corrects it from the chain.
 */
export async function archiveChannel(store: SessionStore, record: ChannelRecord): Promise<void> {
  const { genesisHash, commitment, progress, channel } = record;
  if (progress.n > 0) {
    const receipt = receiptOfRecord(record, await store.visits());
    await store.putReceipt({ channel, genesisHash, savedAt: Date.now(), receipt });
  }
  const tab = (await store.tabs(genesisHash)).find((one) => one.tab === commitment.tab);
  if (tab) {
    const cost = commitment.openFee + commitment.rate * BigInt(progress.n);
    const deposit = planck(cost > tab.deposit ? 0n : tab.deposit - cost);
    await store.putTab({ ...tab, deposit });
  }
  await store.removeChannel(channel);
}
