// SPDX-License-Identifier: Apache-2.0
import type { Epoch } from "@tickstream/contracts-types";
import type { LedgerChannel } from "../ledger/ledger-channel.ts";

/** Where a stream's keys come from. */
export interface EpochKeys {
  key(epoch: Epoch): Uint8Array;
}

export interface EpochKey {
  epoch: Epoch;
  key: Uint8Array;
}

/**
 * The keys of those epochs that the channel has bought, and of no other.
 * To be asked only after the ledger has stored the tick that bought them.
 */
export function keysBought(channel: LedgerChannel, epochs: readonly Epoch[], vault: EpochKeys): EpochKey[] {
  const keys: EpochKey[] = [];
  for (const epoch of new Set(epochs)) {
    if (channel.bought.has(epoch)) keys.push({ epoch, key: vault.key(epoch) });
  }
  return keys;
}
