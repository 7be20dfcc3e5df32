// SPDX-License-Identifier: Apache-2.0
import { fromSs58, toSs58, type AccountId } from "@tickstream/contracts-types";
import { SdkError } from "../errors.ts";
import { Emitter } from "../events.ts";
import type { InjectedWallet } from "../wallet.ts";
import {
  injectedProviders,
  type InjectedAccount,
  type InjectedExtension,
  type InjectedProvider,
} from "./injected-extension.ts";
import { describe, type WalletInfo } from "./list-wallets.ts";
import { WalletError, walletFailure } from "./wallet-error.ts";
import { answer, WalletRequests, type WalletRequestsOptions } from "./wallet-requests.ts";
import { walletSigner } from "./wallet-signer.ts";

/** An account that the person lets this site see. */
export interface WalletAccount {
  /** SS58, in the generic form whatever the wallet writes: good to compare and to remember. */
  address: string;
  account: AccountId;
  /** Empty where the person gave none. */
  name: string;
}

export interface ConnectWalletOptions extends WalletRequestsOptions {
  /** How the page introduces itself in the wallet's question. */
  appName: string;
  /** Where given, accounts that the person uses for another chain only are left out. */
  genesisHash?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** A wallet extension that the person let this page see. Keys never leave it. */
export interface ConnectedWallet extends WalletInfo {
  accounts(): WalletAccount[];
  /** The list changed: an account was added, removed, or taken from this site. Maybe none is left. */
  onAccounts(listener: (accounts: WalletAccount[]) => void): () => void;
  /**
   * What `openTab`, `tip` and the others sign with.
   *
   * @throws WalletError `wallet-account-unknown`
   */
  walletOf(address: string): InjectedWallet;
  /** Asks it no more: what waits for a signature fails. Extensions have no word for it, so the site stays allowed. */
  disconnect(): void;
}

const MAX_ACCOUNTS = 1_000;
const MAX_NAME_LENGTH = 128;
const CONNECT_TIMEOUT_MS = 180_000;

/** One queue an extension, whoever connects how often: its limits are the page's. */
const requestsOf = new WeakMap<InjectedProvider, WalletRequests>();

/**
 * Asks one extension, and no other, to let this page see accounts. The person agrees in the wallet's window the first
 * time; later it answers by itself.
 *
 * @param name of `listWallets`
 * @example
 * const [first] = await listWallets();
 * const wallet = await connectWallet(first.name, { appName: "My app" });
 * await openTab({ client, wallet: wallet.walletOf(wallet.accounts()[0].address), deposit });
 * @throws WalletError
 */
export async function connectWallet(name: string, options: ConnectWalletOptions): Promise<ConnectedWallet> {
  const { appName, genesisHash, signal, timeoutMs = CONNECT_TIMEOUT_MS } = options;
  const provider = injectedProviders().get(name);
  if (!provider) throw new WalletError("wallet-missing", { details: name });
  const extension = await ask(() => enable(provider, appName), { timeoutMs, signal });
  const first = await ask(() => extension.accounts.get(), { timeoutMs, signal });

  let requests = requestsOf.get(provider);
  if (!requests) requestsOf.set(provider, (requests = new WalletRequests(options)));
  // The newer form puts a number into the page, and tells its name when it is let in.
  const info = { ...describe(extension.name ?? name, provider), name };
  return connected(info, { extension, requests, genesisHash, first });
}

function connected(
  info: WalletInfo,
  parts: {
    extension: InjectedExtension;
    requests: WalletRequests;
    genesisHash: string | undefined;
    first: unknown;
  },
): ConnectedWallet {
  const { extension, requests, genesisHash } = parts;
  const events = new Emitter<{ accounts: WalletAccount[] }>();
  const closing = new AbortController();
  let known = usableAccounts(parts.first, genesisHash);
  if (known.size === 0) throw new WalletError("wallet-no-accounts");

  const list = () => Array.from(known.values(), ({ shown }) => shown);
  const unsubscribe = extension.accounts.subscribe?.((accounts) => {
    const before = [...known.keys()].join();
    known = usableAccounts(accounts, genesisHash);
    if (!closing.signal.aborted && [...known.keys()].join() !== before) events.emit("accounts", list());
  });

  return {
    ...info,
    accounts: list,
    onAccounts: (listener) => events.on("accounts", listener),
    walletOf(address) {
      const find = () => {
        const found = known.get(fromSs58(address));
        if (!found) throw new WalletError("wallet-account-unknown");
        return found.address;
      };
      const signer = walletSigner({ extension, requests, addressOf: find, closing: closing.signal });
      find();
      return { address, ...signer };
    },
    disconnect() {
      closing.abort(new SdkError("disposed", "The wallet was disconnected."));
      unsubscribe?.();
      events.clear();
    },
  };
}

/** Talks to the extension before it is connected: nothing is queued yet. */
async function ask<T>(
  request: () => Promise<T>,
  options: { timeoutMs: number; signal: AbortSignal | undefined },
): Promise<T> {
  try {
    return await answer(request, options);
  } catch (thrown) {
    if (options.signal?.aborted) throw thrown;
    throw walletFailure(thrown);
  }
}

async function enable(provider: InjectedProvider, appName: string): Promise<InjectedExtension> {
  const extension = await (provider.connect ?? provider.enable)?.call(provider, appName);
  if (typeof extension?.accounts?.get !== "function" || typeof extension.signer !== "object") {
    throw new WalletError("wallet-failed", { details: "it does not speak the extensions' protocol" });
  }
  return extension;
}

/** Accounts that can sign for the chain, each with the address as the wallet itself writes it. */
function usableAccounts(
  accounts: unknown,
  genesisHash: string | undefined,
): Map<AccountId, { shown: WalletAccount; address: string }> {
  const usable = new Map<AccountId, { shown: WalletAccount; address: string }>();
  if (!Array.isArray(accounts)) return usable;
  for (const { address, name, type, genesisHash: tied } of accounts.slice(
    0,
    MAX_ACCOUNTS,
  ) as InjectedAccount[]) {
    if (type === "ethereum" || (tied && genesisHash && tied !== genesisHash)) continue;
    const account = accountOf(address);
    if (account === null) continue;
    const given = typeof name === "string" ? name.slice(0, MAX_NAME_LENGTH) : "";
    usable.set(account, { shown: { address: toSs58(account), account, name: given }, address });
  }
  return usable;
}

function accountOf(address: unknown): AccountId | null {
  try {
    return fromSs58(String(address));
  } catch {
    // An address of another kind of chain, which some wallets list without saying so.
    return null;
  }
}
