// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate:types` from the metadata that the built runtime gives of itself. Do not edit.
import type { Planck } from "../amounts.ts";
import type { Hex } from "../hex.ts";
import type { AccountId } from "../ids.ts";

/** The pallet's constants. Times are in blocks, amounts in plancks. */
export interface TickStreamConstants {
  /** The pallet's own account holds every tab. */
  palletId: Hex;
  /** Held from a creator for a stream, in plancks. */
  streamDeposit: Planck;
  /** Held from a creator for each version of terms, in plancks. */
  termsDeposit: Planck;
  /** Held from whoever opens a channel, in plancks. */
  channelDeposit: Planck;
  /** How far ahead a commitment's `open_by` may lie, in blocks. */
  maxOpenDelay: number;
  /** How long replaced terms still open channels, in blocks. Longer than `MaxOpenDelay`, so that a change outlasts any open that waits. */
  updateDelay: number;
  /** An operator's time to settle after a viewer asks to close, in blocks. */
  grace: number;
  /** The longest life of a channel, in blocks. */
  maxChannelLife: number;
  /** Most ticks of one channel. */
  maxTicks: number;
  /** Most hashes of one settlement. */
  maxWalk: number;
  /** Most items of one batch. */
  maxBatch: number;
  /** The least that a channel sets aside, in plancks. */
  minChannel: Planck;
  /** The least deposit of a new tab, in plancks. */
  minTab: Planck;
  /** The highest opening fee, in plancks. */
  maxOpenFee: Planck;
  /** The account that holds every tab. */
  escrowAccount: AccountId;
  /** Most payees in one version of terms. */
  maxPayees: number;
  /** Most operators a stream may name. */
  maxOperators: number;
  /** Most versions of terms stored at once for one stream. */
  maxTerms: number;
  /** Longest metadata of a stream, in bytes. */
  maxMetadata: number;
  /** Longest note of a tip, in bytes. */
  maxNote: number;
}

/** The constants of the built runtime; a chain's own are to be asked of it. */
export const TICK_STREAM_CONSTANTS: TickStreamConstants = {
  palletId: "0x7469636b7374726d",
  streamDeposit: 100_000_000_000n as Planck,
  termsDeposit: 50_000_000_000n as Planck,
  channelDeposit: 10_000_000_000n as Planck,
  maxOpenDelay: 50,
  updateDelay: 60,
  grace: 600,
  maxChannelLife: 100_800,
  maxTicks: 86_400,
  maxWalk: 4_096,
  maxBatch: 256,
  minChannel: 40_000_000_000n as Planck,
  minTab: 80_000_000_000n as Planck,
  maxOpenFee: 12_000_000_000n as Planck,
  escrowAccount: "0x6d6f646c7469636b7374726d0000000000000000000000000000000000000000" as AccountId,
  maxPayees: 8,
  maxOperators: 4,
  maxTerms: 8,
  maxMetadata: 1_024,
  maxNote: 256,
};
