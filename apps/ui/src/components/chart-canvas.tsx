// SPDX-License-Identifier: Apache-2.0
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useEffectEvent, useRef } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useLanguage } from "../i18n/i18n-provider.tsx";
import { useT } from "../i18n/use-t.tsx";

interface ChartSeries {
  label: string;
  /** One a time; `null` leaves a gap. */
  values: (number | null)[];
  /** How a value reads, in the legend and at the axis. */
  format: (value: number) => string;
  kind?: "line" | "bars";
}

export interface ChartProps {
  /** What the chart says, for who can't see it: put the figures that matter into it. */
  label: string;
  /** Unix seconds, ascending. */
  times: number[];
  series: ChartSeries[];
  /** In pixels; 200 unless given. */
  height?: number;
  /** Whether the time axis shows days; else hours and minutes. */
  days?: boolean;
}

/** Told apart by lightness as well as by hue, in either colour scheme. */
const COLORS = {
  light: ["#087a57", "#8a3b00", "#3557c4", "#65707d"],
  dark: ["#5fdcac", "#ffb26b", "#8fb0ff", "#a5b0be"],
};

export default function ChartCanvas({ label, times, series, height = 200, days = false }: ChartProps) {
  const frame = useRef<HTMLElement>(null);
  const plot = useRef<UPlot>(undefined);
  const { locale } = useLanguage();
  const t = useT();
  const scheme = useComputedColorScheme("light");

  const draw = useEffectEvent((element: HTMLElement) => {
    const time = new Intl.DateTimeFormat(
      locale,
      days
        ? { day: "numeric", month: "short" }
        : { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
    );
    const ink = scheme === "dark" ? "#a5b0be" : "#56616d";
    const grid = { stroke: scheme === "dark" ? "#1d242d" : "#eef1f4", width: 1 };
    const formatTime = (at: number) => time.format(at * 1000);
    const formatAxis = series[0]?.format ?? String;
    return new UPlot(
      {
        width: element.clientWidth,
        height,
        cursor: { drag: { x: false, y: false } },
        hooks: { ready: [showNewest] },
        scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
        axes: [
          { stroke: ink, grid, space: 80, values: (_plot, splits) => splits.map(formatTime) },
          { stroke: ink, grid, size: 84, values: (_plot, splits) => splits.map(formatAxis) },
        ],
        series: [
          { label: t("common.time"), value: (_plot, at) => (at === null ? "" : formatTime(at)) },
          ...series.map((one, index) => lineOf(one, COLORS[scheme][index % COLORS[scheme].length] ?? ink)),
        ],
      },
      [times, ...series.map(({ values }) => values)],
      element,
    );
  });

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const made = draw(element);
    plot.current = made;
    const resized = new ResizeObserver(([entry]) => {
      if (entry) made.setSize({ width: entry.contentRect.width, height });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
    // oxlint-disable-next-line react/exhaustive-deps -- another language or other colours are another plot
  }, [locale, scheme, height, days]);

  useEffect(() => {
    const shown = plot.current;
    if (!shown) return;
    shown.setData([times, ...series.map(({ values }) => values)]);
    if (shown.cursor.idx === null || shown.cursor.idx === undefined) showNewest(shown);
  }, [times, series]);

  return <figure ref={frame} className="chart" aria-label={label} />;
}

/** The legend tells the newest figures until something is pointed at. */
function showNewest(plot: UPlot): void {
  const newest = plot.data[0].length - 1;
  if (newest >= 0) plot.setLegend({ idx: newest }, false);
}

function lineOf(one: ChartSeries, stroke: string): UPlot.Series {
  return {
    label: one.label,
    stroke,
    width: 2,
    value: (_plot: UPlot, value: number | null) => (value === null ? "–" : one.format(value)),
    ...(one.kind === "bars" && UPlot.paths.bars
      ? { fill: stroke, paths: UPlot.paths.bars({ size: [0.6, 48] }), points: { show: false } }
      : {}),
  };
}
