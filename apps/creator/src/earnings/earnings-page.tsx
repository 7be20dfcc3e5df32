// SPDX-License-Identifier: Apache-2.0
import {
  Button,
  Card,
  Group,
  NativeSelect,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { EARNINGS_GROUPS, type HistoryState, type NodeInfo } from "@tickstream/contracts-types";
import { type CreatorLogin, earnings, earningsCsv } from "@tickstream/sdk";
import {
  Amount,
  Loading,
  Problem,
  saveFile,
  useClient,
  useFormat,
  useNode,
  usePageTitle,
  useT,
} from "@tickstream/ui";
import { useSearchParams } from "react-router";
import { Figure } from "../components/figure.tsx";
import { SignedIn } from "../session/signed-in.tsx";
import { useMyStreams } from "../streams/use-streams.ts";
import { EarningsChart } from "./earnings-chart.tsx";
import { EarningsEvents } from "./earnings-events.tsx";
import { type EarningsFilter, filterQuery, readFilter, writeFilter } from "./earnings-filter.ts";
import { EarningsTable } from "./earnings-table.tsx";

const REFRESH_MS = 6_000;

/** What was earned, as the chain says it, and what is still on its way there. */
export default function EarningsPage() {
  const t = useT();
  usePageTitle(t("creator.earnings-title"));
  const node = useNode();
  if (node.isError) {
    return (
      <Problem error={node.error} action={{ label: t("common.retry"), onClick: () => void node.refetch() }} />
    );
  }
  const { data: info } = node;
  if (!info) return <Loading />;
  return <SignedIn>{(login) => <Earnings login={login} node={info} />}</SignedIn>;
}

function Earnings({ login, node }: { login: CreatorLogin; node: NodeInfo }) {
  const t = useT();
  const client = useClient();
  const { number } = useFormat();
  const [parameters, setParameters] = useSearchParams();
  const filter = readFilter(parameters);
  const change = (changed: Partial<EarningsFilter>) =>
    setParameters(writeFilter({ ...filter, ...changed }), { replace: true });
  const query = filterQuery(filter);
  const shown = useQuery({
    queryKey: ["earnings", login.address, query, filter.group],
    queryFn: ({ signal }) => earnings({ client, login, query: { ...query, group: filter.group }, signal }),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  const csv = useMutation({
    mutationFn: async () => saveFile("tickstream-earnings.csv", await earningsCsv({ client, login, query })),
  });
  const { data } = shown;
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1}>{t("creator.earnings-title")}</Title>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          loading={csv.isPending}
          onClick={() => csv.mutate()}
        >
          {t("creator.csv")}
        </Button>
      </Group>
      {csv.isError && <Problem error={csv.error} />}
      <Filters filter={filter} login={login} onChange={change} />
      {shown.isError && (
        <Problem
          error={shown.error}
          action={{ label: t("common.retry"), onClick: () => void shown.refetch() }}
        />
      )}
      {!data && !shown.isError && <Loading />}
      {data && (
        <>
          <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
            <Figure label={t("creator.total-settled")} testId="total-settled">
              <Amount value={data.totals.settled} token={node.token} />
            </Figure>
            <Figure label={t("creator.total-pending")} testId="total-pending">
              <Amount value={data.totals.pending} token={node.token} />
            </Figure>
            <Figure label={t("creator.total-tips")} testId="total-tips">
              <Amount value={data.totals.tipped} token={node.token} />
            </Figure>
            <Figure label={t("creator.total-ticks")} testId="total-ticks">
              {number(data.totals.ticks)}
            </Figure>
          </SimpleGrid>
          <Card>
            <Group mb="md">
              <SegmentedControl
                aria-label={t("creator.earnings-group")}
                value={filter.group}
                data={EARNINGS_GROUPS.map((value) => ({ value, label: t(`creator.group-${value}`) }))}
                onChange={(group) => change({ group })}
              />
            </Group>
            {data.rows.length === 0 ? (
              <Text c="dimmed">{t("creator.earnings-none")}</Text>
            ) : (
              <Stack gap="md">
                {filter.group === "day" && data.rows.length > 1 && (
                  <EarningsChart rows={data.rows} token={node.token} />
                )}
                <EarningsTable data={data} group={filter.group} token={node.token} />
              </Stack>
            )}
          </Card>
          <EarningsEvents key={JSON.stringify(query)} login={login} query={query} node={node} />
          <HistoryLine history={data.history} />
        </>
      )}
    </Stack>
  );
}

function Filters(props: {
  filter: EarningsFilter;
  login: CreatorLogin;
  onChange: (change: Partial<EarningsFilter>) => void;
}) {
  const { filter, login, onChange } = props;
  const t = useT();
  const streams = useMyStreams(login);
  const known = streams.data ?? [];
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
      <NativeSelect
        label={t("creator.earnings-scope")}
        value={filter.scope}
        data={(["creator", "account"] as const).map((value) => ({
          value,
          label: t(`creator.scope-${value}`),
        }))}
        onChange={(event) => onChange({ scope: event.currentTarget.value as EarningsFilter["scope"] })}
      />
      <NativeSelect
        label={t("creator.stream")}
        value={filter.stream}
        data={[
          { value: "", label: t("creator.all-streams") },
          ...known.map(({ id, title }) => ({ value: id, label: title })),
          // One that has ended, come to by a link.
          ...(filter.stream !== "" && !known.some(({ id }) => id === filter.stream)
            ? [{ value: filter.stream, label: filter.stream }]
            : []),
        ]}
        onChange={(event) => onChange({ stream: event.currentTarget.value })}
      />
      <TextInput
        label={t("creator.from")}
        type="date"
        value={filter.from}
        onChange={(event) => onChange({ from: event.currentTarget.value })}
      />
      <TextInput
        label={t("creator.to")}
        type="date"
        value={filter.to}
        onChange={(event) => onChange({ to: event.currentTarget.value })}
      />
    </SimpleGrid>
  );
}

/** How far the figures reach: what the node has not read yet is not in them. */
function HistoryLine({ history }: { history: HistoryState }) {
  const t = useT();
  const { number } = useFormat();
  const block = (at: number | null) => (at === null ? "–" : number(at));
  return (
    <Text component="output" display="block" size="sm" c="dimmed">
      {history.state === "current" && t("creator.history-current", { block: block(history.to) })}
      {history.state === "catching-up" &&
        (history.finalized === null
          ? t("creator.history-chain-away", { block: block(history.to) })
          : t("creator.history-catching-up", {
              block: block(history.to),
              finalized: block(history.finalized),
            }))}
      {history.state === "interrupted" && t("creator.history-interrupted", { reason: history.reason ?? "–" })}
    </Text>
  );
}
