// SPDX-License-Identifier: Apache-2.0
import { Button, Stack, Text } from "@mantine/core";
import type { NodeInfo, Planck, StreamDetail } from "@tickstream/contracts-types";
import {
  AmountInput,
  amountText,
  ConnectWallet,
  readAmount,
  T,
  useFormat,
  useT,
  useWallet,
} from "@tickstream/ui";
import { type FormEvent, useState } from "react";
import type { TabMoney } from "../wallet/use-tab-money.ts";
import { suggestDeposit } from "./suggest-deposit.ts";

/** A tab with less than this is not worth a channel. */
const LEAST_TICKS = 10n;

export interface StartFormProps {
  stream: StreamDetail;
  node: NodeInfo;
  /** What the account's tab on this device has; undefined where it has none. */
  money: TabMoney | undefined;
  /** What a channel of an earlier visit can still pay. */
  inChannel: Planck;
  /** A preview runs, or has just run out. */
  afterPreview: boolean;
  onStart: (choice: { deposit: Planck | undefined; limit: Planck }) => void;
}

/** How much to put into a tab, and how much of it to spend here at most: the one question before the first paid second. */
export function StartForm({ stream, node, money, inChannel, afterPreview, onStart }: StartFormProps) {
  const { account } = useWallet();
  const t = useT();
  const format = useFormat();
  const { token } = node;
  const [deposit, setDeposit] = useState(() =>
    amountText(suggestDeposit(stream.rate, stream.tickMs, node), token),
  );
  const [limit, setLimit] = useState<string>();
  const [problems, setProblems] = useState<{ deposit?: string; limit?: string }>({});
  // A tab whose money is still in the last channel opens none.
  const free = money && money.free >= node.openFee + stream.rate * LEAST_TICKS ? money.free : 0n;
  const tabFree = free + inChannel > 0n ? free + inChannel : undefined;
  const shownLimit = limit ?? (tabFree === undefined ? deposit : amountText(tabFree, token));
  const minute = format.perMinute(stream.rate, stream.tickMs, token);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const put = tabFree !== undefined ? undefined : readAmount(deposit, token, t);
    const most = readAmount(shownLimit, token, t);
    setProblems({
      ...(put && "problem" in put ? { deposit: put.problem } : {}),
      ...("problem" in most ? { limit: most.problem } : {}),
    });
    if ("problem" in most || (put && "problem" in put)) return;
    onStart({ deposit: put?.amount, limit: most.amount });
  };

  if (!account) {
    return (
      <Stack gap="sm">
        <Text size="sm">
          <T
            id="viewer.start-intro"
            values={{ rate: format.rate(stream.rate, stream.tickMs, token) }}
            parts={[<strong key="rate" />]}
          />
        </Text>
        <ConnectWallet fullWidth />
      </Stack>
    );
  }
  const read = readAmount(shownLimit, token, t);
  const lasts =
    "amount" in read && stream.rate > 0n
      ? Number((read.amount * BigInt(stream.tickMs)) / stream.rate / 60_000n)
      : undefined;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {tabFree !== undefined ? (
          <Text size="sm">
            <T
              id="viewer.start-has-tab"
              values={{ amount: format.amount(tabFree, token) }}
              parts={[<strong key="amount" />]}
            />
          </Text>
        ) : (
          <AmountInput
            label={t("viewer.deposit")}
            description={t("viewer.deposit-note")}
            token={token}
            value={deposit}
            error={problems.deposit}
            onChange={setDeposit}
          />
        )}
        <AmountInput
          label={t("viewer.start-limit")}
          description={
            lasts === undefined
              ? t("viewer.start-limit-note")
              : t("viewer.start-limit-lasts", { minutes: lasts })
          }
          token={token}
          value={shownLimit}
          error={problems.limit}
          onChange={setLimit}
        />
        <Button type="submit" fullWidth className="wrapping-button">
          {tabFree !== undefined
            ? t(afterPreview ? "viewer.keep-watching" : "viewer.watch-for", { price: minute })
            : t("viewer.fund-and-watch")}
        </Button>
      </Stack>
    </form>
  );
}
