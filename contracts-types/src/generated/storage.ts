// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate:types` from the metadata that the built runtime gives of itself. Do not edit.
import type { AccountId, ChannelId } from "../ids.ts";
import type { Channel, Stream, Tab, Terms } from "./types.ts";

/** What the pallet keeps: the keys and the value of each item. A missing value is `null`. */
export interface TickStreamStorage {
  /** The id given to the newest stream; the first is 1. */
  lastStreamId: { keys: []; value: bigint };
  /** The id given to the newest tab; the first is 1. */
  lastTabId: { keys: []; value: bigint };
  /** Offers of creators. */
  streams: { keys: [bigint]; value: Stream | null };
  /** Versions of streams' prices. */
  termsOf: { keys: [bigint, number]; value: Terms | null };
  /** Escrow of viewers' devices. */
  tabs: { keys: [bigint]; value: Tab | null };
  /** Look-up: the tabs of an owner. */
  tabsOf: { keys: [AccountId, bigint]; value: null };
  /** Commitments on chain. The id is a hash that nobody can choose, so it needs no hasher. */
  channels: { keys: [ChannelId]; value: Channel | null };
  /** Look-up: the open channels of a tab. */
  channelsOf: { keys: [bigint, ChannelId]; value: null };
}
