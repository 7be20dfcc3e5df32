// SPDX-License-Identifier: Apache-2.0
import type { ChannelId, Commitment } from "@tickstream/contracts-types";
import type { At } from "../ledger/chain-for-ledger.ts";

/** A channel as the chain has it. */
export interface ChainChannel {
  settled: number;
  /** `p(settled)`. */
  proof: Uint8Array;
  /** Last block in which it can be settled. */
  end: number;
  closeRequested: boolean;
}

export interface OpenItem {
  channel: ChannelId;
  commitment: Commitment;
  signature: Uint8Array;
}

export interface SettleItem {
  channel: ChannelId;
  ticks: number;
  /** Missing where nothing is added. */
  preimage: Uint8Array | null;
  /** Hashes from the preimage down to what was settled before. */
  hashes: number;
  close: boolean;
}

/** What happened on chain to a channel. */
export type ChannelEvent =
  | { type: "opened"; channel: ChannelId }
  | { type: "settled"; channel: ChannelId; ticks: number; preimage: Uint8Array }
  | { type: "close-requested"; channel: ChannelId; end: number }
  | { type: "ended"; channel: ChannelId }
  /** One item of a batch of ours did not go through; `error` is the pallet's name for it. */
  | { type: "item-failed"; channel: ChannelId; error: string };

/** A batch on its way. Both promises reject when it is dropped, usurped, expired or refused: then it may be sent again. */
export interface SentBatch {
  /** In the best block. */
  included: Promise<ChannelEvent[]>;
  finalized: Promise<ChannelEvent[]>;
}

/** What settling asks of the chain. */
export interface ChainForSettlement {
  heads(): { best: number; finalized: number } | null;
  channel(id: ChannelId, at: At): Promise<ChainChannel | null>;
  openBatch(items: OpenItem[]): Promise<SentBatch>;
  settleBatch(items: SettleItem[]): Promise<SentBatch>;
}
