// SPDX-License-Identifier: Apache-2.0
import { UnstyledButton } from "@mantine/core";
import { useInterval } from "@mantine/hooks";
import type { Player } from "@tickstream/sdk";
import { useT } from "@tickstream/ui";
import { useState } from "react";

const LOOK_MS = 1_000;
/** How much more behind than usual counts as not live. */
const BEHIND_MS: Record<Player["latency"], number> = { lowest: 4_000, low: 6_000, steady: 14_000 };

/** Red while what shows is live; otherwise the way there. */
export function LiveButton(props: { player: Player; paused: boolean; onClick: () => void }) {
  const { player, paused, onClick } = props;
  const t = useT();
  const [latencyMs, setLatencyMs] = useState(player.latencyMs);
  useInterval(() => setLatencyMs(player.latencyMs), LOOK_MS, { autoInvoke: true });
  const live = !paused && (latencyMs ?? 0) < BEHIND_MS[player.latency];
  return (
    <UnstyledButton
      className="live-button"
      data-live={live || undefined}
      title={t(live ? "viewer.is-live" : "viewer.jump-live")}
      onClick={onClick}
    >
      <span className="live-dot" aria-hidden /> {t(live ? "common.live" : "viewer.go-live-edge")}
    </UnstyledButton>
  );
}
