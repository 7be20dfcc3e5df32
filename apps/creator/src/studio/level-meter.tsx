// SPDX-License-Identifier: Apache-2.0
import type { AudioLevel } from "@tickstream/sdk";
import { useT } from "@tickstream/ui";
import { useEffect, useRef } from "react";

/** The quietest that the meter shows, in dB below full scale. */
const FLOOR_DB = -60;
/** How fast the bar falls, in dB a second: slow enough to be read. */
const FALL_DB = 30;
/** Screen readers need no sixty figures a second. */
const SPOKEN_MS = 1_000;

/** How loud the mix is, sixty times a second, without a render of React's. */
export function LevelMeter({ level, muted }: { level: () => AudioLevel | null; muted: boolean }) {
  const t = useT();
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let shown = FLOOR_DB;
    let before = performance.now();
    let spokenAt = 0;
    let frame = 0;
    const draw = (now: number) => {
      const peak = Math.max(FLOOR_DB, level()?.peak ?? FLOOR_DB);
      shown = Math.max(peak, shown - (FALL_DB * (now - before)) / 1_000);
      before = now;
      const element = meter.current;
      if (element) {
        element.style.setProperty("--level", String(1 - shown / FLOOR_DB));
        if (now - spokenAt > SPOKEN_MS) {
          spokenAt = now;
          element.setAttribute("aria-valuenow", String(Math.round(peak)));
          element.setAttribute("aria-valuetext", t("creator.level-value", { level: Math.round(peak) }));
        }
      }
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [level, t]);
  return (
    <div
      ref={meter}
      className="level-meter"
      data-muted={muted}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- browsers draw `meter` each its own way, not by CSS
      role="meter"
      aria-label={t("creator.level")}
      aria-valuemin={FLOOR_DB}
      aria-valuemax={0}
      aria-valuenow={FLOOR_DB}
    />
  );
}
