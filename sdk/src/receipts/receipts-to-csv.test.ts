// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { parseReceipts, type Receipt } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import { receiptsToCsv } from "./receipts-to-csv.ts";

const url = new URL("../../../tests/vectors/receipts.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(url, "utf8")) as { cases: { receipt: object }[] };
const [receipt] = parseReceipts(JSON.stringify(cases[0]!.receipt)) as [Receipt];
const token = { decimals: 12, symbol: "UNIT" };

test("a row has every figure, exact", () => {
  const [header, row, end] = receiptsToCsv([receipt], token).split("\r\n");
  const columns = Object.fromEntries(header!.split(",").map((name, i) => [name, parse(row!)[i]]));
  expect(columns).toMatchObject({
    started_at: "2026-11-21T12:00:00.000Z",
    title: "Tickstream, live",
    ticks: "43",
    tick_ms: "1000",
    rate_planck: "1000000000",
    amount_planck: "43000000000",
    open_fee_planck: "7",
    total_planck: "43000000007",
    total: "0.043000000007",
    token: "UNIT",
    opened_block: "100",
    settled_block: "140",
    settled_ticks: "43",
  });
  expect(end).toBe("");
});

test.each([
  ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["+1", "'+1"],
  ["@sum", "'@sum"],
  ['say "hi", now', 'say "hi", now'],
  ["two\nlines", "two\nlines"],
])("the title %j is text to a spreadsheet", (title, shown) => {
  const row = receiptsToCsv([{ ...receipt, about: { ...receipt.about, title } }], token).split("\r\n")[1]!;
  expect(parse(row)[1]).toBe(shown);
});

test("what was not looked up is empty, and no receipts are a header", () => {
  const row = receiptsToCsv([{ ...receipt, chain: { opened: null, settled: null } }], token).split(
    "\r\n",
  )[1]!;
  expect(parse(row).slice(-4, -1)).toEqual(["", "", ""]);
  expect(receiptsToCsv([], token).split("\r\n")).toHaveLength(2);
});

/** The fields of one record (RFC 4180). */
function parse(row: string): string[] {
  const fields = row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return Array.from(fields, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}
