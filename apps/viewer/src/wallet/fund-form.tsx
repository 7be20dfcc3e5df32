// SPDX-License-Identifier: Apache-2.0
import { Button, Stack, Text, Title } from "@mantine/core";
import type { NodeInfo } from "@tickstream/contracts-types";
import { AmountInput, Problem, readAmount, TransactionProgress, useT, useWallet } from "@tickstream/ui";
import { type FormEvent, useState } from "react";
import { useTabActions } from "./use-tab-actions.ts";

/** Puts money into the tab: one signature, whether there is one already or not. */
export function FundForm({ hasTab, node }: { hasTab: boolean; node: NodeInfo }) {
  const t = useT();
  const { wallet } = useWallet();
  const { topUp } = useTabActions();
  const [text, setText] = useState("1");
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readAmount(text, node.token, t);
    setProblem("problem" in read ? read.problem : undefined);
    if (wallet && "amount" in read) void topUp.run({ wallet, amount: read.amount });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Title order={2} size="h3" id="fund-title">
          {t(hasTab ? "viewer.top-up" : "viewer.fund")}
        </Title>
        <Text size="sm" c="dimmed">
          {t("viewer.fund-note")}
        </Text>
        <AmountInput
          label={t("viewer.fund-amount")}
          token={node.token}
          value={text}
          error={problem}
          onChange={setText}
        />
        {topUp.error !== undefined && <Problem error={topUp.error} />}
        {topUp.step && <TransactionProgress step={topUp.step} />}
        <Button type="submit" loading={topUp.step !== undefined}>
          {t(hasTab ? "viewer.top-up" : "viewer.fund")}
        </Button>
      </Stack>
    </form>
  );
}
