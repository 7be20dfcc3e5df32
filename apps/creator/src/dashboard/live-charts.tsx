// SPDX-License-Identifier: Apache-2.0
import { Card, SimpleGrid, Text } from "@mantine/core";
import { Chart, useFormat, useLanguage, useT } from "@tickstream/ui";
import { formatBitrate } from "../components/bitrate.ts";
import { EMPTY_HISTORY, type History } from "./history.ts";

/** The last minutes, as lines. */
export function LiveCharts({
  history = EMPTY_HISTORY,
  paid,
}: {
  history: History | undefined;
  paid: boolean;
}) {
  const t = useT();
  const { locale } = useLanguage();
  const { number } = useFormat();
  if (!history.bitrate.some((bitrate) => bitrate !== null)) {
    return (
      <Card className="live-charts">
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
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm" className="live-charts">
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
