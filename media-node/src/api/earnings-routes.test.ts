// SPDX-License-Identifier: Apache-2.0
// Earnings and tips over the API, on a history that the test tells.
import { accountId, toSs58 } from "@tickstream/contracts-types";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/system/postgres.ts";
import { pair, startApiNode, type ApiNode } from "../testing/api-node.ts";
import { OPERATOR } from "../testing/chain-double.ts";
import { eventually } from "../testing/eventually.ts";
import type { HistoryDouble } from "../testing/history-double.ts";
import { ToldStream } from "../testing/told-stream.ts";

const idOf = (uri: string) => accountId(pair(uri).publicKey);
const [alice, bob] = [idOf("//Alice"), idOf("//Bob")];
const first = new ToldStream({ creator: alice, guest: bob, operator: OPERATOR });
const second = new ToldStream({ id: 8n, creator: alice, guest: idOf("//Dave"), operator: OPERATOR });
const foreign = new ToldStream({ id: 9n, creator: idOf("//Eve"), guest: bob, operator: OPERATOR });
let postgres: TestPostgres;
let api: ApiNode;
let history: HistoryDouble;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  api = await startApiNode(await postgres.createDatabase());
  ({ history } = api.chain);
});
afterEach(() => api.stop());

const read = async (route: string, token: string) => (await api.call(route, { token })).body;
const upTo = async (token: string, block: number): Promise<void> => {
  await eventually(async () => (await read("/api/earnings", token)).history).toMatchObject({
    state: "current",
    to: block,
  });
};
/** Two days of two streams, and one of somebody else's in between. */
const tell = (): void => {
  history.add([...first.registered(), ...second.registered(), ...foreign.registered()]);
  history.add([first.opened(), second.opened(), foreign.opened(), first.settled(0, 3)]);
  history.add([second.settled(0, 5), foreign.settled(0, 50), first.tipped(101n)], 1);
  history.add([first.settled(3, 4)]);
};
const sum = (...amounts: bigint[]): string => amounts.reduce((a, b) => a + b, 0n).toString();

describe("earnings", () => {
  test("by day, by stream and by payee, to the planck; the sums are of all", async () => {
    const { token } = await api.createPaid({ title: "The first" });
    tell();
    await upTo(token, 4);
    const [f, s] = [first.split(0, 4), second.split(0, 5)];
    const totals = {
      ticks: 9,
      settlements: 3,
      tips: 1,
      settled: sum(f.total, s.total),
      operator: sum(first.split(0, 3).operator, first.split(3, 4).operator, s.operator),
      tipped: "101",
      pending: "0",
    };
    const days = await read("/api/earnings", token);
    expect(days).toMatchObject({ totals, history: { state: "current", from: 1, to: 4, finalized: 4 } });
    expect(days.rows).toMatchObject([
      {
        key: "2026-01-02",
        ticks: 6,
        settlements: 2,
        tips: 1,
        settled: sum(first.split(3, 4).total, s.total),
        tipped: "101",
      },
      {
        key: "2026-01-01",
        ticks: 3,
        settlements: 1,
        tips: 0,
        settled: sum(first.split(0, 3).total),
        tipped: "0",
      },
    ]);
    expect((await read("/api/earnings?group=stream", token)).rows).toMatchObject([
      { key: "8", title: null, ticks: 5, settled: sum(s.total) },
      { key: "7", title: "The first", ticks: 4, settled: sum(f.total), tipped: "101" },
    ]);
    const { rows } = await read("/api/earnings?group=payee", token);
    const [f7, f8] = [first.owed(4), second.owed(5)];
    const byAccount = Object.fromEntries(
      rows.map((row: { key: string; settled: string; tipped: string }) => [
        row.key,
        [row.settled, row.tipped],
      ]),
    );
    expect(byAccount).toEqual({
      [toSs58(alice)]: [sum(f7[alice]!, f8[alice]!), "71"],
      [toSs58(bob)]: [sum(f7[bob]!), "30"],
      [toSs58(idOf("//Dave"))]: [sum(f8[second.guest]!), "0"],
      [toSs58(OPERATOR)]: [sum(f7[OPERATOR]!, f8[OPERATOR]!), "0"],
    });
  });

  test("of an account, whoever's streams it is paid from; and of a time and a stream only", async () => {
    const { token } = await api.createPaid();
    tell();
    await upTo(token, 4);
    const asBob = await api.login("//Bob");
    expect((await read("/api/earnings", asBob)).rows).toEqual([]);
    const account = await read("/api/earnings?scope=account&group=stream", asBob);
    expect(account.rows).toMatchObject([
      { key: "9", settled: sum(foreign.owed(50)[bob]!), operator: "0" },
      { key: "7", settled: sum(first.owed(4)[bob]!), tipped: "30" },
    ]);
    const of = async (query: string) => (await read(`/api/earnings${query}`, token)).totals;
    expect(await of("?stream=7")).toMatchObject({ ticks: 4, tips: 1 });
    expect(await of("?to=2026-01-02T00:00:00Z")).toMatchObject({ ticks: 3, tips: 0 });
    expect(await of("?from=2026-01-02T00:00:00Z&stream=8")).toMatchObject({ ticks: 5, settlements: 1 });
    expect(await of("?from=2026-01-03T00:00:00Z")).toMatchObject({ ticks: 0, settled: "0" });
    expect(await of("?from=2026-01-02T00:00:20Z&to=2026-01-01T00:00:00Z")).toMatchObject({ ticks: 0 });
  });

  test("each event leads to its block and extrinsic, page by page", async () => {
    const { token } = await api.createPaid({ title: "The first" });
    tell();
    await upTo(token, 4);
    const page = await read("/api/earnings/events?limit=3", token);
    expect(page.events).toMatchObject([
      {
        block: 4,
        index: 0,
        extrinsic: 1,
        name: "Settled",
        stream: "7",
        title: "The first",
        ticks: 1,
        channel: first.channel,
      },
      { block: 3, index: 2, name: "Tipped", stream: "7", ticks: null, channel: null, amount: "101" },
      { block: 3, index: 0, name: "Settled", stream: "8", title: null, at: "2026-01-02T00:00:18.000Z" },
    ]);
    expect(page.events[0].blockHash).toBe(await history.hashOf(4));
    expect(page.events[1].payments).toEqual([
      { account: toSs58(alice), role: "payee", amount: "71" },
      { account: toSs58(bob), role: "payee", amount: "30" },
    ]);
    const rest = await read(`/api/earnings/events?limit=3&cursor=${page.next}`, token);
    expect(rest).toMatchObject({ events: [{ block: 2, index: 3, ticks: 3 }], next: null });
    const asBob = await api.login("//Bob");
    const bobs = await read("/api/earnings/events?scope=account&limit=100", asBob);
    expect(bobs.events.map(({ block, index }: { block: number; index: number }) => [block, index])).toEqual([
      [4, 0],
      [3, 2],
      [3, 1],
      [2, 3],
    ]);
    // What others got of it is not his to see here.
    expect(bobs.events[1].payments).toEqual([{ account: toSs58(bob), role: "payee", amount: "30" }]);
  });

  test("as a file for spreadsheets, all of it, quoted where it must be", async () => {
    const { token } = await api.createPaid({ title: '=1+1, "so"' });
    history.add(first.registered());
    history.add([first.opened()]);
    for (let n = 0; n < 600; n++) history.add([first.settled(n, n + 1)]);
    await upTo(token, 602);
    const response = await api.call("/api/earnings.csv", { token });
    expect(response.headers.get("content-type")).toContain("text/csv");
    expect(response.headers.get("content-disposition")).toContain("earnings.csv");
    const lines = response.body.toString().split("\r\n").slice(0, -1);
    expect(lines[0]).toMatch(/^time,block,block_hash,.*,plancks,UNIT$/);
    expect(lines).toHaveLength(1 + 3 * 600);
    expect(lines[1]).toContain(`,"'=1+1, ""so""",`);
    const paid = lines.slice(1).map((line: string) => BigInt(line.split(",").at(-2)!));
    expect(sum(...paid)).toBe(sum(first.split(0, 600).total));
    const [plancks, units] = lines[1]!.split(",").slice(-2) as [string, string];
    expect(units).toBe(`0.${plancks.padStart(12, "0")}`);
  });

  test("nonsense gets a typed answer, strangers none", async () => {
    const { token } = await api.createPaid();
    for (const route of ["", "/events", ".csv"]) {
      expect((await api.call(`/api/earnings${route}`)).body.error.code).toBe("login-needed");
      expect((await read(`/api/earnings${route}?from=yesterday`, token)).error.code).toBe("api-body-invalid");
      expect((await read(`/api/earnings${route}?stream=fabcdefghij27`, token)).error.code).toBe(
        "stream-free",
      );
    }
    expect((await read("/api/earnings/events?cursor=x", token)).error.code).toBe("cursor-invalid");
    const far = Buffer.from("[9007199254740990,9007199254740990]").toString("base64url");
    expect((await read(`/api/earnings/events?cursor=${far}`, token)).error.code).toBe("cursor-invalid");
    const beyond = Buffer.from("[8000000000000000,1]").toString("base64url");
    expect((await read(`/api/earnings/events?cursor=${beyond}`, token)).events).toEqual([]);
  });
});

describe("tips", () => {
  test("come with the best block, are told to be final later, and are gone with their block", async () => {
    await api.createPaid();
    history.add(first.registered());
    history.add([first.tipped(5n, "The first\u0007 one")]);
    const tips = async (query = "") => (await api.call(`/api/streams/7/tips${query}`)).body.tips;
    await eventually(() => tips()).toMatchObject([
      { id: "2-0", from: toSs58(first.fan), amount: "5", note: "The first  one", block: 2, final: true },
    ]);
    history.best(3, 1, [first.tipped(6n), second.tipped(1n)]);
    history.best(4, 1, [first.tipped(7n)]);
    expect(await tips()).toMatchObject([
      { id: "4-0", amount: "7", final: false },
      { id: "3-0", amount: "6", final: false },
      { id: "2-0", final: true },
    ]);
    expect((await tips("?limit=1")).map(({ id }: { id: string }) => id)).toEqual(["4-0"]);
    expect((await tips("?after=2-0")).map(({ id }: { id: string }) => id)).toEqual(["4-0", "3-0"]);
    // Another block 3 takes their place, without a tip; what came of the second one is final.
    history.best(3, 2, []);
    expect((await tips()).map(({ id }: { id: string }) => id)).toEqual(["2-0"]);
    history.best(4, 2, [first.tipped(7n)]);
    history.add();
    history.add([first.tipped(7n)]);
    await eventually(() => tips()).toMatchObject([{ id: "4-0", amount: "7", final: true }, { id: "2-0" }]);
    expect((await api.call("/api/streams/7/tips?after=x")).status).toBe(400);
    expect(await tips("?after=9999999999-9999999999")).toEqual([]);
    expect((await api.call("/api/streams/8/tips")).body.error.code).toBe("stream-not-found");
  });

  test("a free stream has none: it is not on the chain", async () => {
    const token = await api.login("//Alice");
    const { id } = (await api.call("/api/streams", { token, body: { title: "Free", free: true } })).body
      .stream;
    expect((await api.call(`/api/streams/${id}/tips`)).body).toEqual({ tips: [] });
  });
});
