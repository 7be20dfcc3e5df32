// SPDX-License-Identifier: Apache-2.0
import { planck } from "@tickstream/contracts-types";
import { sql, type SQL } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/system/postgres.ts";
import { openDatabase, type Database } from "../database/open-database.ts";
import { eventually } from "../testing/eventually.ts";
import { HistoryDouble, type ToldEvent } from "../testing/history-double.ts";
import { ToldStream } from "../testing/told-stream.ts";
import { startIndexer, type Indexer } from "./indexer.ts";

const stream = new ToldStream();
const {
  creator: CREATOR,
  guest: GUEST,
  operator: OPERATOR,
  id: STREAM,
  channel: CHANNEL,
  terms: TERMS,
} = stream;
const registered = stream.registered();
const opened = stream.opened();

let postgres: TestPostgres;
let database: Database;
let chain: HistoryDouble;
let indexer: Indexer;
let problems: string[];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  const url = await postgres.createDatabase();
  database = await openDatabase({ url, genesisHash: `0x${"9e".repeat(32)}` });
  chain = new HistoryDouble();
  problems = [];
});
afterEach(async () => {
  await indexer.stop();
  await database.close();
});

const begin = (options: { from?: number; batch?: number } = {}): void => {
  const note = (_fields: object, message: string): void => void problems.push(message);
  const log = { info() {}, warn: note, error: note };
  indexer = startIndexer({ database, chain, from: 1, retryMs: 20, log, ...options });
};
const upTo = (block: number) =>
  eventually(() => indexer.state()).toMatchObject({ state: "current", to: block, finalized: block });
const byAccount = async (query: SQL): Promise<Record<string, bigint>> => {
  const { rows } = await database.db.execute<{ account: Buffer; sum: string }>(query);
  return Object.fromEntries(rows.map(({ account, sum }) => [`0x${account.toString("hex")}`, BigInt(sum)]));
};
/** Who has what, by the rows alone. */
const balances = async (): Promise<Record<string, bigint>> => {
  const found = await byAccount(sql`select account, sum(amount) from history_payments group by 1`);
  const days = sql`select account, sum(settled + tipped) as sum from history_account_days group by 1`;
  expect(await byAccount(days)).toEqual(found);
  return found;
};

describe("the indexer", () => {
  test("tells who was paid, to the planck, whatever the batches", async () => {
    chain.add(registered);
    chain.add([opened, stream.settled(0, 3)]);
    for (let i = 0; i < 7; i++) chain.add();
    chain.add([stream.settled(3, 10), stream.tipped(101n)]);
    begin({ batch: 4 });
    await upTo(10);
    expect(await balances()).toEqual(stream.owed(10, 101n));
    chain.add([stream.settled(10, 11)]);
    await upTo(11);
    expect(await balances()).toEqual(stream.owed(11, 101n));
    expect(chain.reads.filter((number) => number > 1)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test("goes on where it stopped, and takes no block twice", async () => {
    chain.add(registered);
    chain.add([opened, stream.settled(0, 3)]);
    begin();
    await upTo(2);
    await indexer.stop();
    chain.add([stream.settled(3, 5)]);
    chain.reads.length = 0;
    begin();
    await upTo(3);
    expect(chain.reads).toEqual([3]);
    expect(await balances()).toEqual(stream.owed(5));
  });

  test("new terms hold for tips at once, and for channels that were opened on them", async () => {
    const second = { ...TERMS, payees: [{ account: GUEST, share: 1_000_000_000 }] };
    chain.add(registered);
    chain.add([
      opened,
      stream.tipped(10n),
      { name: "TermsAdded", data: { stream: STREAM, terms: 2, ...second } },
      stream.tipped(100n),
    ]);
    begin();
    await upTo(2);
    // In a batch of its own, so that the version comes from the database.
    chain.add([stream.tipped(1_000n), stream.settled(0, 2)]);
    await upTo(3);
    const { [GUEST]: guest, [CREATOR]: creator, [OPERATOR]: operator } = stream.owed(2, 10n);
    expect(await balances()).toEqual({
      [GUEST]: guest! + 1_100n,
      [CREATOR]: creator!,
      [OPERATOR]: operator!,
    });
  });

  test("a share that went to the creator is the creator's; it belongs to the tip that it was part of", async () => {
    const redirected: ToldEvent = {
      name: "ShareRedirected",
      data: { stream: STREAM, payee: GUEST, amount: planck(30n) },
    };
    chain.add(registered);
    chain.add([
      { ...redirected, extrinsic: 2 },
      { ...stream.tipped(100n), extrinsic: 2 },
      { ...redirected, extrinsic: 3 },
    ]);
    begin();
    await upTo(2);
    expect(await balances()).toEqual({ [CREATOR]: 130n, [GUEST]: -30n });
    const { rows } = await database.db.execute(sql`select name, kind from history_events order by index`);
    expect(rows).toEqual([
      { name: "ShareRedirected", kind: "tip" },
      { name: "Tipped", kind: "tip" },
      { name: "ShareRedirected", kind: "settlement" },
    ]);
  });

  test("what was before the first block that can be read comes from the chain's state", async () => {
    for (let i = 0; i < 20; i++) chain.add();
    chain.add([stream.settled(3, 5), stream.tipped(10n)]);
    chain.keptFrom = 14;
    chain.channels.set(CHANNEL, { stream: STREAM, terms: 1, operator: OPERATOR });
    chain.streams.set(STREAM, { creator: CREATOR, currentTerms: 1 });
    chain.versions.set(`${STREAM}/1`, TERMS);
    begin();
    await upTo(21);
    expect(indexer.state().from).toBe(14);
    expect(problems).toEqual(["the chain has forgotten earlier blocks: earnings are told from here on"]);
    const [five, three] = [stream.owed(5, 10n), stream.owed(3)];
    const since = [CREATOR, GUEST, OPERATOR].map((who) => [who, five[who]! - three[who]!]);
    expect(await balances()).toEqual(Object.fromEntries(since));
    // Now it knows them itself.
    for (const facts of [chain.channels, chain.streams, chain.versions]) facts.clear();
    chain.add([stream.settled(5, 6)]);
    await upTo(22);
  });

  test("a chain that forgets what was not read yet interrupts it, and says so; an archive mends it", async () => {
    chain.add(registered);
    begin();
    await upTo(1);
    chain.reachable = false;
    chain.announce();
    await eventually(() => indexer.state().finalized).toBeNull();
    chain.add([opened, stream.settled(0, 1)]);
    chain.add();
    chain.keptFrom = 3;
    chain.reachable = true;
    chain.announce();
    await eventually(() => indexer.state()).toMatchObject({
      state: "interrupted",
      reason: expect.stringContaining("State discarded"),
      to: 1,
    });
    expect(problems).toEqual(["the chain's history cannot be read on"]);
    chain.keptFrom = 1;
    await upTo(3);
    expect(await balances()).toEqual(stream.owed(1));
  });

  test("a settlement that the terms do not explain stops it: wrong figures are worse than none", async () => {
    chain.add(registered);
    chain.add([opened, stream.settled(0, 3, { operatorPaid: planck(1n) })]);
    begin();
    await eventually(() => indexer.state()).toMatchObject({
      state: "interrupted",
      reason: expect.stringContaining("otherwise than its terms say"),
    });
    expect(await balances()).toEqual({});
  });

  test("blocks that the chain has no more are taken back, and what came instead is read", async () => {
    chain.add(registered);
    chain.add([opened, stream.settled(0, 3)]);
    chain.add([stream.settled(3, 5)]);
    chain.add();
    begin();
    await upTo(4);
    chain.replace(2);
    // Shorter than what was read: that alone may be a node that is behind.
    chain.add([stream.settled(3, 4)]);
    await eventually(() => problems.length).toBe(1);
    await upTo(3);
    expect(await balances()).toEqual(stream.owed(4));
    chain.replace(0);
    chain.add(registered);
    chain.add([opened, stream.settled(0, 1)]);
    await upTo(2);
    expect(await balances()).toEqual(stream.owed(1));
  });

  test("a node of the chain that is behind changes nothing", async () => {
    chain.add(registered);
    chain.add([opened, stream.settled(0, 3)]);
    for (let i = 0; i < 3; i++) chain.add();
    begin();
    await upTo(5);
    // The same blocks, fewer of them.
    const finalized = chain.finalized.bind(chain);
    chain.finalized = () => 2;
    chain.announce();
    await eventually(() => indexer.state()).toMatchObject({ to: 5, finalized: 2, state: "current" });
    chain.finalized = finalized;
    chain.add([stream.settled(3, 4)]);
    await upTo(6);
    expect(problems).toEqual([]);
    expect(await balances()).toEqual(stream.owed(4));
  });

  test("a database that is away is waited for", async () => {
    chain.add(registered);
    begin();
    await upTo(1);
    await postgres.pause();
    chain.add([opened, stream.settled(0, 3)]);
    await eventually(() => indexer.state()).toMatchObject({ state: "catching-up", to: 1 });
    await postgres.resume();
    await upTo(2);
    expect(await balances()).toEqual(stream.owed(3));
  });
});
