// SPDX-License-Identifier: Apache-2.0
import { Button, Text } from "@mantine/core";
import type { Planck, Token } from "@tickstream/contracts-types";
import type { PaySession } from "@tickstream/sdk";
import { ConnectWallet, Problem, TransactionProgress, useFormat, useT } from "@tickstream/ui";
import { useTabActions } from "../wallet/use-tab-actions.ts";
import type { PayingAccount } from "./use-paying-account.ts";

/** More money for the tab that pays, signed by the account whose tab it is. */
export function TopUp(props: {
  session: PaySession;
  payer: PayingAccount | undefined;
  amount: Planck;
  token: Token;
}) {
  const { session, payer, amount, token } = props;
  const t = useT();
  const format = useFormat();
  const { topUp } = useTabActions();
  if (!payer) return <ConnectWallet />;
  const { name, wallet, isOther } = payer;
  if (!wallet) return <Text size="sm">{t("viewer.payer-gone", { account: name })}</Text>;
  const by = { amount: format.amount(amount, token), account: name };
  return (
    <>
      {topUp.step ? (
        <TransactionProgress step={topUp.step} />
      ) : (
        <Button
          className="wrapping-button"
          onClick={() => void topUp.run({ wallet, amount }).then((done) => done && session.retry())}
        >
          {isOther ? t("viewer.top-up-as", by) : t("viewer.top-up-by", by)}
        </Button>
      )}
      {topUp.error !== undefined && <Problem error={topUp.error} />}
    </>
  );
}
