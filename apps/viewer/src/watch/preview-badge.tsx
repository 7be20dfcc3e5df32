// SPDX-License-Identifier: Apache-2.0
import { Badge } from "@mantine/core";
import type { PreviewSession } from "@tickstream/sdk";
import { formatDuration, useT } from "@tickstream/ui";
import { useEffect, useState } from "react";

/** How long a preview still runs. */
export function PreviewBadge({ session }: { session: PreviewSession }) {
  const t = useT();
  const [ticksLeft, setTicksLeft] = useState(session.ticksLeft);
  useEffect(() => session.on("preview", (event) => setTicksLeft(event.ticksLeft)), [session]);
  const left = formatDuration((ticksLeft * session.tickMs) / 1000);
  return (
    <Badge size="lg" color="dark.7" c="white" variant="filled" className="figure">
      {t("viewer.preview-left", { left })}
    </Badge>
  );
}
