// SPDX-License-Identifier: Apache-2.0
import { Button, Card, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import {
  ConnectWallet,
  focusFirstInvalid,
  Identicon,
  Loading,
  Problem,
  shortAddress,
  TransactionProgress,
  useClient,
  useNode,
  usePageTitle,
  useT,
  useWallet,
} from "@tickstream/ui";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { useNavigate } from "react-router";
import {
  type DescriptionProblems,
  EMPTY_DESCRIPTION,
  readDescription,
} from "../description/description-draft.ts";
import { DescriptionFields } from "../description/description-fields.tsx";
import { type PriceDraft, type PriceProblems, readPrice } from "../price/price-draft.ts";
import { PriceFields } from "../price/price-fields.tsx";
import { useSession } from "../session/session-provider.tsx";
import { useStreamKeys } from "../studio/stream-keys.tsx";
import { type SetUpStep, setUpStream } from "./set-up-stream.ts";

const SUGGESTED_PRICE: PriceDraft = { free: false, perMinute: "0.06", operatorPercent: "5", guests: [] };

/** From nothing to a stream that can go live: account, description, price, one signature. */
export function NewStreamPage() {
  const t = useT();
  usePageTitle(t("creator.new-title"));
  const client = useClient();
  const node = useNode();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { wallet, account } = useWallet();
  const { login, signIn, adopt } = useSession();
  const keys = useStreamKeys();
  const [description, setDescription] = useState(EMPTY_DESCRIPTION);
  const [price, setPrice] = useState(SUGGESTED_PRICE);
  const [problems, setProblems] = useState<{ description?: DescriptionProblems; price?: PriceProblems }>({});
  const [step, setStep] = useState<SetUpStep>();
  const [error, setError] = useState<unknown>();
  const registered = useRef<{ stream: bigint; by: string }>(undefined);

  if (node.isError) {
    return (
      <Problem error={node.error} action={{ label: t("common.retry"), onClick: () => void node.refetch() }} />
    );
  }
  if (!node.data) return <Loading />;
  const { token } = node.data;

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!wallet || !account || step) return;
    const said = readDescription(description);
    const asked = readPrice(price, account.address, token);
    setProblems({
      ...("problems" in said && { description: said.problems }),
      ...("problems" in asked && { price: asked.problems }),
    });
    if ("problems" in said || "problems" in asked) {
      focusFirstInvalid(event.currentTarget);
      return;
    }
    setError(undefined);
    try {
      const { stream, streamKey } = await setUpStream({
        client,
        wallet,
        login,
        signIn,
        onLogin: adopt,
        description: said.description,
        price: asked.price,
        registered: registered.current?.by === account.address ? registered.current.stream : undefined,
        onRegistered: (id) => (registered.current = { stream: id, by: account.address }),
        onStep: setStep,
      });
      keys.remember(stream.id, streamKey);
      queries.setQueryData(["stream", stream.id], stream);
      await queries.invalidateQueries({ queryKey: ["streams"] });
      await navigate(`/streams/${stream.id}`);
    } catch (cause) {
      setError(cause);
      setStep(undefined);
    }
  };

  return (
    <Stack maw={720} mx="auto" gap="lg">
      <Title order={1}>{t("creator.new-title")}</Title>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="lg">
          <Section number={1} title={t("creator.account-title")}>
            {account ? (
              <Group gap="sm" wrap="nowrap">
                <Identicon address={account.address} size={40} />
                <div>
                  <Text fw={600}>{account.name || t("wallet.unnamed")}</Text>
                  <Text size="sm" c="dimmed" title={account.address}>
                    {shortAddress(account.address)}
                  </Text>
                </div>
              </Group>
            ) : (
              <>
                <Text size="sm" mb="sm">
                  {t("creator.account-text")}
                </Text>
                <ConnectWallet />
              </>
            )}
          </Section>
          <Section number={2} title={t("creator.describe-title")}>
            <DescriptionFields
              draft={description}
              problems={problems.description}
              onChange={setDescription}
            />
          </Section>
          <Section number={3} title={t("creator.price-title")}>
            <PriceFields
              draft={price}
              problems={problems.price}
              node={node.data}
              canBeFree
              onChange={setPrice}
            />
          </Section>
          {error !== undefined && <Problem error={error} />}
          {step ? (
            <SetUpProgress step={step} paid={!price.free} />
          ) : (
            <div>
              <Button type="submit" size="md" fullWidth disabled={!wallet}>
                {t(price.free ? "creator.create-free" : "creator.create-paid")}
              </Button>
              <Text size="sm" c="dimmed" mt="xs" ta="center">
                {t(price.free ? "creator.no-signature" : "creator.one-signature")}
              </Text>
            </div>
          )}
        </Stack>
      </form>
    </Stack>
  );
}

function Section({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <Card component="section" aria-label={title}>
      <Group gap="sm" mb="md">
        <span className="section-number" aria-hidden>
          {number}
        </span>
        <Title order={2} size="h3">
          {title}
        </Title>
      </Group>
      {children}
    </Card>
  );
}

/** On the chain (with its own steps) → on the node. */
function SetUpProgress({ step, paid }: { step: SetUpStep; paid: boolean }) {
  const t = useT();
  const order = paid
    ? // Signing in by a message of its own is for who took long to sign.
      (["register", ...(step.name === "sign-in" ? (["sign-in"] as const) : []), "offer"] as const)
    : (["sign-in", "offer"] as const);
  const at = order.findIndex((name) => name === step.name);
  return (
    <Card>
      <ol className="steps" aria-live="polite">
        {order.map((name, index) => (
          <li
            key={name}
            data-state={index < at ? "done" : index === at ? "current" : "ahead"}
            aria-current={index === at ? "step" : undefined}
          >
            <span className="step-mark" aria-hidden>
              {index < at && <IconCheck size={18} />}
              {index === at && <Loader size={16} />}
            </span>
            {t(`creator.step-${name}`)}
          </li>
        ))}
      </ol>
      {step.name === "register" && (
        <div className="nested-steps">
          <TransactionProgress step={step.step} until="finalized" />
        </div>
      )}
    </Card>
  );
}
