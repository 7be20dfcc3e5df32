// SPDX-License-Identifier: Apache-2.0
import "@tickstream/ui/more-styles";
import { Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { formatReceipts } from "@tickstream/contracts-types";
import { forgetVisits, listReceipts, listVisits, receiptsToCsv } from "@tickstream/sdk";
import { PageState, Problem, saveFile, useClient, useNode, usePageTitle, useT } from "@tickstream/ui";
import { IconHistory } from "@tabler/icons-react";
import { Link } from "react-router";
import { ReceiptList } from "../history/receipt-list.tsx";
import { VisitTable } from "../history/visit-table.tsx";

/** What was watched and paid on this device, and the proofs of it. */
export default function HistoryPage() {
  const t = useT();
  usePageTitle(t("viewer.history-title"));
  const client = useClient();
  const queries = useQueryClient();
  const node = useNode();
  const visits = useQuery({ queryKey: ["visits"], queryFn: () => listVisits({ client }) });
  const receipts = useQuery({ queryKey: ["receipts"], queryFn: () => listReceipts({ client }) });
  const token = node.data?.token;
  const found = receipts.data ?? [];
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>{t("viewer.history-title")}</Title>
        <Text c="dimmed">{t("viewer.history-intro")}</Text>
      </div>
      {[visits.error, receipts.error, node.error].map(
        (error) => error && <Problem key={error.message} error={error} />,
      )}
      {(visits.isPending || receipts.isPending) && !receipts.error && <Skeleton height={160} />}
      {visits.data?.length === 0 && receipts.data?.length === 0 && (
        <PageState icon={<IconHistory size={40} />} title={t("viewer.history-empty")}>
          <Text c="dimmed">{t("viewer.history-empty-advice")}</Text>
          <Link to="/">{t("viewer.to-live")}</Link>
        </PageState>
      )}
      {token && visits.data && visits.data.length > 0 && (
        <>
          <VisitTable visits={visits.data} token={token} />
          <Group>
            <Button
              variant="default"
              size="xs"
              onClick={() =>
                void forgetVisits({ client }).then(() => queries.invalidateQueries({ queryKey: ["visits"] }))
              }
            >
              {t("viewer.history-forget")}
            </Button>
            <Text size="xs" c="dimmed">
              {t("viewer.history-forget-note")}
            </Text>
          </Group>
        </>
      )}
      {token && found.length > 0 && (
        <Stack component="section" gap="sm" aria-labelledby="receipts-title">
          <Group justify="space-between" gap="sm">
            <div>
              <Title order={2} size="h3" id="receipts-title">
                {t("viewer.receipts")}
              </Title>
              <Text size="sm" c="dimmed">
                {t("viewer.receipts-note")}
              </Text>
            </div>
            <Group gap="xs">
              <Button
                variant="default"
                size="xs"
                onClick={() =>
                  saveFile(
                    "tickstream-receipts.json",
                    new Blob([formatReceipts(found)], { type: "application/json" }),
                  )
                }
              >
                {t("viewer.receipts-json")}
              </Button>
              <Button
                variant="default"
                size="xs"
                onClick={() =>
                  saveFile(
                    "tickstream-receipts.csv",
                    new Blob([receiptsToCsv(found, token)], { type: "text/csv" }),
                  )
                }
              >
                {t("viewer.receipts-csv")}
              </Button>
            </Group>
          </Group>
          <ReceiptList receipts={found} token={token} />
        </Stack>
      )}
      <Text size="sm">
        <Link to="/verify">{t("viewer.to-verify")}</Link>
      </Text>
    </Stack>
  );
}
