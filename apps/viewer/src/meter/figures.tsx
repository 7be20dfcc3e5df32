// SPDX-License-Identifier: Apache-2.0
import type { Token } from "@tickstream/contracts-types";
import type { SessionStats } from "@tickstream/sdk";
import { Amount, formatDuration, useFormat, useT } from "@tickstream/ui";

/** Seconds and money, as they run. Not announced each second: a screen reader reads them when asked. */
export function Figures(props: {
  stats: SessionStats;
  tickMs: number;
  token: Token;
  rate?: bigint;
  final?: boolean;
}) {
  const { stats, tickMs, token, rate, final = false } = props;
  const t = useT();
  const format = useFormat();
  return (
    <dl className="figures" aria-label={t(final ? "viewer.figures-final" : "viewer.figures")}>
      <div className="figure-big">
        <dt>{t(final ? "viewer.watched" : "viewer.watching")}</dt>
        <dd data-testid="seconds">{formatDuration((stats.ticks * tickMs) / 1000)}</dd>
      </div>
      <div className="figure-big">
        <dt>{t(final ? "viewer.paid" : "viewer.paid-so-far")}</dt>
        <dd data-testid="spent">
          <Amount value={stats.spent} token={token} />
        </dd>
      </div>
      {stats.fees > 0n && (
        <div className="figure-line">
          <dt>{t("viewer.opening-fee")}</dt>
          <dd>
            <Amount value={stats.fees} token={token} />
          </dd>
        </div>
      )}
      {!final && (
        <>
          {rate !== undefined && (
            <div className="figure-line">
              <dt>{t("viewer.price")}</dt>
              <dd>{format.rate(rate, tickMs, token)}</dd>
            </div>
          )}
          <div className="figure-line">
            <dt>{t("viewer.at-risk")}</dt>
            <dd>
              {stats.exposure === 0
                ? t("viewer.at-risk-nothing")
                : t("viewer.at-risk-seconds", { seconds: (stats.exposure * tickMs) / 1000 })}
            </dd>
          </div>
        </>
      )}
    </dl>
  );
}
