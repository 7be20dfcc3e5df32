// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from "@mantine/core";
import { Suspense } from "react";
import { lazyPart } from "./lazy-part.ts";
import type { ChartProps } from "./chart-canvas.tsx";

const ChartCanvas = lazyPart(() => import("./chart-canvas.tsx"));

/** Figures over time. The drawing code comes with the first chart. */
export function Chart(props: ChartProps) {
  // Other series are another plot; new figures go into the one there is.
  const shape = props.series.map(({ label, kind = "line" }) => `${label}:${kind}`).join("|");
  return (
    <Suspense fallback={<Skeleton height={props.height ?? 200} />}>
      <ChartCanvas key={shape} {...props} />
    </Suspense>
  );
}
