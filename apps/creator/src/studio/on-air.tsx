// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Text } from "@mantine/core";
import { formatDuration, LiveBadge, useT } from "@tickstream/ui";
import type { BroadcastView } from "../broadcast/broadcast.ts";
import { useNow } from "../components/use-now.ts";

/** On air, for how long, and the way off it. */
export function OnAir({ view, onStop }: { view: BroadcastView; onStop: () => void }) {
  const t = useT();
  const now = useNow(1_000);
  const seconds = view.since ? (now.getTime() - view.since.getTime()) / 1_000 : 0;
  if (view.state.name === "connecting") {
    return (
      <Button size="md" color="live.7" loading>
        {t("creator.connecting")}
      </Button>
    );
  }
  return (
    <Group gap="sm">
      <Button size="md" variant="default" onClick={onStop}>
        {t("creator.stop-live")}
      </Button>
      {view.state.name === "live" && (
        <>
          <LiveBadge>{t("creator.on-air")}</LiveBadge>
          <Text size="sm" className="figure">
            {formatDuration(seconds)}
          </Text>
        </>
      )}
      {view.state.name === "reconnecting" && (
        <Text component="output" display="block" size="sm">
          {t("creator.reconnecting")}
        </Text>
      )}
    </Group>
  );
}
