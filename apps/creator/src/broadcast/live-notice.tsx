// SPDX-License-Identifier: Apache-2.0
import { Anchor, Group, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { StreamDetail } from "@tickstream/contracts-types";
import { LiveBadge, useT } from "@tickstream/ui";
import { Link, useLocation } from "react-router";
import { useBroadcast } from "./broadcast-provider.tsx";

/** On every page but its own: what is on air from this browser is never forgotten. */
export function LiveNotice() {
  const t = useT();
  const { view } = useBroadcast();
  const { pathname } = useLocation();
  const queries = useQueryClient();
  const { stream } = view;
  if (stream === null || pathname === `/streams/${stream}`) return null;
  const title = queries.getQueryData<StreamDetail>(["stream", stream])?.title;
  return (
    <Group component="output" gap="sm" mb="md" className="live-notice">
      <LiveBadge>{t("creator.on-air")}</LiveBadge>
      <Text size="sm">
        {title === undefined ? t("creator.other-live-unnamed") : t("creator.other-live", { title })}
      </Text>
      <Anchor component={Link} to={`/streams/${stream}`} size="sm">
        {t("creator.back-to-studio")}
      </Anchor>
    </Group>
  );
}
