// SPDX-License-Identifier: Apache-2.0
import type { AccountId, Hex, Planck, SessionKey, StreamId } from "@tickstream/contracts-types";
import type { NonceWindow } from "./nonce-window.ts";

/** A tab, as far as the ledger looks at it. */
export interface ChainTab {
  sessionKey: SessionKey;
  /** Last block at which a channel of it may end. */
  expiresAt: number;
  /** What new channels may set aside, in plancks. */
  free: Planck;
  nonces: NonceWindow;
  closed: boolean;
}

/** A stream and one version of its terms. */
export interface ChainTerms {
  creator: AccountId;
  /** Who may serve it; empty means anyone. */
  operators: AccountId[];
  tickMs: number;
  retired: boolean;
  /** The version that opens channels now. */
  current: number;
  version: number;
  rate: Planck;
  /** Parts per billion. */
  operatorShare: number;
  payees: { account: AccountId; share: number }[];
  /** Block in which a newer version took over. */
  replacedAt: number | null;
}

export type At = "best" | "finalized";

/** What the ledger asks the chain. Every method rejects when the chain cannot be reached. */
export interface ChainForLedger {
  readonly genesisHash: Hex;
  /** Block numbers; `null` while the chain is unreachable. */
  heads(): { best: number; finalized: number } | null;
  tab(id: bigint, at: At): Promise<ChainTab | null>;
  /** The given version of a stream's terms, or the current one. */
  terms(stream: StreamId, version: number | null, at: At): Promise<ChainTerms | null>;
}

/** Limits of the pallet, in blocks or plancks. */
export interface ChainLimits {
  maxOpenDelay: number;
  updateDelay: number;
  maxChannelLife: number;
  maxTicks: number;
  minChannel: Planck;
}
