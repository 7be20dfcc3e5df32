// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { planck, type Planck } from "@tickstream/contracts-types";
import { type InjectedWallet, listTabs, openTab, takeBackTab, topUpTab } from "@tickstream/sdk";
import { type Transaction, useClient, useTransaction } from "@tickstream/ui";

interface Paying {
  wallet: InjectedWallet;
  amount: Planck;
}

/** What can be done with an account's tab on this device, each with its progress. */
export function useTabActions(): {
  /** Adds to it, or opens one where there is none. */
  topUp: Transaction<Paying, void>;
  /** Closes the account's tabs; answers what came back at once. */
  takeBack: Transaction<{ wallet: InjectedWallet }, Planck>;
} {
  const client = useClient();
  const queries = useQueryClient();
  const refresh = () =>
    Promise.all([["tab-money"], ["channels"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
  const topUp = useTransaction(async ({ wallet, amount }: Paying, follow) => {
    const tabs = await listTabs({ client, owner: wallet.address });
    const open = tabs.find(({ closed }) => !closed);
    if (open) await topUpTab({ client, wallet, ...follow, tab: open.tab, amount });
    else await openTab({ client, wallet, ...follow, deposit: amount });
    await refresh();
  });
  const takeBack = useTransaction(async ({ wallet }: { wallet: InjectedWallet }, follow) => {
    let returned = 0n;
    for (const { tab, closed } of await listTabs({ client, owner: wallet.address })) {
      if (closed) continue;
      returned += (await takeBackTab({ client, wallet, ...follow, tab })).returned;
    }
    await refresh();
    return planck(returned);
  });
  return { topUp, takeBack };
}
