// SPDX-License-Identifier: Apache-2.0
import type { ChainForLedger, ChainLimits } from "../ledger/chain-for-ledger.ts";
import type { At } from "../ledger/chain-for-ledger.ts";
import type { ChainForHistory } from "../history/chain-for-history.ts";
import type { ChainForSettlement, ChannelEvent } from "../settlement/chain-for-settlement.ts";
import type { AccountId, Planck, StreamId } from "@tickstream/contracts-types";

/** What the pallet of this chain says once and for all. */
export interface ChainFacts {
  limits: ChainLimits;
  /** Hashes that one settlement may spend. */
  maxWalk: number;
  /** Plancks: about the fee of opening and settling a channel. */
  openAndSettleFee: Planck;
  /** Plancks held from the operator while a channel is open. */
  channelDeposit: Planck;
  /** What the chain's token is called, and its decimal places. */
  token: { symbol: string; decimals: number };
}

/** A stream's record, as far as its creator's signature speaks by it. */
export interface StreamRegistration {
  creator: AccountId;
  /** As UTF-8. */
  metadata: string;
}

/** The chain, as all parts of the node together need it. */
export interface NodeChain extends ChainForLedger, ChainForSettlement {
  readonly facts: ChainFacts;
  /** What it says of the past. */
  readonly history: ChainForHistory;
  /** Who registered a stream, and what its record says, in the finalized chain; `null` where there is none. */
  registration(stream: StreamId): Promise<StreamRegistration | null>;
  /** What the operator's account can spend, in plancks. */
  operatorBalance(): Promise<Planck>;
  /** Calls back after the best or finalized head moved, with what happened to channels in that block. */
  onBlock(callback: (at: At, number: number, events: ChannelEvent[]) => void): () => void;
  /** Connection lost or found again. */
  onConnection(callback: (connected: boolean) => void): () => void;
  disconnect(): Promise<void>;
}
