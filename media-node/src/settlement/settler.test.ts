// SPDX-License-Identifier: Apache-2.0
import { planck } from "@tickstream/contracts-types";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/system/postgres.ts";
import { chainOutbox } from "../database/schema.ts";
import type { LedgerChannel } from "../ledger/ledger-channel.ts";
import { channelRow, openChannel, openLedger, RecordingHolder } from "../testing/ledger-fixture.ts";
import { SettlementChainDouble } from "../testing/settlement-chain-double.ts";
import { STREAM, TestViewer, type Payer } from "../testing/viewer.ts";
import { planSettlements, type SettlementPolicy } from "./settlement-plan.ts";
import { createSettler, type Settler } from "./settler.ts";
import { eventually } from "../testing/eventually.ts";

let postgres: TestPostgres;
let url: string;
let chain: SettlementChainDouble;
let viewer: TestViewer;
let opened: Awaited<ReturnType<typeof openLedger>>;
let settler: Settler;
const holder = new RecordingHolder();
const WINDOW = { from: 0, to: 100_000 };
const EAGER: SettlementPolicy = {
  settleAbove: planck(1n),
  settleAfter: 600,
  closeIdleAfter: 600,
  settleMargin: 50,
};
const PATIENT: SettlementPolicy = { ...EAGER, settleAbove: planck(10n ** 18n) };

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  url = await postgres.createDatabase();
  chain = new SettlementChainDouble();
  chain.setTerms(STREAM);
  viewer = new TestViewer();
  chain.setTab(viewer.tab, viewer.sessionKey, { free: planck(10n ** 9n) });
});
afterEach(async () => {
  await settler.stop();
  await opened.close();
});

const start = async (policy: SettlementPolicy): Promise<void> => {
  const credit = { creditTicks: 100, creditLimit: planck(10n ** 9n), unfinalizedTicks: 10_000 };
  opened = await openLedger(url, chain, { onAccepted: () => settler.wake(), credit });
  settler = createSettler({
    database: opened.database,
    chain,
    ledger: opened.ledger,
    policy,
    maxWalk: 4_096,
    everyMs: 30,
    retryMs: 20,
    log: { info() {}, warn() {} },
  });
};
const restart = async (policy: SettlementPolicy): Promise<void> => {
  await opened.ledger.stop();
  await settler.stop();
  await opened.database.close();
  await start(policy);
};
const open = (payer: Payer): Promise<LedgerChannel> => openChannel(opened.ledger, payer, holder);
const pay = async (channel: LedgerChannel, payer: Payer, n: number): Promise<void> => {
  while (channel.ticks < n) {
    const to = Math.min(n, channel.ticks + 64);
    const epochs = Array.from({ length: to - channel.ticks }, (_, i) => channel.ticks + i);
    expect(await opened.ledger.tick(channel, payer.tick(to, epochs), WINDOW)).toBeNull();
  }
};
const row = async (payer: Payer) => (await channelRow(opened.database, payer.channel))!;
const outbox = () => opened.database.db.select().from(chainOutbox);

test("opens, settles what is owed, and clears the outbox when final", async () => {
  await start(EAGER);
  const payer = viewer.commit();
  const channel = await open(payer);
  await eventually(() => channel.state).toBe("final");
  await pay(channel, payer, 7);
  await eventually(async () => (await row(payer)).settledFinal).toBe(7);
  await eventually(outbox).toEqual([]);
  await pay(channel, payer, 9);
  await eventually(async () => (await row(payer)).settledFinal).toBe(9);
  expect(chain.paidTicks).toBe(9);
});

test("leaving settles and closes", async () => {
  await start(PATIENT);
  const payer = viewer.commit();
  const channel = await open(payer);
  await eventually(() => channel.state).toBe("final");
  await pay(channel, payer, 5);
  await opened.ledger.leave(channel);
  await eventually(async () => (await row(payer)).state).toBe("ended");
  expect(chain.paidTicks).toBe(5);
  expect(chain.channels.size).toBe(0);
  expect(await outbox()).toEqual([]);
});

test("a channel nobody pays is closed all the same, and its end is minded", async () => {
  await start(PATIENT);
  const [unused, ending] = [viewer.commit(), viewer.commit({ expiresAt: 5_000 })];
  const [first, second] = [await open(unused), await open(ending)];
  await eventually(() => [first.state, second.state]).toEqual(["final", "final"]);
  await pay(second, ending, 3);
  // Selling stops 50 blocks before the end; the last tick has two more to be stored.
  expect(await planSettlements(opened.database, opened.ledger, PATIENT, 4_951)).toBe(0);
  chain.best = 4_952;
  await eventually(async () => (await row(ending)).state).toBe("ended");
  expect(chain.paidTicks).toBe(3);
  opened.ledger.release(first, holder);
  await restart({ ...PATIENT, closeIdleAfter: 0 });
  await eventually(async () => (await row(unused)).state).toBe("ended");
});

test("transactions that are dropped, or lost on the way back, are sent again and pay once", async () => {
  await start(EAGER);
  chain.fates.push("dropped", "lost", "ok");
  const payer = viewer.commit();
  const channel = await open(payer);
  await eventually(() => channel.state).toBe("final");
  chain.fates.push("dropped", "lost", "lost", "ok");
  await pay(channel, payer, 20);
  await eventually(async () => (await row(payer)).settledFinal).toBe(20);
  await eventually(outbox).toEqual([]);
  expect(chain.paidTicks).toBe(20);
});

test("a restart finishes what was begun; chain down only delays", async () => {
  await start(PATIENT);
  chain.fates.push("lost");
  const payer = viewer.commit();
  await pay(await open(payer), payer, 10);
  await eventually(() => chain.sent.length).toBe(1);
  await restart(EAGER);
  await eventually(async () => (await row(payer)).settledFinal).toBe(10);
  expect(chain.channels.get(payer.channel)?.settled).toBe(10);

  chain.reachable = false;
  const resumed = (await opened.ledger.resume(payer.resume(12, new Uint8Array(32)), holder)) as LedgerChannel;
  await pay(resumed, payer, 15);
  await restart(EAGER);
  expect((await outbox()).map(({ kind }) => kind)).toEqual(["settle"]);
  chain.reachable = true;
  await eventually(async () => (await row(payer)).settledFinal).toBe(15);
});

test("an item that fails leaves the others alone, and a failed opening ends the tab's credit", async () => {
  await start(EAGER);
  const [good, bad] = [viewer.commit(), viewer.commit()];
  chain.refuses.set(bad.channel, "TabTooLow");
  const [first, second] = await Promise.all([open(good), open(bad)]);
  await eventually(() => second.state).toBe("failed");
  await eventually(() => first.state).toBe("final");
  expect(await opened.ledger.tick(second, bad.tick(1, [1]), WINDOW)).toMatchObject({
    refused: "tab-opening-failed",
  });
  expect((await row(bad)).failure).toBe("TabTooLow");
  await eventually(outbox).toEqual([]);
});

test("a gap longer than one settlement may hash is settled in steps", async () => {
  await start(PATIENT);
  const payer = viewer.commit({ maxTicks: 10_000 });
  const channel = await open(payer);
  await eventually(() => channel.state).toBe("final");
  await pay(channel, payer, 9_000);
  await opened.ledger.leave(channel);
  await eventually(async () => (await row(payer)).state).toBe("ended");
  expect(chain.paidTicks).toBe(9_000);
  expect(chain.sent.filter(({ kind }) => kind === "settle")).toHaveLength(3);
});

test("somebody else settled, closed or asked to close: the ledger follows the chain", async () => {
  await start(PATIENT);
  const payer = viewer.commit();
  const channel = await open(payer);
  await eventually(() => channel.state).toBe("final");
  await pay(channel, payer, 5);
  const state = chain.channels.get(payer.channel)!;
  Object.assign(state, { settled: 8, proof: payer.chain.preimage(8), closeRequested: true, end: 1_600 });
  // Nobody told: the next look at the state finds out.
  await restart(PATIENT);
  await eventually(async () => (await row(payer)).state).toBe("ended");
  expect(await row(payer)).toMatchObject({ ticks: 8, settledFinal: 8, closeRequested: true, end: 1_600 });
});
