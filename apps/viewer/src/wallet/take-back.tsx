// SPDX-License-Identifier: Apache-2.0
import { Button, Stack, Text } from "@mantine/core";
import type { Token } from "@tickstream/contracts-types";
import { Problem, TransactionProgress, useFormat, useT, useWallet } from "@tickstream/ui";
import type { TabMoney } from "./use-tab-money.ts";
import { useTabActions } from "./use-tab-actions.ts";

/** What is left in the tab, and the way to get it back. */
export function TakeBack({ money, token }: { money: TabMoney | null | undefined; token: Token }) {
  const t = useT();
  const { amount } = useFormat();
  const { wallet } = useWallet();
  const { takeBack } = useTabActions();
  if (takeBack.result !== undefined) {
    return (
      <Text size="sm" component="output">
        {t("viewer.came-back", { amount: amount(takeBack.result, token) })}
      </Text>
    );
  }
  if (!money || !wallet) return null;
  return (
    <Stack gap={6}>
      {takeBack.error !== undefined && <Problem error={takeBack.error} />}
      {takeBack.step ? (
        <TransactionProgress step={takeBack.step} />
      ) : (
        <Button
          variant="default"
          className="wrapping-button"
          fullWidth
          onClick={() => void takeBack.run({ wallet })}
        >
          {t("viewer.take-back", { amount: amount(money.free, token) })}
        </Button>
      )}
      {money.setAside > 0n && (
        <Text size="xs" c="dimmed">
          {t("viewer.set-aside", { amount: amount(money.setAside, token) })}
        </Text>
      )}
    </Stack>
  );
}
