// SPDX-License-Identifier: Apache-2.0
import type { FinalBlock, TickStreamChainEvent } from "@tickstream/chain-client";
import type { AccountId, ChannelId, Hex, Planck, StreamId } from "@tickstream/contracts-types";

/** A version of terms, as far as money is shared by it. */
export interface SharedBy {
  rate: Planck;
  /** Parts per billion. */
  operatorShare: number;
  payees: { account: AccountId; share: number }[];
}

/** What the chain says of the past. Each rejects while it is out of reach. */
export interface ChainForHistory {
  /** The newest final block's number; `null` while the chain is out of reach. */
  finalized(): number | null;
  /** Final blocks in order from `from` on, at most `count`; rejects where the chain has forgotten one of them. */
  blocks(from: number, count: number): Promise<FinalBlock[]>;
  /** The hash of the chain's block of this number; `null` where there is none. */
  hashOf(number: number): Promise<Hex | null>;
  /** State after a block. */
  stream(stream: StreamId, at: Hex): Promise<{ creator: AccountId; currentTerms: number } | null>;
  terms(stream: StreamId, version: number, at: Hex): Promise<SharedBy | null>;
  channel(
    channel: ChannelId,
    at: Hex,
  ): Promise<{ stream: StreamId; terms: number; operator: AccountId } | null>;
  /** Calls back with each block of the best chain, which after a reorganisation comes again from the fork on. */
  onBest(
    callback: (block: { number: number; hash: Hex }, events: readonly TickStreamChainEvent[]) => void,
  ): () => void;
  /** Calls back when there may be another final block, or the connection came or went. */
  onChange(callback: () => void): () => void;
}
