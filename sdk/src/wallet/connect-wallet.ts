// SPDX-License-Identifier: Apache-2.0
import { SdkError } from "../errors.ts";
import type { InjectedWallet } from "../wallet.ts";
import { injectedProviders, type InjectedExtension, type InjectedProvider } from "./injected-extension.ts";
import { describe, type WalletInfo } from "./list-wallets.ts";
import { type WalletAccount, WalletAccounts } from "./wallet-accounts.ts";
import { WalletError, walletFailure } from "./wallet-error.ts";
import { answer, WalletRequests, type WalletRequestsOptions } from "./wallet-requests.ts";
import { walletSigner } from "./wallet-signer.ts";

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
  const accounts = new WalletAccounts(extension, first, genesisHash);
  if (accounts.list.length === 0) {
    accounts.stop();
    throw new WalletError("wallet-no-accounts");
  }

  let requests = requestsOf.get(provider);
  if (!requests) requestsOf.set(provider, (requests = new WalletRequests(options)));
  // The newer form puts a number into the page, and tells its name when it is let in.
  const info = { ...describe(extension.name ?? name, provider), name };
  return connected(info, { extension, requests, accounts });
}

function connected(
  info: WalletInfo,
  parts: { extension: InjectedExtension; requests: WalletRequests; accounts: WalletAccounts },
): ConnectedWallet {
  const { extension, requests, accounts } = parts;
  const closing = new AbortController();
  return {
    ...info,
    accounts: () => accounts.list,
    onAccounts: (listener) => accounts.onChange(listener),
    walletOf(address) {
      accounts.addressOf(address);
      return {
        address,
        ...walletSigner({ extension, requests, accounts, address, closing: closing.signal }),
      };
    },
    disconnect() {
      closing.abort(new SdkError("disposed", "The wallet was disconnected."));
      accounts.stop();
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
    throw walletFailure(thrown, { declined: "wallet-connection-declined" });
  }
}

async function enable(provider: InjectedProvider, appName: string): Promise<InjectedExtension> {
  const extension = await (provider.connect ?? provider.enable)?.call(provider, appName);
  if (typeof extension?.accounts?.get !== "function" || typeof extension.signer !== "object") {
    throw new WalletError("wallet-failed", { details: "it does not speak the extensions' protocol" });
  }
  return extension;
}
