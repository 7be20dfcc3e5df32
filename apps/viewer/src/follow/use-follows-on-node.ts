// SPDX-License-Identifier: Apache-2.0
import { useCallback, useState } from "react";
import {
  follow,
  type InjectedWallet,
  listFollows,
  logIn,
  unfollow,
  type CreatorLogin,
} from "@tickstream/sdk";
import { useClient } from "@tickstream/ui";
import { followStore } from "./follow-store.ts";

/** Signed in for as long as the page is open: the token is kept nowhere else. */
let login: CreatorLogin | undefined;

/** Keeps the follows of an account on the node, so that its other devices have them. */
export function useFollowsOnNode() {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [done, setDone] = useState(false);

  /** Signs in where need be; then both sides have what either had. */
  const synchronise = useCallback(
    async (wallet: InjectedWallet) => {
      setBusy(true);
      setError(undefined);
      setDone(false);
      try {
        const current = isFresh(login, wallet) ? login : (login = await logIn({ client, wallet }));
        const there = await listFollows({ client, login: current });
        for (const creator of followStore.all()) {
          if (!there.includes(creator)) await follow({ client, login: current, creator });
        }
        followStore.merge(there);
        setDone(true);
      } catch (cause) {
        setError(cause);
      } finally {
        setBusy(false);
      }
    },
    [client],
  );

  const remove = useCallback(
    async (creator: string) => {
      if (!login) return;
      try {
        await unfollow({ client, login, creator });
      } catch (cause) {
        setError(cause);
      }
    },
    [client],
  );
  return { busy, error, done, synchronise, remove };
}

function isFresh(known: CreatorLogin | undefined, wallet: InjectedWallet): known is CreatorLogin {
  return known !== undefined && known.address === wallet.address && Date.parse(known.expiresAt) > Date.now();
}
