// SPDX-License-Identifier: Apache-2.0
import { bytesToHex } from "@tickstream/contracts-types";
import {
  type ConnectedWallet,
  connectWallet,
  listWallets,
  type TickstreamClient,
  type WalletAccount,
  WalletError,
} from "@tickstream/sdk";
import { type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { lazyPart } from "../components/lazy-part.ts";
import { useClient } from "../node/client-provider.tsx";
import { useNode } from "../node/use-node.ts";
import {
  keepAccountHere,
  rememberAccount,
  rememberedAccount,
  rememberedWallet,
  rememberWallet,
} from "./remembered.ts";
import { WalletContext, type WalletState } from "./wallet-context.ts";

/** The choice of a wallet is seen once a visit: its code comes when it opens. */
const ConnectDialog = lazyPart(() => import("./connect-dialog.tsx"));

/** How the page introduces itself to wallets. */
const APP_NAME = "Tickstream";

/** Asks one extension; what comes after `signal` was aborted is let go of. */
async function askWallet(
  client: TickstreamClient,
  name: string,
  signal: AbortSignal,
): Promise<ConnectedWallet> {
  // An extension may put itself into the page after the page's own code has run.
  const [{ genesisHash }] = await Promise.all([client.info(), listWallets()]);
  const connected = await connectWallet(name, {
    appName: APP_NAME,
    genesisHash: bytesToHex(genesisHash),
    signal,
  });
  if (signal.aborted) connected.disconnect();
  signal.throwIfAborted();
  return connected;
}

export function WalletProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const nodeKnown = useNode().isSuccess;
  const [connection, setConnection] = useState<ConnectedWallet>();
  const [accounts, setAccounts] = useState<readonly WalletAccount[]>([]);
  const [address, setAddress] = useState(() => rememberedAccount());
  const [connecting, setConnecting] = useState(() => rememberedWallet() ?? undefined);
  const [error, setError] = useState<unknown>();
  const [choosing, setChoosing] = useState(false);
  const attempt = useRef<AbortController | undefined>(undefined);

  const succeeded = useCallback((connected: ConnectedWallet) => {
    setConnection(connected);
    setAccounts(connected.accounts());
    rememberWallet(connected.name);
    setConnecting(undefined);
    setChoosing(false);
  }, []);
  const failed = useCallback((cause: unknown) => {
    setError(cause);
    setConnecting(undefined);
    // It may have been taken away from this site: the next visit must not ask for it unbidden.
    if (cause instanceof WalletError) rememberWallet(null);
  }, []);

  const connect = useCallback(
    async (name: string) => {
      attempt.current?.abort();
      const { signal } = (attempt.current = new AbortController());
      setConnecting(name);
      setError(undefined);
      try {
        succeeded(await askWallet(client, name, signal));
      } catch (cause) {
        if (!signal.aborted) failed(cause);
      }
    },
    [client, succeeded, failed],
  );

  // An extension that let this page in before answers without a question, once it can be told for which chain.
  useEffect(() => {
    const name = rememberedWallet();
    const choseAlready = attempt.current !== undefined && !attempt.current.signal.aborted;
    if (name === null || !nodeKnown || choseAlready) return;
    const silent = new AbortController();
    attempt.current = silent;
    const { signal } = silent;
    askWallet(client, name, signal).then(succeeded, (cause: unknown) => {
      if (!signal.aborted) failed(cause);
    });
    return () => silent.abort();
  }, [client, nodeKnown, succeeded, failed]);

  useEffect(() => {
    if (!connection) return;
    const off = connection.onAccounts(setAccounts);
    return () => {
      off();
      connection.disconnect();
    };
  }, [connection]);

  const disconnect = useCallback(() => {
    attempt.current?.abort();
    rememberWallet(null);
    setConnection(undefined);
    setAccounts([]);
    setConnecting(undefined);
    setError(undefined);
  }, []);

  const choose = useCallback((chosen: string) => {
    rememberAccount(chosen);
    setAddress(chosen);
  }, []);
  const open = useCallback(() => setChoosing(true), []);
  const close = useCallback(() => {
    setChoosing(false);
    attempt.current?.abort();
    setConnecting(undefined);
    setError(undefined);
  }, []);

  const account = accounts.find((one) => one.address === address) ?? accounts[0];
  const current = account?.address;
  useEffect(() => {
    if (current !== undefined) keepAccountHere(current);
  }, [current]);
  const wallet = useMemo(
    () => (connection && account ? connection.walletOf(account.address) : undefined),
    [connection, account],
  );
  const state = useMemo<WalletState>(
    () => ({ connection, accounts, account, wallet, connecting, error, open, connect, disconnect, choose }),
    [connection, accounts, account, wallet, connecting, error, open, connect, disconnect, choose],
  );
  return (
    <WalletContext value={state}>
      {children}
      {choosing && (
        <Suspense>
          <ConnectDialog onClose={close} />
        </Suspense>
      )}
    </WalletContext>
  );
}
