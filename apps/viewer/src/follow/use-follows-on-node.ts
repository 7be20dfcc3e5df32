// SPDX-License-Identifier: Apache-2.0
import type { InjectedWallet } from "@tickstream/sdk";
import { useClient } from "@tickstream/ui";
import { useCallback, useState } from "react";
import { synchroniseFollows } from "./follow-sync.ts";

/** Keeps the follows of an account on the node, so that its other devices have them. */
export function useFollowsOnNode() {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [done, setDone] = useState(false);
  const synchronise = useCallback(
    async (wallet: InjectedWallet) => {
      setBusy(true);
      setError(undefined);
      setDone(false);
      try {
        await synchroniseFollows(client, wallet);
        setDone(true);
      } catch (cause) {
        setError(cause);
      } finally {
        setBusy(false);
      }
    },
    [client],
  );
  return { busy, error, done, synchronise };
}
