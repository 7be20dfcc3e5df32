// SPDX-License-Identifier: Apache-2.0
import { Badge } from "@mantine/core";
import type { ReactNode } from "react";

/** White on live red: the one place where that red stands. */
export function LiveBadge({ children }: { children: ReactNode }) {
  return (
    <Badge color="live.7" c="white" variant="filled" size="sm" style={{ flexShrink: 0 }}>
      {children}
    </Badge>
  );
}
