// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { filterQuery, readFilter, writeFilter } from "./earnings-filter.ts";

test("a filter comes back from its address", () => {
  const filter = {
    scope: "account",
    group: "payee",
    from: "2026-11-01",
    to: "2026-11-21",
    stream: "7",
  } as const;
  expect(readFilter(writeFilter(filter))).toEqual(filter);
});

test("an address without one, or with nonsense, shows everything by day", () => {
  const everything = { scope: "creator", group: "day", from: "", to: "", stream: "" };
  expect(readFilter(new URLSearchParams())).toEqual(everything);
  expect(readFilter(new URLSearchParams("scope=x&group=y&from=2026-13-01&to=soon"))).toEqual(everything);
});

test("the last day counts whole", () => {
  expect(
    filterQuery({ scope: "creator", group: "day", from: "2026-11-20", to: "2026-11-21", stream: "" }),
  ).toEqual({ scope: "creator", from: "2026-11-20T00:00:00.000Z", to: "2026-11-22T00:00:00.000Z" });
});
