// SPDX-License-Identifier: Apache-2.0
import {
  accountId,
  planck,
  type AccountId,
  type Hex,
  type SessionKey,
  type StreamId,
} from "@tickstream/contracts-types";
import type { At, ChainForLedger, ChainLimits, ChainTab, ChainTerms } from "../ledger/chain-for-ledger.ts";

export const OPERATOR: AccountId = accountId(`0x${"0a".repeat(32)}`);
const CREATOR: AccountId = accountId(`0x${"0c".repeat(32)}`);
export const GENESIS: Hex = `0x${"9e".repeat(32)}`;

export const LIMITS: ChainLimits = {
  maxOpenDelay: 50,
  updateDelay: 60,
  maxChannelLife: 100_800,
  maxTicks: 86_400,
  minChannel: planck(100n),
};

/** A chain whose every state a test can set: best and finalized apart, out of reach, terms replaced. */
export class ChainDouble implements ChainForLedger {
  readonly genesisHash = GENESIS;
  readonly tabs = { best: new Map<bigint, ChainTab>(), finalized: new Map<bigint, ChainTab>() };
  readonly versions = new Map<string, ChainTerms>();
  reachable = true;
  best = 1_000;
  finalized = 998;

  heads(): { best: number; finalized: number } | null {
    return this.reachable ? { best: this.best, finalized: this.finalized } : null;
  }

  tab(id: bigint, at: At): Promise<ChainTab | null> {
    if (!this.reachable) return Promise.reject(new Error("unreachable"));
    return Promise.resolve(this.tabs[at].get(id) ?? null);
  }

  terms(stream: StreamId, version: number | null): Promise<ChainTerms | null> {
    if (!this.reachable) return Promise.reject(new Error("unreachable"));
    return Promise.resolve(this.versions.get(`${stream}/${version ?? 1}`) ?? null);
  }

  setTab(id: bigint, sessionKey: SessionKey, changes: Partial<ChainTab> = {}): void {
    const tab: ChainTab = {
      sessionKey,
      expiresAt: 50_000,
      free: planck(1_000_000n),
      nonces: { highest: null, used: 0n },
      closed: false,
      ...changes,
    };
    this.tabs.best.set(id, tab);
    this.tabs.finalized.set(id, tab);
  }

  setTerms(stream: StreamId, changes: Partial<ChainTerms> = {}): void {
    const terms: ChainTerms = {
      creator: CREATOR,
      operators: [],
      tickMs: 1_000,
      retired: false,
      current: 1,
      version: 1,
      rate: planck(10n),
      operatorShare: 100_000_000,
      payees: [{ account: CREATOR, share: 1_000_000_000 }],
      replacedAt: null,
      ...changes,
    };
    this.versions.set(`${stream}/${terms.version}`, terms);
  }
}
