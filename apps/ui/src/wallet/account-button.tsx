// SPDX-License-Identifier: Apache-2.0
import { Suspense } from "react";
import { lazyPart } from "../components/lazy-part.ts";
import { ConnectWallet } from "./connect-wallet.tsx";
import { useWallet } from "./wallet-context.ts";

/** Menus are much code, and only for who has an account. */
const AccountMenu = lazyPart(() => import("./account-menu.tsx"));

/** The chosen account and its menu; before a wallet is connected, the way to one. */
export function AccountButton() {
  const { connection, account } = useWallet();
  if (!connection || !account) return <ConnectWallet variant="default" size="sm" />;
  return (
    <Suspense>
      <AccountMenu connection={connection} account={account} />
    </Suspense>
  );
}
