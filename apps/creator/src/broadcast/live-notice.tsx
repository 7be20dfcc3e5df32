// SPDX-License-Identifier: Apache-2.0
import { Anchor, Button, Group, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { StreamDetail } from "@tickstream/contracts-types";
import { LiveBadge, useT } from "@tickstream/ui";
import { Link, useLocation } from "react-router";
import { useSession } from "../session/session-provider.tsx";
import { useBroadcast } from "./broadcast-provider.tsx";

/** Wherever its own controls don't stand: what is on air from this browser is never forgotten, and can be ended. */
export function LiveNotice() {
  const t = useT();
  const { broadcast, view } = useBroadcast();
  const { login } = useSession();
  const { pathname } = useLocation();
  const queries = useQueryClient();
  const { stream } = view;
  if (stream === null) return null;
  const { title, creator } = queries.getQueryData<StreamDetail>(["stream", stream]) ?? {};
  const isHere = pathname === `/streams/${stream}`;
  // Its page has controls for its creator only.
  if (isHere && login?.address === creator) return null;
  return (
    <Group component="output" gap="sm" mb="md" className="live-notice">
      <LiveBadge>{t("creator.on-air")}</LiveBadge>
      <Text size="sm">
        {title === undefined ? t("creator.other-live-unnamed") : t("creator.other-live", { title })}
      </Text>
      {!isHere && (
        <Anchor component={Link} to={`/streams/${stream}`} size="sm">
          {t("creator.back-to-studio")}
        </Anchor>
      )}
      <Button size="xs" variant="default" onClick={() => void broadcast.stopLive()}>
        {t("creator.stop-live")}
      </Button>
    </Group>
  );
}
