// SPDX-License-Identifier: Apache-2.0
import { type CreatorLogin, logIn } from "@tickstream/sdk";
import { useClient, useWallet } from "@tickstream/ui";
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from "react";
import { readLogin, writeLogin } from "./login-store.ts";

interface SessionState {
  /** The connected account's login at this node; undefined before it signed one. */
  login: CreatorLogin | undefined;
  /** Who signed in last, whichever account is chosen now. */
  signedInAs: string | undefined;
  signingIn: boolean;
  /** Why the last attempt failed. */
  error: unknown;
  /** Asks the wallet to sign a message, which costs nothing. Rejects where that failed; `error` has it too. */
  signIn: () => Promise<CreatorLogin>;
  /** Takes a login that was made elsewhere: with a stream's registration. */
  adopt: (login: CreatorLogin) => void;
  signOut: () => void;
}

const SessionContext = createContext<SessionState | undefined>(undefined);

/** Who is signed in at the node. */
export function useSession(): SessionState {
  const state = use(SessionContext);
  if (!state) throw new Error("useSession outside of SessionProvider");
  return state;
}

/** A little before the node would refuse it. */
const EXPIRY_MARGIN_MS = 60_000;

export function SessionProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const { wallet, account } = useWallet();
  const [login, setLogin] = useState<CreatorLogin | undefined>(() => readLogin());
  const [signingIn, setSigningIn] = useState(false);
  const [error, setError] = useState<unknown>();
  const address = account?.address;

  const keep = useCallback((kept: CreatorLogin | undefined) => {
    writeLogin(kept);
    setLogin(kept);
  }, []);

  // It ends by itself, rather than at the next click.
  useEffect(() => {
    if (!login) return;
    const left = Date.parse(login.expiresAt) - EXPIRY_MARGIN_MS - Date.now();
    const timer = setTimeout(() => keep(undefined), Math.max(0, left));
    return () => clearTimeout(timer);
  }, [login, keep]);

  const signIn = useCallback(async () => {
    if (!wallet) throw new Error("signing in without a wallet");
    setSigningIn(true);
    setError(undefined);
    try {
      const made = await logIn({ client, wallet });
      keep(made);
      return made;
    } catch (cause) {
      setError(cause);
      throw cause;
    } finally {
      setSigningIn(false);
    }
  }, [client, wallet, keep]);

  const state = useMemo<SessionState>(
    () => ({
      // Another account in the wallet is another person to the node.
      login: login && login.address === address ? login : undefined,
      signedInAs: login?.address,
      signingIn,
      error,
      signIn,
      adopt: keep,
      signOut: () => keep(undefined),
    }),
    [login, address, signingIn, error, signIn, keep],
  );
  return <SessionContext value={state}>{children}</SessionContext>;
}
