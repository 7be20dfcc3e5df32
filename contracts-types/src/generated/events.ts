// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate:types` from the metadata that the built runtime gives of itself. Do not edit.
import type { Planck } from "../amounts.ts";
import type { DispatchFailure } from "../dispatch-failure.ts";
import type { Hex } from "../hex.ts";
import type { AccountId, ChannelId, StreamId } from "../ids.ts";
import type { Commitment, Payee, SessionKey } from "./types.ts";

/** The pallet's events, and what each carries. */
export interface TickStreamEvents {
  /** A creator made an offer; its first terms are version 1. */
  StreamRegistered: {
    stream: StreamId;
    creator: AccountId;
    tickMs: number;
    operators: AccountId[];
    metadata: Hex;
  };
  /** A version of a stream's terms took effect. */
  TermsAdded: {
    stream: StreamId;
    terms: number;
    rate: Planck;
    /** In parts per billion. */
    operatorShare: number;
    payees: Payee[];
  };
  /** A version of terms that no channel used is gone. */
  TermsRemoved: {
    stream: StreamId;
    terms: number;
  };
  /** A stream's operators and metadata were replaced. */
  StreamUpdated: {
    stream: StreamId;
    operators: AccountId[];
    metadata: Hex;
  };
  /** A stream opens no more channels. */
  StreamRetired: {
    stream: StreamId;
  };
  /** A retired stream's last channel has ended: the stream is gone. */
  StreamRemoved: {
    stream: StreamId;
  };
  /** A viewer moved a deposit into escrow. */
  TabOpened: {
    tab: bigint;
    owner: AccountId;
    deposit: Planck;
    sessionKey: SessionKey;
    expiresAt: number;
  };
  /** A viewer added to a tab. */
  TabToppedUp: {
    tab: bigint;
    amount: Planck;
  };
  /** A tab's session key was replaced. */
  SessionKeySet: {
    tab: bigint;
    sessionKey: SessionKey;
  };
  /** A tab opens no more channels. */
  TabClosed: {
    tab: bigint;
  };
  /** Money went from a tab back to its owner. */
  TabReturned: {
    tab: bigint;
    owner: AccountId;
    amount: Planck;
  };
  /** Money that the owner's account could not take stays in the tab, to be claimed by `close_tab`. */
  TabClaimable: {
    tab: bigint;
    claimable: Planck;
  };
  /** A closed tab with no channel and nothing to claim is gone. */
  TabRemoved: {
    tab: bigint;
  };
  /** A commitment is on chain. */
  ChannelOpened: {
    channel: ChannelId;
    commitment: Commitment;
  };
  /** Ticks were paid; the payees' parts follow from the channel's terms. */
  Settled: {
    channel: ChannelId;
    /** Ticks settled before. */
    from: number;
    /** Ticks settled now. */
    ticks: number;
    preimage: Hex;
    amount: Planck;
    operatorPaid: Planck;
  };
  /** A channel will end at this block. */
  CloseRequested: {
    channel: ChannelId;
    end: number;
  };
  /** A channel is gone. */
  ChannelEnded: {
    channel: ChannelId;
    /** Plancks paid over its life. */
    paid: Planck;
    /** Plancks that went back to the tab or its owner. */
    freed: Planck;
  };
  /** A payee's account could not take its part; the stream's creator got it. */
  ShareRedirected: {
    stream: StreamId;
    payee: AccountId;
    amount: Planck;
  };
  /** One item of a batch failed; the others stand. */
  ItemFailed: {
    index: number;
    channel: ChannelId;
    error: DispatchFailure;
  };
  /** Someone tipped a stream's payees. */
  Tipped: {
    stream: StreamId;
    from: AccountId;
    amount: Planck;
    note: Hex;
  };
}

export type TickStreamEventName = keyof TickStreamEvents;

/** One of the pallet's events. */
export type TickStreamEvent = {
  [Name in TickStreamEventName]: { name: Name; data: TickStreamEvents[Name] };
}[TickStreamEventName];
