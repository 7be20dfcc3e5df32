// SPDX-License-Identifier: Apache-2.0
import { formatAmount, planck, type Earnings, type Token } from "@tickstream/contracts-types";
import { Chart, useT } from "@tickstream/ui";
import { useMemo } from "react";
import { byDay } from "./by-day.ts";

/** Settlements and tips, a bar a day. The table beside it has the exact figures. */
export function EarningsChart({ rows, token }: { rows: Earnings["rows"]; token: Token }) {
  const t = useT();
  const days = useMemo(() => byDay(rows), [rows]);
  // A chart draws numbers: digits beyond what a pixel shows are left to the table.
  const tokens = (amount: bigint) => Number(amount) / 10 ** token.decimals;
  const format = (value: number) =>
    formatAmount(planck(BigInt(Math.round(value * 10 ** Math.min(token.decimals, 6)))), {
      decimals: Math.min(token.decimals, 6),
      symbol: token.symbol,
    });
  return (
    <Chart
      label={t("creator.chart-earnings")}
      days
      times={days.map(({ at }) => at)}
      series={[
        {
          label: t("creator.column-settled"),
          values: days.map(({ settled }) => tokens(settled)),
          format,
          kind: "bars",
        },
        {
          label: t("creator.column-tips"),
          values: days.map(({ tipped }) => tokens(tipped)),
          format,
        },
      ]}
    />
  );
}
