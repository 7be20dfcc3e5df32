// SPDX-License-Identifier: Apache-2.0
import { useClient, useWallet } from "@tickstream/ui";
import { useSyncExternalStore } from "react";
import { followStore } from "./follow-store.ts";
import { toggleFollow } from "./follow-sync.ts";

/** Whom this browser follows. */
export function useFollows() {
  const client = useClient();
  const { account } = useWallet();
  const creators = useSyncExternalStore(followStore.subscribe, followStore.all);
  return {
    creators,
    isFollowed: (creator: string | null) => creator !== null && creators.includes(creator),
    toggle: (creator: string) => void toggleFollow(client, creator, account?.address),
  };
}
