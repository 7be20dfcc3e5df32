// SPDX-License-Identifier: Apache-2.0
import type { ConnectedWallet, InjectedWallet, WalletAccount } from "@tickstream/sdk";
import { createContext, use } from "react";

export interface WalletState {
  /** The extension that the person let this page see. */
  connection: ConnectedWallet | undefined;
  accounts: readonly WalletAccount[];
  /** The chosen account. */
  account: WalletAccount | undefined;
  /** What the SDK's actions sign with: the chosen account's. */
  wallet: InjectedWallet | undefined;
  /** The extension that was asked and hasn't answered yet. */
  connecting: string | undefined;
  /** Why the last attempt failed. */
  error: unknown;
  /** Opens the choice of wallets. */
  open: () => void;
  connect: (name: string) => Promise<void>;
  disconnect: () => void;
  choose: (address: string) => void;
}

export const WalletContext = createContext<WalletState | undefined>(undefined);

/** The one wallet of the page. */
export function useWallet(): WalletState {
  const state = use(WalletContext);
  if (!state) throw new Error("useWallet outside of AppProviders");
  return state;
}
