// SPDX-License-Identifier: Apache-2.0
import type { InjectedExtension } from "@polkadot/extension-inject/types";
import { TickstreamError } from "@tickstream/contracts-types";

/** An account that a wallet extension offers. */
interface WalletAccount {
  /** SS58. */
  address: string;
  name: string;
  /** The extension's name. */
  source: string;
}

/** A wallet that allowed this page to see its accounts. Keys never leave the extension. */
export interface Wallet {
  accounts: WalletAccount[];
  /** What signs for an account; asks the person each time. */
  signerOf(address: string): InjectedExtension["signer"];
}

/** No wallet can be used. Codes: `wallet-missing`, `wallet-no-accounts`, `wallet-refused`. */
class WalletError extends TickstreamError {
  override readonly name = "WalletError";
}

/** How the page introduces itself to extensions. */
const APP_NAME = "Tickstream";

/**
 * Connects to the wallet extensions of this browser, by the injected protocol that they share.
 * The library for it comes when this is called: nobody who only looks around loads it.
 */
export async function connectWallet(): Promise<Wallet> {
  const { web3Accounts, web3Enable } = await import("@polkadot/extension-dapp");
  const extensions = await web3Enable(APP_NAME);
  if (extensions.length === 0) {
    throw Object.keys((window as { injectedWeb3?: object }).injectedWeb3 ?? {}).length > 0
      ? new WalletError("wallet-refused", "The wallet didn't allow this page to connect.")
      : new WalletError("wallet-missing", "No wallet was found in this browser.");
  }
  const accounts = (await web3Accounts()).map(({ address, meta }) => ({
    address,
    name: meta.name ?? "Account",
    source: meta.source,
  }));
  if (accounts.length === 0) throw new WalletError("wallet-no-accounts", "The wallet offers no account.");
  return {
    accounts,
    signerOf(address) {
      const source = accounts.find((account) => account.address === address)?.source;
      const extension = extensions.find(({ name }) => name === source);
      if (!extension)
        throw new WalletError("wallet-no-accounts", "The wallet no longer offers this account.");
      return extension.signer;
    },
  };
}
