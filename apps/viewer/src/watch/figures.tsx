// SPDX-License-Identifier: Apache-2.0
import { formatAmount, planck, type Token } from "@tickstream/contracts-types";
import type { SessionStats } from "@tickstream/sdk";
import { formatDuration } from "../format/format.ts";

/** Seconds and money, as they run. Not announced each second: a screen reader reads them when asked. */
export function Figures(props: { stats: SessionStats; tickMs: number; token: Token; final?: boolean }) {
  const { stats, tickMs, token, final } = props;
  return (
    <dl className="figures" aria-label={final ? "What you watched" : "What you are watching"}>
      <div className="big">
        <dt>{final ? "Watched" : "Watching"}</dt>
        <dd data-testid="seconds">{formatDuration((stats.ticks * tickMs) / 1000)}</dd>
      </div>
      <div className="big">
        <dt>{final ? "Paid" : "Paid so far"}</dt>
        <dd data-testid="spent">{formatAmount(planck(stats.spent), token)}</dd>
      </div>
      {!final && (
        <>
          <div>
            <dt>Your limit</dt>
            <dd>{formatAmount(planck(stats.limit), token)}</dd>
          </div>
          <div>
            <dt>At risk now</dt>
            <dd>{stats.exposure === 0 ? "nothing" : formatDuration((stats.exposure * tickMs) / 1000)}</dd>
          </div>
        </>
      )}
    </dl>
  );
}
