// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type TermsMessage } from "@tickstream/contracts-types";
import { freeInTab, ticksFor, usableTabs, type TabChoice } from "../channel/make-commitment.ts";
import type { SessionStore } from "../session-store.ts";

/** Each channel takes at least half of what is free: so many of them leave nothing that matters. */
const MAX_CHANNELS = 64;

/** How many ticks further channels of this device's tabs could pay at these terms, beside those that are open. */
export async function ticksInTabs(
  params: TabChoice & { store: SessionStore; terms: TermsMessage },
): Promise<number> {
  const { store, terms } = params;
  const [tabs, channels] = await Promise.all([
    usableTabs(params),
    store.channels(bytesToHex(terms.genesisHash)),
  ]);
  let total = 0;
  for (const tab of tabs) {
    let free = freeInTab(tab, channels, terms.head);
    for (let i = 0; i < MAX_CHANNELS; i++) {
      const ticks = ticksFor(free, terms);
      if (ticks === 0) break;
      total += ticks;
      free -= terms.openFee + terms.rate * BigInt(ticks);
    }
  }
  return total;
}
