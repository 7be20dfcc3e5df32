// SPDX-License-Identifier: Apache-2.0
import type { AccountId, Epoch, Hex, Planck, StreamId } from "@tickstream/contracts-types";
import type { ChainTerms } from "../ledger/chain-for-ledger.ts";
import type { SaleWindow } from "../ledger/accept-tick.ts";
import type { EpochKeys } from "../protect/pay-gate.ts";

/** What the pay socket needs of a stream it sells. */
export interface PaidStream {
  readonly id: StreamId;
  readonly vault: EpochKeys;
  /** Newest epoch that media exists of; `null` when off air. */
  edgeEpoch(): Epoch | null;
  /** Oldest epoch still in the window. */
  firstEpoch(): Epoch | null;
  /** Calls back with each new edge, and with `null` when the stream has ended. */
  onEdge(callback: (edge: Epoch | null) => void): () => void;
}

/** The streams that this node sells, by their id on chain. */
export interface PaidStreams {
  find(id: StreamId): PaidStream | undefined;
}

/** What every viewer is told in `terms`, whatever the stream. */
export interface SellerTerms {
  operator: AccountId;
  genesisHash: Hex;
  openFee: Planck;
  /** Ticks that may be paid ahead of keys delivered. */
  exposureWindow: number;
  previewTicks: number;
  creditTicks: number;
  unfinalizedTicks: number;
}

/** The current terms of a stream: from the chain, or the last known ones while it is out of reach. */
export interface CurrentTerms {
  get(stream: StreamId): Promise<ChainTerms | "unreachable" | null>;
  /** The best block's number, the last known one where the chain is out of reach. */
  head(): number;
}

/** Epochs for sale now: the window, and one beyond the live edge so that the next key can be there in time. */
export function saleWindow(stream: PaidStream): SaleWindow | null {
  const edge = stream.edgeEpoch();
  if (edge === null) return null;
  return { from: stream.firstEpoch() ?? edge, to: edge + 1 };
}
