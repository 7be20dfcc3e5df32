// SPDX-License-Identifier: Apache-2.0
import { Table, Text, Title } from "@mantine/core";
import type { IngestStats } from "@tickstream/contracts-types";
import { useFormat, useLanguage, useT } from "@tickstream/ui";
import { formatBitrate } from "../components/bitrate.ts";
import { codecName } from "../components/codec-name.ts";

/** What the node receives, as it measures it. */
export function Health({ ingest }: { ingest: IngestStats | null | undefined }) {
  const t = useT();
  const { number } = useFormat();
  const { locale } = useLanguage();
  const ms = (value: number) => t("creator.milliseconds", { ms: number(Math.round(value)) });
  /** Only WebRTC tells. */
  const connectionRows = (connection: IngestStats["connection"]): [label: string, value: string][] =>
    connection === null
      ? []
      : [
          [
            t("creator.health-lost"),
            t("creator.of-packets", {
              lost: number(connection.lost),
              packets: number(connection.packets + connection.lost),
            }),
          ],
          [t("creator.health-recovered"), number(connection.recovered)],
          [t("creator.health-jitter"), ms(connection.jitterMs)],
          [
            t("creator.health-round-trip"),
            connection.roundTripMs === null ? t("creator.unknown") : ms(connection.roundTripMs),
          ],
        ];
  const rows: [label: string, value: string][] = ingest
    ? [
        [
          t("creator.health-protocol"),
          ingest.protocol === "signal" ? t("creator.health-browser") : ingest.protocol.toUpperCase(),
        ],
        [
          t("creator.health-picture"),
          ingest.width === null
            ? t("creator.unknown")
            : [
                `${ingest.width}×${ingest.height}`,
                ...(ingest.codecs.video ? [codecName(ingest.codecs.video)] : []),
              ].join(" "),
        ],
        [t("creator.health-bitrate"), formatBitrate(ingest.bitrate, locale)],
        [t("creator.health-fps"), t("creator.fps", { fps: number(Math.round(ingest.fps * 10) / 10) })],
        [
          t("creator.health-keyframes"),
          ingest.gopMs === null
            ? t("creator.unknown")
            : t("creator.seconds", { seconds: number(Math.round(ingest.gopMs / 100) / 10) }),
        ],
        [
          t("creator.health-dropped"),
          t("creator.of-frames", { dropped: number(ingest.droppedFrames), frames: number(ingest.frames) }),
        ],
        [t("creator.health-late"), ms(ingest.lateMs)],
        ...connectionRows(ingest.connection),
      ]
    : [];
  return (
    <section aria-label={t("creator.health-title")}>
      <Title order={2} size="h3" mb="xs">
        {t("creator.health-title")}
      </Title>
      {ingest ? (
        <Table withRowBorders={false} verticalSpacing={4} horizontalSpacing={0} className="settings-table">
          <Table.Tbody>
            {rows.map(([label, value]) => (
              <Table.Tr key={label}>
                <Table.Th scope="row">{label}</Table.Th>
                <Table.Td className="figure">{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : (
        <Text size="sm" c="dimmed">
          {t("creator.health-none")}
        </Text>
      )}
    </section>
  );
}
