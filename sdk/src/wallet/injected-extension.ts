// SPDX-License-Identifier: Apache-2.0

// What wallet extensions put into a page: the protocol of `@polkadot/extension-inject`, as far as it is used here.
// The library on top of it, extension-dapp, opens every extension at once and hides why one refused (decision 0010).

import type { WalletChainDescription } from "@tickstream/chain-client";
import type { WalletSigner } from "../wallet.ts";

/** An entry of `window.injectedWeb3`. */
export interface InjectedProvider {
  version?: string;
  /** The newer form; answers with name and version besides. */
  connect?: (appName: string) => Promise<InjectedExtension>;
  enable?: (appName: string) => Promise<InjectedExtension>;
}

/** What an extension gives a page that the person let in. */
export interface InjectedExtension {
  /** Of the newer form. */
  name?: string;
  accounts: {
    get(anyType?: boolean): Promise<InjectedAccount[]>;
    subscribe?: (listener: (accounts: InjectedAccount[]) => void) => () => void;
  };
  metadata?: InjectedMetadata;
  signer: WalletSigner;
}

export interface InjectedAccount {
  address: string;
  name?: string;
  /** The one chain that the person uses the account for; any, where there is none. */
  genesisHash?: string | null;
  /** `sr25519`, `ed25519`, `ecdsa`, or `ethereum`, which cannot sign for this chain. */
  type?: string;
}

/** What extensions know of chains: with it they show calls by name and encode extensions they do not know themselves. */
interface InjectedMetadata {
  get(): Promise<{ genesisHash: string; specVersion: number }[]>;
  provide(definition: WalletChainDescription): Promise<boolean>;
}

const MAX_PROVIDERS = 32;
const MAX_NAME_LENGTH = 64;

/** The extensions of this page by the name each gave itself. */
export function injectedProviders(): Map<string, InjectedProvider> {
  const { injectedWeb3 } = globalThis as { injectedWeb3?: unknown };
  if (typeof injectedWeb3 !== "object" || injectedWeb3 === null) return new Map();
  const usable = Object.entries(injectedWeb3 as Record<string, InjectedProvider | undefined>).filter(
    (entry): entry is [string, InjectedProvider] =>
      entry[0].length <= MAX_NAME_LENGTH &&
      (typeof entry[1]?.connect === "function" || typeof entry[1]?.enable === "function"),
  );
  return new Map(usable.slice(0, MAX_PROVIDERS));
}
