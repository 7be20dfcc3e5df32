// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startPriceSource, type PriceSource } from "./price-source.ts";

let server: Server;
let answer: { status: number; body: string };
let asked: number;
let source: PriceSource | undefined;
let warnings: number;

beforeEach(async () => {
  answer = { status: 200, body: "{}" };
  asked = 0;
  warnings = 0;
  server = createServer((_request, response) => {
    asked++;
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await source?.stop();
  source = undefined;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const begin = (field: string, options: { everyMs?: number; staleMs?: number } = {}): PriceSource =>
  (source = startPriceSource({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    field,
    currency: "EUR",
    log: { warn: () => warnings++ },
    ...options,
  }));

test("the price stands where the operator says, as a number or as text", async () => {
  answer.body = JSON.stringify({ data: [{ price: 4.25 }] });
  const found = begin("data.0.price");
  await eventually(() => found.price()).toMatchObject({ currency: "EUR", perUnit: 4.25 });
  await found.stop();
  answer.body = JSON.stringify({ unit: { eur: "0.5" } });
  const text = begin("unit.eur");
  await eventually(() => text.price()?.perUnit).toBe(0.5);
});

test("what is no price is none: the last one stays until it is stale, and one warning is enough", async () => {
  answer.body = JSON.stringify({ eur: 2 });
  const found = begin("eur", { everyMs: 5 });
  await eventually(() => found.price()?.perUnit).toBe(2);
  for (const body of [
    '{"eur":0}',
    '{"eur":-1}',
    '{"eur":"x"}',
    "[]",
    "{",
    '{"usd":1}',
    `"${"x".repeat(300_000)}"`,
  ]) {
    answer.body = body;
    const before = asked;
    await eventually(() => asked).toBeGreaterThan(before + 1);
    expect(found.price()?.perUnit, body.slice(0, 20)).toBe(2);
  }
  answer = { status: 500, body: '{"eur":3}' };
  const before = asked;
  await eventually(() => asked).toBeGreaterThan(before + 1);
  expect(found.price()?.perUnit).toBe(2);
  expect(warnings).toBe(1);
  answer = { status: 200, body: '{"eur":3}' };
  await eventually(() => found.price()?.perUnit).toBe(3);
});

test("a price that is too old is told no more", async () => {
  answer.body = JSON.stringify({ eur: 2 });
  const found = begin("eur", { staleMs: 20 });
  await eventually(() => asked).toBe(1);
  await eventually(() => found.price()).toBeNull();
});
