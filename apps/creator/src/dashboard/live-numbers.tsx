// SPDX-License-Identifier: Apache-2.0
import { SimpleGrid } from "@mantine/core";
import type { NodeInfo, StreamDetail, StreamStats } from "@tickstream/contracts-types";
import { Amount, useFormat, useT } from "@tickstream/ui";
import { Figure } from "../components/figure.tsx";

/** How the broadcast does now: audience, and money by how sure it is. */
export function LiveNumbers(props: { stream: StreamDetail; stats: StreamStats | undefined; node: NodeInfo }) {
  const { stream, stats, node } = props;
  const t = useT();
  const { number } = useFormat();
  const { token } = node;
  const paid = stream.rate > 0n;
  const earnings = stats?.earnings;
  return (
    <section aria-label={t("creator.dashboard-title")} className="live-numbers">
      <SimpleGrid cols={{ base: paid ? 2 : 1, sm: paid ? 3 : 2, md: paid ? 5 : 4 }} spacing="sm">
        <Figure label={t("creator.viewers-now")} testId="viewers">
          {number(stats?.viewers ?? 0)}
        </Figure>
        {paid && (
          <>
            <Figure
              label={t("creator.seconds-per-second")}
              hint={t("creator.sold", { ticks: earnings?.ticksSold ?? 0 })}
              testId="ticks-per-second"
            >
              {number(Math.round((stats?.ticksPerSecond ?? 0) * 10) / 10)}
            </Figure>
            <Figure
              label={t("creator.earned-pending")}
              hint={t("creator.earned-pending-hint")}
              testId="pending"
            >
              <Amount value={earnings?.pending ?? 0n} token={token} />
            </Figure>
            <Figure
              label={t("creator.earned-in-block")}
              hint={t("creator.earned-in-block-hint")}
              testId="in-block"
            >
              {/* The node counts what is final as settled too. */}
              <Amount value={earnings ? earnings.settled - earnings.finalized : 0n} token={token} />
            </Figure>
            <Figure label={t("creator.earned-final")} hint={t("creator.earned-final-hint")} testId="final">
              <Amount value={earnings?.finalized ?? 0n} token={token} />
            </Figure>
          </>
        )}
      </SimpleGrid>
    </section>
  );
}
