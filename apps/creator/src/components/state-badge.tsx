// SPDX-License-Identifier: Apache-2.0
import { Badge } from "@mantine/core";
import type { StreamState } from "@tickstream/contracts-types";
import { LiveBadge, useT } from "@tickstream/ui";

export function StateBadge({ state }: { state: StreamState }) {
  const t = useT();
  const text = t(`creator.state-${state}`);
  if (state === "live") return <LiveBadge>{text}</LiveBadge>;
  return (
    <Badge variant="default" size="sm" style={{ flexShrink: 0 }}>
      {text}
    </Badge>
  );
}
