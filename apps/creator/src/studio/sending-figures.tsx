// SPDX-License-Identifier: Apache-2.0
import { Text } from "@mantine/core";
import type { PublishStats } from "@tickstream/sdk";
import { useLanguage, useT } from "@tickstream/ui";
import { formatBitrate } from "../components/bitrate.ts";
import { codecName } from "../components/codec-name.ts";

/** What leaves this browser, and what holds it back. */
export function SendingFigures({ stats }: { stats: PublishStats }) {
  const t = useT();
  const { locale } = useLanguage();
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  return (
    <section aria-label={t("creator.sending")}>
      <Text size="sm" className="figure" data-testid="sending">
        {t("creator.sending-value", {
          bitrate: formatBitrate(stats.videoBitrate + stats.audioBitrate, locale),
          size: stats.width === null ? "–" : `${stats.width}×${stats.height}`,
          fps: Math.round(stats.framesPerSecond),
          codec: stats.videoCodec === null ? "–" : codecName(stats.videoCodec),
        })}
      </Text>
      {stats.roundTripMs !== null && (
        <Text size="xs" c="dimmed" className="figure">
          {t("creator.round-trip", {
            ms: Math.round(stats.roundTripMs),
            lost: percent.format(stats.lost),
          })}
        </Text>
      )}
      {(stats.limitedBy === "cpu" || stats.limitedBy === "bandwidth") && (
        <Text component="output" display="block" size="sm">
          {t(`creator.limited-${stats.limitedBy}`)}
        </Text>
      )}
    </section>
  );
}
