// SPDX-License-Identifier: Apache-2.0
import { Button, NativeSelect, Text } from "@mantine/core";
import { shortAddress } from "../format/format.ts";
import { explainProblem } from "../problems/explain-problem.ts";
import { useWallet } from "./wallet-context.tsx";

/** Connects a wallet, and then chooses among its accounts. */
export function WalletButton() {
  const { wallet, address, connecting, error, connect, choose } = useWallet();
  if (wallet) {
    return (
      <NativeSelect
        className="account"
        aria-label="Account"
        value={address ?? ""}
        onChange={(event) => choose(event.currentTarget.value)}
        data={wallet.accounts.map((account) => ({
          value: account.address,
          label: `${account.name} · ${shortAddress(account.address)}`,
        }))}
      />
    );
  }
  return (
    <>
      {error !== undefined && (
        <Text size="sm" c="red" role="alert" visibleFrom="sm">
          {explainProblem(error).title}
        </Text>
      )}
      <Button variant="default" loading={connecting} onClick={() => void connect()}>
        Connect wallet
      </Button>
    </>
  );
}
