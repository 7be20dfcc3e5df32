// SPDX-License-Identifier: Apache-2.0
import type { TransactionHandle, TransactionSigner } from "@tickstream/chain-client";
import { fromSs58, planck, type Planck } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
import { abortError } from "../errors.ts";
import type { Wallet } from "../wallet.ts";
import type { TabRecord } from "./session-store.ts";

/** How far a wallet's transaction is. */
export type TabStep = "connecting" | "signing" | "broadcast" | "in-block" | "finalized";

interface TabActionOptions {
  client: TickstreamClient;
  /** Signs once, pays the fee, and owns the tab. */
  wallet: Wallet;
  onStep?: ((step: TabStep) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface OpenTabOptions extends TabActionOptions {
  /** Plancks to set aside; raised to the chain's minimum where it is less. */
  deposit: Planck;
  /** For how many blocks; four weeks of 6 s blocks unless given. */
  lifeBlocks?: number | undefined;
}

/** A tab of this device, as the chain has it. */
export interface TabSummary extends TabRecord {
  /** Plancks that no channel has set aside. */
  free: Planck;
  /** Plancks that open channels have set aside. */
  setAside: Planck;
  closed: boolean;
}

const DEFAULT_LIFE_BLOCKS = 403_200;

/** Funds a tab for this device's session key: the wallet's one signature. Resolves when a block has it. */
export async function openTab(options: OpenTabOptions): Promise<TabRecord> {
  const { client, wallet, lifeBlocks = DEFAULT_LIFE_BLOCKS, onStep, signal } = options;
  const store = await client.store();
  const sessionKey = await store.sessionKey();
  onStep?.("connecting");
  const [chainClient, chain] = await Promise.all([import("@tickstream/chain-client"), client.chain()]);
  const { minTab } = chainClient.getConstants(chain);
  const deposit = options.deposit < minTab ? minTab : options.deposit;
  const expiresAt = chain.bestHead().number + lifeBlocks;
  const handle = chainClient.openTab(chain, { signer: signerOf(wallet), deposit, sessionKey, expiresAt });
  const { value } = await follow(handle, onStep, signal);
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
  const { client, wallet, tab, amount, onStep, signal } = options;
  onStep?.("connecting");
  const [chainClient, chain] = await Promise.all([import("@tickstream/chain-client"), client.chain()]);
  await follow(chainClient.topUpTab(chain, { signer: signerOf(wallet), tab, amount }), onStep, signal);
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
  const { client, wallet, tab, onStep, signal } = options;
  onStep?.("connecting");
  const [chainClient, chain] = await Promise.all([import("@tickstream/chain-client"), client.chain()]);
  const { value } = await follow(
    chainClient.closeTab(chain, { signer: signerOf(wallet), tab }),
    onStep,
    signal,
  );
  await (await client.store()).removeTab(chain.genesisHash, tab);
  return value.returned;
}

/**
 * This device's tabs with what the chain has of them, of one owner where given; tabs the chain has no more are
 * forgotten.
 *
 * @param options.owner SS58 address
 */
export async function listTabs(options: { client: TickstreamClient; owner?: string }): Promise<TabSummary[]> {
  const { client } = options;
  const owner = options.owner === undefined ? null : fromSs58(options.owner);
  const store = await client.store();
  const [chainClient, chain, key] = await Promise.all([
    import("@tickstream/chain-client"),
    client.chain(),
    store.sessionKey(),
  ]);
  const records = (await store.tabs(chain.genesisHash)).filter(
    (tab) => tab.sessionKey === key.publicKeyHex && (owner === null || tab.owner === owner),
  );
  const summaries: TabSummary[] = [];
  for (const record of records) {
    const onChain = await chainClient.getTab(chain, { tab: record.tab });
    if (onChain === null) await store.removeTab(record.genesisHash, record.tab);
    else
      summaries.push({ ...record, free: onChain.free, setAside: onChain.setAside, closed: onChain.closed });
  }
  return summaries;
}

/** The chain client asks an account for its address and either a signer or, of a key pair, its own signature. */
function signerOf(wallet: Wallet): TransactionSigner {
  return wallet as TransactionSigner;
}

async function follow<T>(
  handle: TransactionHandle<T>,
  onStep: ((step: TabStep) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<{ value: T }> {
  const report = (progress: TransactionHandle["progress"]) => {
    if (progress !== "failed") onStep?.(progress);
  };
  report(handle.progress);
  const off = handle.onProgress(report);
  try {
    if (!signal) return await handle.included;
    return await Promise.race([handle.included, aborted(signal)]);
  } finally {
    off();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(abortError(signal));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
