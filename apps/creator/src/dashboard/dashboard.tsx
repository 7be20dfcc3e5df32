// SPDX-License-Identifier: Apache-2.0
import { Card, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { NodeInfo, StreamDetail, StreamStats } from "@tickstream/contracts-types";
import { Amount, Chart, useFormat, useLanguage, useT } from "@tickstream/ui";
import { formatBitrate } from "../components/bitrate.ts";
import { Figure } from "../components/figure.tsx";
import { EMPTY_HISTORY, type History } from "./history.ts";

/** How the broadcast does: audience, money by how sure it is, and both over time. */
export function Dashboard(props: {
  stream: StreamDetail;
  stats: StreamStats | undefined;
  history: History | undefined;
  node: NodeInfo;
}) {
  const { stream, stats, history, node } = props;
  const t = useT();
  const { number } = useFormat();
  const { token } = node;
  const paid = stream.rate > 0n;
  const earnings = stats?.earnings;
  return (
    <section aria-label={t("creator.dashboard-title")}>
      <Title order={2} mb="md">
        {t("creator.dashboard-title")}
      </Title>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 2, sm: paid ? 5 : 2 }} spacing="sm">
          <Figure label={t("creator.viewers-now")} testId="viewers">
            {number(stats?.viewers ?? 0)}
          </Figure>
          {paid && (
            <>
              <Figure
                label={t("creator.seconds-per-second")}
                hint={t("creator.sold", { ticks: earnings?.ticksSold ?? 0 })}
                testId="ticks-per-second"
              >
                {number(Math.round((stats?.ticksPerSecond ?? 0) * 10) / 10)}
              </Figure>
              <Figure
                label={t("creator.earned-pending")}
                hint={t("creator.earned-pending-hint")}
                testId="pending"
              >
                <Amount value={earnings?.pending ?? 0n} token={token} />
              </Figure>
              <Figure
                label={t("creator.earned-in-block")}
                hint={t("creator.earned-in-block-hint")}
                testId="in-block"
              >
                {/* The node counts what is final as settled too. */}
                <Amount value={earnings ? earnings.settled - earnings.finalized : 0n} token={token} />
              </Figure>
              <Figure label={t("creator.earned-final")} hint={t("creator.earned-final-hint")} testId="final">
                <Amount value={earnings?.finalized ?? 0n} token={token} />
              </Figure>
            </>
          )}
        </SimpleGrid>
        <Charts history={history ?? EMPTY_HISTORY} paid={paid} />
      </Stack>
    </section>
  );
}

function Charts({ history, paid }: { history: History; paid: boolean }) {
  const t = useT();
  const { locale } = useLanguage();
  const { number } = useFormat();
  if (history.times.length < 2) {
    return (
      <Card>
        <Text size="sm" c="dimmed">
          {t("creator.chart-waiting")}
        </Text>
      </Card>
    );
  }
  const count = (value: number) => number(Math.round(value * 10) / 10);
  const bitrate = (value: number) => formatBitrate(value, locale);
  const now = (values: (number | null)[]) => values.at(-1) ?? 0;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
      <Card padding="md">
        <Text size="sm" fw={600} mb="xs">
          {t(paid ? "creator.chart-audience" : "creator.viewers-now")}
        </Text>
        <Chart
          label={t("creator.chart-audience-now", {
            viewers: count(now(history.viewers)),
            ticks: count(now(history.ticksPerSecond)),
          })}
          times={history.times}
          series={[
            { label: t("creator.viewers-now"), values: history.viewers, format: count },
            ...(paid
              ? [{ label: t("creator.seconds-per-second"), values: history.ticksPerSecond, format: count }]
              : []),
          ]}
        />
      </Card>
      <Card padding="md">
        <Text size="sm" fw={600} mb="xs">
          {t("creator.chart-bitrate")}
        </Text>
        <Chart
          label={t("creator.chart-bitrate-now", { bitrate: bitrate(now(history.bitrate)) })}
          times={history.times}
          series={[{ label: t("creator.health-bitrate"), values: history.bitrate, format: bitrate }]}
        />
      </Card>
    </SimpleGrid>
  );
}
