// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { planck, type Planck } from "@tickstream/contracts-types";
import { listTabs } from "@tickstream/sdk";
import { useClient, useWallet } from "@tickstream/ui";

/** Money in tabs: what can be spent or come back now, and what open channels have set aside. */
export interface TabMoney {
  free: Planck;
  setAside: Planck;
}

const REFRESH_MS = 6_000;

/** What the account's tabs on this device have; `null` where it has none. Asks the chain, so only once somebody connected. */
export function useTabMoney(options: { refresh: boolean }) {
  const client = useClient();
  const { account } = useWallet();
  return useQuery({
    queryKey: ["tab-money", account?.address],
    // What it was before somebody watched is asked for anew when they are done.
    enabled: account !== undefined && options.refresh,
    queryFn: async (): Promise<TabMoney | null> => {
      const owner = account?.address ?? "";
      const tabs = (await listTabs({ client, owner })).filter((tab) => !tab.closed);
      if (tabs.length === 0) return null;
      return { free: sum(tabs.map((tab) => tab.free)), setAside: sum(tabs.map((tab) => tab.setAside)) };
    },
    // What a settlement frees shows by itself.
    refetchInterval: REFRESH_MS,
  });
}

function sum(amounts: Planck[]): Planck {
  return planck(amounts.reduce((total, amount) => total + amount, 0n));
}
