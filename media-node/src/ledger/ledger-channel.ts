// SPDX-License-Identifier: Apache-2.0
import type { ChannelId, Commitment, SessionKey } from "@tickstream/contracts-types";
import type { ChannelState } from "../database/schema.ts";
import type { EpochRanges } from "./epoch-ranges.ts";

/** What the one socket that uses a channel is told by the ledger. */
export interface ChannelHolder {
  /** Another socket uses the channel now. */
  superseded(channel: ChannelId): void;
  /** State, end or close request changed: credit may have grown, or selling may have stopped. */
  changed(channel: LedgerChannel): void;
}

/** A channel in memory. Its fields may be ahead of the database; keys leave only after {@link GroupCommit} says so. */
export interface LedgerChannel {
  readonly id: ChannelId;
  readonly commitment: Commitment;
  readonly sessionKey: SessionKey;
  state: ChannelState;
  failure: string | null;
  /** Highest proof: `p(ticks) = preimage`. */
  ticks: number;
  preimage: Uint8Array;
  readonly bought: EpochRanges;
  soldBeforeInclusion: number | null;
  settledBest: number;
  settledFinal: number;
  /** Last block in which it can be settled. */
  end: number;
  closeRequested: boolean;
  leaving: boolean;
  holder: ChannelHolder | null;
}
