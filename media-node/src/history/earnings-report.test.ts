// SPDX-License-Identifier: Apache-2.0
import { accountId, EARNINGS_GROUPS, EARNINGS_SCOPES, type EarningsGroup } from "@tickstream/contracts-types";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/system/postgres.ts";
import { openDatabase, type Database } from "../database/open-database.ts";
import { GENESIS } from "../testing/chain-double.ts";
import { eventually } from "../testing/eventually.ts";
import { HistoryDouble } from "../testing/history-double.ts";
import { ToldStream } from "../testing/told-stream.ts";
import { earningsReport } from "./earnings-report.ts";
import type { EarningsFilter } from "./earnings-scope.ts";
import { splitByDay } from "./earnings-sums.ts";
import { startIndexer } from "./indexer.ts";

const first = new ToldStream();
const second = new ToldStream({ id: 8n, creator: first.creator, guest: accountId(`0x${"dd".repeat(32)}`) });
const foreign = new ToldStream({ id: 9n, creator: accountId(`0x${"ee".repeat(32)}`), guest: first.creator });
let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await openDatabase({ url: await postgres.createDatabase(), genesisHash: GENESIS });
});
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
});

const moment = (text: string): Date => new Date(`2026-01-${text}Z`);

test("a span of time is whole days and what is left of others", () => {
  const split = (from: string | null, to: string | null) =>
    splitByDay({ from: from === null ? null : moment(from), to: to === null ? null : moment(to) });
  expect(split(null, null)).toEqual({ days: { from: null, to: null }, parts: [] });
  expect(split("02T00:00:00", "05T00:00:00")).toEqual({
    days: { from: "2026-01-02", to: "2026-01-05" },
    parts: [],
  });
  expect(split("02T12:00:00", "05T06:00:00")).toEqual({
    days: { from: "2026-01-03", to: "2026-01-05" },
    parts: [
      { from: moment("02T12:00:00"), to: moment("03T00:00:00") },
      { from: moment("05T00:00:00"), to: moment("05T06:00:00") },
    ],
  });
  expect(split("02T12:00:00", "03T06:00:00").days).toBeNull();
  expect(split("02T12:00:00", "03T06:00:00").parts).toHaveLength(2);
  expect(split("02T12:00:00", "02T18:00:00")).toEqual({
    days: null,
    parts: [{ from: moment("02T12:00:00"), to: moment("02T18:00:00") }],
  });
  expect(split("02T00:00:00", null).days).toEqual({ from: "2026-01-02", to: null });
});

test("whatever moment a time is cut at, both parts make the whole", async () => {
  const chain = new HistoryDouble();
  chain.add([...first.registered(), ...second.registered(), ...foreign.registered()]);
  chain.add([first.opened(), second.opened(), foreign.opened(), first.settled(0, 3)]);
  chain.add([second.settled(0, 5), foreign.settled(0, 50), first.tipped(101n)], 1);
  chain.add([first.settled(3, 4)]);
  chain.add([first.settled(4, 9), second.tipped(7n)], 2);
  const indexer = startIndexer({ database, chain, from: 1, log: { info() {}, warn() {}, error() {} } });
  await eventually(() => indexer.state().to).toBe(5);
  await indexer.stop();

  const cuts = ["01T00:00:15", "02T00:00:00", "02T00:00:20", "04T12:00:00"].map(moment);
  for (const scope of EARNINGS_SCOPES) {
    for (const group of EARNINGS_GROUPS) {
      const ask = (from: Date | null, to: Date | null) => figures({ scope, from, to }, group);
      const whole = await ask(null, null);
      expect(whole.get("all")?.slice(0, 3)).toEqual(scope === "creator" ? [14n, 4n, 2n] : [64n, 5n, 2n]);
      for (const cut of cuts) {
        const [before, after] = await Promise.all([ask(null, cut), ask(cut, null)]);
        for (const [key, amounts] of whole) {
          const parts = amounts.map((_, i) => (before.get(key)?.[i] ?? 0n) + (after.get(key)?.[i] ?? 0n));
          expect(parts, `${scope} by ${group}, cut at ${cut.toISOString()}: ${key}`).toEqual(amounts);
        }
      }
    }
  }
});

/** All figures of a report, by key; `all` is the totals. */
async function figures(
  span: Pick<EarningsFilter, "scope" | "from" | "to">,
  group: EarningsGroup,
): Promise<Map<string, bigint[]>> {
  const { rows, totals } = await earningsReport(
    database,
    { account: first.creator, stream: null, ...span },
    group,
  );
  return new Map(
    [{ key: "all", ...totals }, ...rows].map(
      ({ key, ticks, settlements, tips, settled, operator, tipped }) => [
        key,
        [ticks, settlements, tips, settled, operator, tipped].map(BigInt),
      ],
    ),
  );
}
