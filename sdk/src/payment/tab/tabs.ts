// SPDX-License-Identifier: Apache-2.0
import { fromSs58, planck, type Hex, type Planck } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../../client.ts";
import {
  followTransaction,
  transactionSigner,
  type TransactionOptions,
} from "../../wallet/follow-transaction.ts";
import type { SessionStore, TabRecord } from "../session-store.ts";

/** The wallet signs once, pays the fee, and owns the tab. */
interface TabActionOptions extends TransactionOptions {
  client: TickstreamClient;
}

export interface OpenTabOptions extends TabActionOptions {
  /** Plancks to set aside; raised to the chain's minimum where it is less. */
  deposit: Planck;
  /** For how many blocks; four weeks of 6 s blocks unless given. */
  lifeBlocks?: number | undefined;
}

/** A tab as the chain has it. */
export interface TabSummary extends TabRecord {
  /** Plancks that no channel has set aside. */
  free: Planck;
  /** Plancks that open channels have set aside. */
  setAside: Planck;
  /** Plancks that came back and did not fit the owner's empty account: closing the tab again pays them out. */
  claimable: Planck;
  closed: boolean;
  /** Whether this device's session key pays from it; else another device's, or one that was replaced. */
  ours: boolean;
}

const DEFAULT_LIFE_BLOCKS = 403_200;

/** Funds a tab for this device's session key: the wallet's one signature. Resolves when a block has it. */
export async function openTab(options: OpenTabOptions): Promise<TabRecord> {
  const { client, wallet, lifeBlocks = DEFAULT_LIFE_BLOCKS, onStep } = options;
  const store = await client.store();
  const sessionKey = await store.sessionKey();
  onStep?.("connecting");
  const [chainClient, chain] = await Promise.all([import("@tickstream/chain-client"), client.chain()]);
  const { minTab } = chainClient.getConstants(chain);
  const deposit = options.deposit < minTab ? minTab : options.deposit;
  const expiresAt = chain.bestHead().number + lifeBlocks;
  const signer = transactionSigner(chain, options);
  const handle = chainClient.openTab(chain, { signer, deposit, sessionKey, expiresAt });
  const { value } = await followTransaction(handle, options);
  const tab: TabRecord = {
    genesisHash: chain.genesisHash,
    tab: value.tab,
    owner: fromSs58(wallet.address),
    deposit,
    expiresAt,
    sessionKey: sessionKey.publicKeyHex,
  };
  await store.putTab(tab);
  return tab;
}

/** Adds to a tab; `session.retry()` goes on with it. */
export async function topUpTab(options: TabActionOptions & { tab: bigint; amount: Planck }): Promise<void> {
  const { client, tab, amount, onStep } = options;
  onStep?.("connecting");
  const [chainClient, chain] = await Promise.all([import("@tickstream/chain-client"), client.chain()]);
  const signer = transactionSigner(chain, options);
  await followTransaction(chainClient.topUpTab(chain, { signer, tab, amount }), options);
  const store = await client.store();
  const known = (await store.tabs(chain.genesisHash)).find((record) => record.tab === tab);
  if (known) await store.putTab({ ...known, deposit: planck(known.deposit + amount) });
}

/**
 * Closes a tab. What no channel has set aside comes back at once, the rest as the channels end.
 *
 * @returns the plancks that came back at once
 */
export async function closeTab(options: TabActionOptions & { tab: bigint }): Promise<Planck> {
  const { client, tab, onStep } = options;
  onStep?.("connecting");
  const [chainClient, chain] = await Promise.all([import("@tickstream/chain-client"), client.chain()]);
  const signer = transactionSigner(chain, options);
  const { value } = await followTransaction(chainClient.closeTab(chain, { signer, tab }), options);
  await (await client.store()).removeTab(chain.genesisHash, tab);
  return value.returned;
}

export interface ListTabsOptions {
  client: TickstreamClient;
  /** SS58 address: only tabs that this account funded. */
  owner?: string | undefined;
  /** The owner's tabs of other devices too, as the chain lists them. */
  everywhere?: boolean | undefined;
}

/** This device's tabs with what the chain has of them; tabs the chain has no more are forgotten. */
export async function listTabs(options: ListTabsOptions): Promise<TabSummary[]> {
  const { client, everywhere = false } = options;
  const owner = options.owner === undefined ? null : fromSs58(options.owner);
  const [chainClient, chain, store] = await Promise.all([
    import("@tickstream/chain-client"),
    client.chain(),
    client.store(),
  ]);
  const known = new Map(
    (await store.tabs(chain.genesisHash))
      .filter((record) => owner === null || record.owner === owner)
      .map((record) => [record.tab, record]),
  );
  const elsewhere = everywhere && owner !== null ? await chainClient.getTabsOf(chain, { owner }) : [];
  const channels = await store.channels(chain.genesisHash);
  const summaries: TabSummary[] = [];
  for (const tab of new Set([...known.keys(), ...elsewhere])) {
    const onChain = await chainClient.getTab(chain, { tab });
    if (onChain === null) {
      await store.removeTab(chain.genesisHash, tab);
      continue;
    }
    const sessionKey = onChain.sessionKey.value;
    const ours = await isOurs(store, sessionKey);
    const record = known.get(tab);
    // The chain has the last word on who pays: a key was replaced here, and the page closed before it was noted. And, where
    // this device has no promise open on the tab, on what it holds.
    const busy = channels.some(({ commitment }) => commitment.tab === tab);
    const deposit = busy && record ? record.deposit : planck(onChain.free + (ours ? 0n : onChain.setAside));
    if (record && (record.sessionKey !== sessionKey || record.deposit !== deposit)) {
      await store.putTab({ ...record, sessionKey, deposit });
    }
    if (!ours && !everywhere) continue;
    const { free, setAside, claimable, closed, expiresAt } = onChain;
    const { genesisHash } = chain;
    summaries.push({
      genesisHash,
      tab,
      owner: onChain.owner,
      deposit,
      expiresAt,
      sessionKey,
      free,
      setAside,
      claimable,
      closed,
      ours,
    });
  }
  return summaries;
}

async function isOurs(store: SessionStore, sessionKey: Hex): Promise<boolean> {
  if ((await store.sessionKey()).publicKeyHex === sessionKey) return true;
  await store.adoptSessionKey(sessionKey);
  return (await store.sessionKey()).publicKeyHex === sessionKey;
}
