// SPDX-License-Identifier: Apache-2.0
import { toSs58 } from "@tickstream/contracts-types";
import type { InjectedWallet, PaySession } from "@tickstream/sdk";
import { shortAddress, useWallet } from "@tickstream/ui";
import { useMemo } from "react";

/** Whose tab a session is paid from. It began with that account, and stays with it whatever is chosen since. */
export interface PayingAccount {
  /** As the wallet calls it, or its address. */
  name: string;
  /** Whether another account is chosen now. */
  isOther: boolean;
  /** Signs for it; undefined where the wallet doesn't show it to this page. */
  wallet: InjectedWallet | undefined;
}

/** `undefined` before a wallet is connected, and where nobody knows. */
export function usePayingAccount({ owner }: PaySession): PayingAccount | undefined {
  const { connection, accounts, account } = useWallet();
  return useMemo(() => {
    if (!connection || !account || owner === null) return undefined;
    const known = accounts.find((one) => one.account === owner);
    return {
      name: known?.name || shortAddress(toSs58(owner)),
      isOther: account.account !== owner,
      wallet: known && connection.walletOf(known.address),
    };
  }, [connection, accounts, account, owner]);
}
