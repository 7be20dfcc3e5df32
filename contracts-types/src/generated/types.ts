// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate:types` from the metadata that the built runtime gives of itself. Do not edit.
import type { Planck } from "../amounts.ts";
import type { Hex } from "../hex.ts";
import type { AccountId, ChannelId, StreamId } from "../ids.ts";

export interface Channel {
  tab: bigint;
  stream: StreamId;
  terms: number;
  operator: AccountId;
  maxTicks: number;
  settled: number;
  proof: Hex;
  end: number;
  closeRequested: boolean;
  depositor: AccountId;
  deposit: Planck;
}

export interface Commitment {
  tab: bigint;
  nonce: number;
  openBy: number;
  stream: StreamId;
  terms: number;
  rate: Planck;
  operator: AccountId;
  openFee: Planck;
  anchor: Hex;
  maxTicks: number;
  expiresAt: number;
}

export interface NonceWindow {
  highest: number | null;
  used: bigint;
}

export interface OpenItem {
  commitment: Commitment;
  signature: Hex;
}

export interface Payee {
  account: AccountId;
  /** In parts per billion. */
  share: number;
}

export type SessionKey =
  | { type: "Ed25519"; value: Hex }
  | { type: "Sr25519"; value: Hex };

export interface SettleItem {
  channel: ChannelId;
  ticks: number;
  preimage: Hex | null;
  hashes: number;
  close: boolean;
}

export interface Stream {
  creator: AccountId;
  operators: AccountId[];
  metadata: Hex;
  tickMs: number;
  currentTerms: number;
  storedTerms: number[];
  retired: boolean;
  deposit: Planck;
}

export interface Tab {
  owner: AccountId;
  sessionKey: SessionKey;
  expiresAt: number;
  free: Planck;
  setAside: Planck;
  claimable: Planck;
  nonces: NonceWindow;
  channels: number;
  closed: boolean;
}

export interface Terms {
  rate: Planck;
  /** In parts per billion. */
  operatorShare: number;
  payees: Payee[];
  replacedAt: number | null;
  channels: number;
  deposit: Planck;
}
