// SPDX-License-Identifier: Apache-2.0
import {
  EARNINGS_GROUPS,
  EARNINGS_SCOPES,
  type EarningsCsvQuery,
  type EarningsGroup,
  type EarningsScope,
} from "@tickstream/contracts-types";

/** What the earnings page shows, as its address says it, so that it can be reloaded and gone back to. */
export interface EarningsFilter {
  scope: EarningsScope;
  group: EarningsGroup;
  /** Days, `2026-11-21`, both included; empty for no bound. */
  from: string;
  to: string;
  /** A stream's id; empty for all. */
  stream: string;
}

const DAY_MS = 86_400_000;
const isDay = (text: string) => /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) && !Number.isNaN(Date.parse(text));

export function readFilter(parameters: URLSearchParams): EarningsFilter {
  const day = (name: string) => {
    const value = parameters.get(name) ?? "";
    return isDay(value) ? value : "";
  };
  return {
    scope: EARNINGS_SCOPES.find((scope) => scope === parameters.get("scope")) ?? "creator",
    group: EARNINGS_GROUPS.find((group) => group === parameters.get("group")) ?? "day",
    from: day("from"),
    to: day("to"),
    stream: parameters.get("stream") ?? "",
  };
}

/** Without what is as it is by itself. */
export function writeFilter(filter: EarningsFilter): URLSearchParams {
  const { scope, group, from, to, stream } = filter;
  return new URLSearchParams({
    ...(scope !== "creator" && { scope }),
    ...(group !== "day" && { group }),
    ...(from !== "" && { from }),
    ...(to !== "" && { to }),
    ...(stream !== "" && { stream }),
  });
}

/** As the node takes it: moments, the end excluded. Days are UTC's, as the node groups by them. */
export function filterQuery({ scope, from, to, stream }: EarningsFilter): EarningsCsvQuery {
  return {
    scope,
    ...(from !== "" && { from: new Date(Date.parse(from)).toISOString() }),
    ...(to !== "" && { to: new Date(Date.parse(to) + DAY_MS).toISOString() }),
    ...(stream !== "" && { stream }),
  };
}
