// SPDX-License-Identifier: Apache-2.0
import type { Planck } from "@tickstream/contracts-types";
import type { LedgerChannel } from "./ledger-channel.ts";

/** How much the operator risks on a viewer whose channel is not final yet. */
export interface CreditPolicy {
  /** Ticks sold before the best block has the channel. */
  creditTicks: number;
  /** Most plancks' worth of such ticks: about the fee of opening a tab, so that running away never pays. */
  creditLimit: Planck;
  /** Ticks sold from then on, until it is final. */
  unfinalizedTicks: number;
}

/** Most epochs this channel may have bought in its present state; `null` where only its own length counts. */
export function sellingLimit(channel: LedgerChannel, policy: CreditPolicy): number | null {
  const { state } = channel;
  if (state === "final") return null;
  if (state === "best") return (channel.soldBeforeInclusion ?? 0) + policy.unfinalizedTicks;
  if (state !== "accepted") return 0;
  const affordable = policy.creditLimit / channel.commitment.rate;
  return affordable < BigInt(policy.creditTicks) ? Number(affordable) : policy.creditTicks;
}
