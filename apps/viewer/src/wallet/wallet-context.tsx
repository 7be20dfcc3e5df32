// SPDX-License-Identifier: Apache-2.0
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";
import { useNode } from "../node/use-node.ts";
import { loadDevelopmentWallet } from "./load-development-wallet.ts";
import { connectWallet, type Wallet } from "./wallet.ts";

interface WalletState {
  wallet: Wallet | undefined;
  /** The chosen account's address. */
  address: string | undefined;
  connecting: boolean;
  error: unknown;
  connect: () => Promise<void>;
  choose: (address: string) => void;
}

const WalletContext = createContext<WalletState | undefined>(undefined);

/** The one connected wallet of the page. */
export function useWallet(): WalletState {
  const state = use(WalletContext);
  if (!state) throw new Error("useWallet outside of WalletProvider");
  return state;
}

/** Which account was used last, so that a returning viewer needn't choose again. It is no secret. */
const REMEMBERED = "tickstream.account";

export function WalletProvider({ children }: { children: ReactNode }) {
  const node = useNode();
  const dev = node.data?.dev ?? false;
  const [wallet, setWallet] = useState<Wallet>();
  const [address, setAddress] = useState<string>();
  const [connecting, setConnecting] = useState(false);
  const [error, setError] = useState<unknown>();

  const connect = useCallback(async () => {
    setConnecting(true);
    setError(undefined);
    try {
      if (dev) await loadDevelopmentWallet();
      const connected = await connectWallet();
      const remembered = localStorage.getItem(REMEMBERED);
      const chosen =
        connected.accounts.find((account) => account.address === remembered) ?? connected.accounts[0];
      setWallet(connected);
      setAddress(chosen?.address);
    } catch (cause) {
      setError(cause);
    } finally {
      setConnecting(false);
    }
  }, [dev]);

  const choose = useCallback((chosen: string) => {
    localStorage.setItem(REMEMBERED, chosen);
    setAddress(chosen);
  }, []);

  const state = useMemo(
    () => ({ wallet, address, connecting, error, connect, choose }),
    [wallet, address, connecting, error, connect, choose],
  );
  return <WalletContext value={state}>{children}</WalletContext>;
}
