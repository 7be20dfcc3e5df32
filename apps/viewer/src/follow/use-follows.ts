// SPDX-License-Identifier: Apache-2.0
import { useClient, useWallet } from "@tickstream/ui";
import { useSyncExternalStore } from "react";
import { followStore } from "./follow-store.ts";

/** Whom this browser follows. */
export function useFollows() {
  const client = useClient();
  const { account } = useWallet();
  const creators = useSyncExternalStore(followStore.subscribe, followStore.all);
  return {
    creators,
    isFollowed: (creator: string | null) => creator !== null && creators.includes(creator),
    toggle: (creator: string): void => {
      followStore.toggle(creator);
      if (!account) return;
      // What talks to the node about it is no part of the first load; where it doesn't come, the next synchronising makes up for it.
      import("./follow-sync.ts")
        .then(({ tellNode }) => tellNode(client, creator, account.address))
        .catch(() => undefined);
    },
  };
}
