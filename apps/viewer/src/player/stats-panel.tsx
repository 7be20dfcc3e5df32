// SPDX-License-Identifier: Apache-2.0
import { CloseButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Player, PlayerStats } from "@tickstream/sdk";
import { useFormat, useT } from "@tickstream/ui";

const LOOK_MS = 1_000;
const UNKNOWN = "–";

/** For the curious, and for bug reports. */
export function StatsPanel({ player, onClose }: { player: Player; onClose: () => void }) {
  const t = useT();
  const { number } = useFormat();
  const { data } = useQuery({
    queryKey: ["player-stats"],
    queryFn: () => player.stats(),
    refetchInterval: LOOK_MS,
    gcTime: 0,
  });
  if (!data) return null;
  const ms = (value: number | null) => (value === null ? UNKNOWN : `${number(Math.round(value))} ms`);
  const rows: [string, string][] = [
    [t("viewer.stats-transport"), data.transport === "webrtc" ? "WebRTC (WHEP)" : "LL-HLS"],
    [t("viewer.stats-latency"), ms(data.latencyMs)],
    [t("viewer.stats-buffer"), ms(data.bufferMs)],
    [
      t("viewer.stats-bitrate"),
      data.bitrate === null ? UNKNOWN : `${number(Math.round(data.bitrate / 1000))} kbit/s`,
    ],
    [t("viewer.stats-picture"), data.width === null ? UNKNOWN : `${data.width} × ${data.height}`],
    [t("viewer.stats-frames"), `${number(data.framesShown)} / ${number(data.framesDropped)}`],
    [t("viewer.stats-stalls"), number(data.stalls)],
    [t("viewer.stats-codecs"), codecs(data)],
    [t("viewer.stats-epoch"), data.epoch === null ? UNKNOWN : String(data.epoch)],
    ...(data.transport === "webrtc"
      ? ([
          [t("viewer.stats-lost"), data.packetsLost === null ? UNKNOWN : number(data.packetsLost)],
          [t("viewer.stats-rtt"), ms(data.roundTripMs)],
        ] as [string, string][])
      : []),
  ];
  return (
    <section className="stats-panel" aria-label={t("viewer.stats")}>
      <CloseButton size="sm" aria-label={t("common.close")} onClick={onClose} />
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function codecs({ videoCodec, audioCodec }: PlayerStats): string {
  return [videoCodec, audioCodec].filter((codec) => codec !== null).join(", ") || UNKNOWN;
}
