// SPDX-License-Identifier: Apache-2.0
import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { NodeInfo, StreamDetail } from "@tickstream/contracts-types";
import { changePrice, type CreatorLogin, type InjectedWallet, type StreamPrice } from "@tickstream/sdk";
import {
  focusFirstInvalid,
  Problem,
  TransactionProgress,
  useClient,
  useFormat,
  useT,
  useTransaction,
  useWallet,
} from "@tickstream/ui";
import { type FormEvent, useState } from "react";
import { draftOf, type PriceProblems, readPrice } from "../price/price-draft.ts";
import { PriceFields } from "../price/price-fields.tsx";

/** For how long the old terms still open channels: the pallet's `UpdateDelay` of 60 blocks of 6 s. */
const OVERLAP_MINUTES = 6;

interface Change {
  wallet: InjectedWallet;
  price: StreamPrice;
}

export function EditPrice(props: { stream: StreamDetail; node: NodeInfo; login: CreatorLogin }) {
  const { stream, node, login } = props;
  const t = useT();
  const client = useClient();
  const queries = useQueryClient();
  const { wallet } = useWallet();
  const { perMinute } = useFormat();
  const [draft, setDraft] = useState(() => draftOf(stream, login.address, node.token));
  const [problems, setProblems] = useState<PriceProblems>();
  const [unchanged, setUnchanged] = useState(false);
  const { step, error, done, run, reset } = useTransaction(async (change: Change, { onStep }) => {
    await changePrice({ client, stream: stream.id, ...change.price, wallet: change.wallet, onStep });
    await queries.invalidateQueries({ queryKey: ["stream", stream.id] });
  });

  if (stream.rate === 0n) {
    return (
      <Card component="section" aria-label={t("creator.change-price-title")}>
        <Title order={2} size="h3" mb="sm">
          {t("creator.change-price-title")}
        </Title>
        <Text size="sm">{t("creator.free-fixed")}</Text>
      </Card>
    );
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const read = readPrice(draft, login.address, node.token);
    setProblems("problems" in read ? read.problems : undefined);
    if ("problems" in read) focusFirstInvalid(event.currentTarget);
    if (!("price" in read) || !read.price || !wallet) return;
    const { price } = read;
    const same =
      price.rate === stream.rate &&
      price.operatorShare === stream.operatorShare &&
      JSON.stringify(price.payees) === JSON.stringify(stream.payees);
    setUnchanged(same);
    if (same) return;
    void run({ wallet, price });
  };
  return (
    <Card component="section" aria-label={t("creator.change-price-title")}>
      <Title order={2} size="h3">
        {t("creator.change-price-title")}
      </Title>
      <Text size="sm" c="dimmed" mb="md" data-testid="price-now">
        {t("creator.price-now", { price: perMinute(stream.rate, stream.tickMs, node.token) })}
      </Text>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <PriceFields
            draft={draft}
            problems={problems}
            node={node}
            canBeFree={false}
            onChange={(changed) => {
              setDraft(changed);
              setUnchanged(false);
              reset();
            }}
          />
          <Text size="sm">
            {t("creator.price-viewers", { count: stream.viewers, minutes: OVERLAP_MINUTES })}
          </Text>
          {error !== undefined && <Problem error={error} />}
          {step ? (
            <TransactionProgress step={step} />
          ) : (
            <Group gap="sm">
              <Button type="submit" disabled={!wallet}>
                {t("creator.change-price")}
              </Button>
              <Text component="output" display="block" size="sm">
                {done ? t("creator.price-changed") : unchanged ? t("creator.price-same") : ""}
              </Text>
            </Group>
          )}
        </Stack>
      </form>
    </Card>
  );
}
