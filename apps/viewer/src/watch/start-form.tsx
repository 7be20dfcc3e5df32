// SPDX-License-Identifier: Apache-2.0
import { Button, Stack, Text, TextInput } from "@mantine/core";
import {
  AmountError,
  formatAmount,
  parseAmount,
  planck,
  type NodeInfo,
  type Planck,
  type StreamDetail,
} from "@tickstream/contracts-types";
import { type FormEvent, useState } from "react";
import { amountText, formatRate } from "../format/format.ts";
import { Problem } from "../components/problem.tsx";
import { explainProblem } from "../problems/explain-problem.ts";
import { useWallet } from "../wallet/wallet-context.tsx";
import { suggestDeposit } from "./suggest-deposit.ts";

export interface StartFormProps {
  stream: StreamDetail;
  node: NodeInfo;
  /** What the account's tab on this device has free; undefined where it has none. */
  tabFree: Planck | undefined;
  /** What is being done, while it is. */
  step: string | undefined;
  onStart: (choice: { deposit: Planck | undefined; limit: Planck }) => void;
}

/** How much to put into a tab, and how much of it to spend here at most. */
export function StartForm({ stream, node, tabFree, step, onStart }: StartFormProps) {
  const { wallet, connecting, error: walletError, connect } = useWallet();
  const { token } = node;
  const suggested = suggestDeposit(stream.rate, stream.tickMs, node);
  const [deposit, setDeposit] = useState(() => amountText(suggested, token));
  const [limit, setLimit] = useState<string>();
  const [problems, setProblems] = useState<{ deposit?: string; limit?: string }>({});
  const hasTab = tabFree !== undefined && tabFree > 0n;
  const shownLimit = limit ?? (hasTab ? amountText(tabFree, token) : deposit);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = (text: string): Planck | string => {
      try {
        const amount = parseAmount(text, token);
        return amount > 0n ? amount : "Enter an amount above 0.";
      } catch (cause) {
        if (cause instanceof AmountError) return `Enter an amount in ${token.symbol}, such as 0.5.`;
        throw cause;
      }
    };
    const amount = hasTab ? undefined : read(deposit);
    const most = read(shownLimit);
    const found = {
      ...(typeof amount === "string" ? { deposit: amount } : {}),
      ...(typeof most === "string" ? { limit: most } : {}),
    };
    setProblems(found);
    if (typeof amount !== "string" && typeof most !== "string") onStart({ deposit: amount, limit: most });
  };

  if (!wallet) {
    return (
      <Stack gap="sm">
        <Text size="sm">
          Watching costs <strong>{formatRate(stream.rate, stream.tickMs, token)}</strong>, from a wallet of
          yours. You sign once to fund a tab; after that each second is paid by itself, and what is left comes
          back.
        </Text>
        {walletError !== undefined && <Problem problem={explainProblem(walletError)} />}
        <Button onClick={() => void connect()} loading={connecting} fullWidth>
          Connect wallet
        </Button>
      </Stack>
    );
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {hasTab ? (
          <Text size="sm">
            Your tab has <strong>{formatAmount(planck(tabFree), token)}</strong> left: nothing to sign.
          </Text>
        ) : (
          <TextInput
            label="Put into your tab"
            description="One signature. What you don't spend comes back."
            inputMode="decimal"
            rightSection={<Text size="xs">{token.symbol}</Text>}
            rightSectionWidth={56}
            value={deposit}
            error={problems.deposit}
            onChange={(event) => setDeposit(event.currentTarget.value)}
          />
        )}
        <TextInput
          label="Spend at most"
          description="Watching stops there, whatever happens."
          inputMode="decimal"
          rightSection={<Text size="xs">{token.symbol}</Text>}
          rightSectionWidth={56}
          value={shownLimit}
          error={problems.limit}
          onChange={(event) => setLimit(event.currentTarget.value)}
        />
        <Button type="submit" fullWidth loading={step !== undefined}>
          {hasTab ? "Watch" : "Fund the tab and watch"}
        </Button>
        <Text size="sm" c="dimmed" aria-live="polite" mih="1.5em">
          {step}
        </Text>
      </Stack>
    </form>
  );
}
