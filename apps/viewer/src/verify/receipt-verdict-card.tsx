// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Card, Code, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type ChainPlace, type Receipt, type Token, toSs58 } from "@tickstream/contracts-types";
import { type ReceiptOnChain, verifyReceipt, verifyReceiptOnChain } from "@tickstream/sdk";
import { Amount, Loading, Problem, useClient, useFormat, useT } from "@tickstream/ui";

/** One receipt: what it says, whether that holds by itself, and what the chain knows of it. */
export function ReceiptVerdictCard({ receipt, token }: { receipt: Receipt; token: Token | undefined }) {
  const t = useT();
  const format = useFormat();
  const client = useClient();
  const { proof, about } = receipt;
  const verdict = useQuery({
    queryKey: ["verdict", proof.channel, proof.ticks],
    queryFn: () => verifyReceipt(receipt),
    staleTime: Infinity,
  });
  const onChain = useMutation({
    mutationFn: async () => verifyReceiptOnChain({ chain: await client.chain(), receipt }),
  });
  return (
    <Card component="section" aria-label={about.title}>
      <Stack gap="md">
        <div>
          <Text fw={650} className="wrapping">
            {about.title}
          </Text>
          <Text size="sm" c="dimmed">
            {about.startedAt !== null && format.dateTime(new Date(about.startedAt))} {about.node}
          </Text>
        </div>
        {verdict.isPending && <Loading size="sm" />}
        {verdict.error && <Problem error={verdict.error} />}
        {verdict.data && (
          <Alert
            color={verdict.data.valid ? "tick" : "live"}
            title={t(verdict.data.valid ? "viewer.verify-valid" : "viewer.verify-invalid")}
            role="alert"
          >
            {verdict.data.valid ? (
              <Text size="sm">{t("viewer.verify-valid-note")}</Text>
            ) : (
              <ul className="faults">
                {verdict.data.faults.map((fault) => (
                  <li key={fault}>{t(`viewer.verify-${fault}`)}</li>
                ))}
              </ul>
            )}
          </Alert>
        )}
        <dl className="figures">
          <Row name={t("viewer.verify-ticks")}>{format.number(proof.ticks)}</Row>
          <Row name={t("viewer.verify-amount")}>
            {token ? <Amount value={proof.amount} token={token} /> : String(proof.amount)}
          </Row>
          <Row name={t("viewer.verify-fee")}>
            {token ? (
              <Amount value={proof.commitment.openFee} token={token} />
            ) : (
              String(proof.commitment.openFee)
            )}
          </Row>
          <Row name={t("viewer.verify-stream")}>{String(proof.commitment.stream)}</Row>
          <Row name={t("viewer.verify-operator")} long>
            <Code>{toSs58(proof.commitment.operator)}</Code>
          </Row>
          <Row name={t("viewer.verify-channel")} long>
            <Code>{proof.channel}</Code>
          </Row>
        </dl>
        {onChain.data ? (
          <OnChain found={onChain.data} />
        ) : (
          <Group>
            <Button variant="default" loading={onChain.isPending} onClick={() => onChain.mutate()}>
              {t("viewer.verify-ask-chain")}
            </Button>
          </Group>
        )}
        {onChain.error && <Problem error={onChain.error} />}
      </Stack>
    </Card>
  );
}

function OnChain({ found }: { found: ReceiptOnChain }) {
  const t = useT();
  const format = useFormat();
  const place = ({ block, extrinsic }: ChainPlace) =>
    t("viewer.verify-place", { block: format.number(block), extrinsic: format.number(extrinsic) });
  return (
    <Alert
      color={found.confirmed ? "tick" : "yellow"}
      role="alert"
      title={t(found.confirmed ? "viewer.chain-confirmed" : "viewer.chain-unconfirmed")}
    >
      <Text size="sm">{t(`viewer.chain-${found.state}`)}</Text>
      {found.opened && <Text size="sm">{t("viewer.chain-opened", { place: place(found.opened) })}</Text>}
      {found.settled && (
        <Text size="sm">
          {t("viewer.chain-settled", {
            ticks: format.number(found.settled.ticks),
            place: place(found.settled),
          })}
        </Text>
      )}
    </Alert>
  );
}

/** @param props.long an address or a hash: as wide as the card */
function Row(props: { name: string; long?: boolean; children: React.ReactNode }) {
  const { name, long = false, children } = props;
  return (
    <div className={long ? "figure-long" : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
