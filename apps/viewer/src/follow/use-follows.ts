// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from "react";
import { followStore } from "./follow-store.ts";

/** Whom this browser follows. */
export function useFollows() {
  const creators = useSyncExternalStore(followStore.subscribe, followStore.all);
  return {
    creators,
    isFollowed: (creator: string | null) => creator !== null && creators.includes(creator),
    toggle: followStore.toggle,
  };
}
