// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { planck, type Commitment } from "@tickstream/contracts-types";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/system/postgres.ts";
import { openDatabase } from "../database/open-database.ts";
import { chainOutbox, channels } from "../database/schema.ts";
import { ChainDouble } from "../testing/chain-double.ts";
import { channelRow, openChannel, openLedger, RecordingHolder } from "../testing/ledger-fixture.ts";
import { STREAM, TestViewer, type Payer } from "../testing/viewer.ts";
import { idBytes, OPENING_EXPIRED } from "./channel-store.ts";
import type { LedgerChannel } from "./ledger-channel.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { eventually } from "../testing/eventually.ts";

let postgres: TestPostgres;
let url: string;
let chain: ChainDouble;
let viewer: TestViewer;
let opened: Awaited<ReturnType<typeof openLedger>>;
const holder = new RecordingHolder();
const WINDOW = { from: 0, to: 10_000 };

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  url = await postgres.createDatabase();
  chain = new ChainDouble();
  chain.setTerms(STREAM);
  viewer = new TestViewer();
  chain.setTab(viewer.tab, viewer.sessionKey);
  opened = await openLedger(url, chain);
});
afterEach(() => opened.close());

const open = (payer: Payer): Promise<LedgerChannel> => openChannel(opened.ledger, payer, holder);
const refusal = async (changes: Partial<Commitment>): Promise<Refusal> => {
  const payer = viewer.commit(changes);
  const answer = await opened.ledger.open(payer.commitment, payer.signature, holder);
  if (!isRefusal(answer)) throw new Error("accepted");
  return answer;
};
const row = async (payer: Payer) => (await channelRow(opened.database, payer.channel))!;

describe("a new commitment", () => {
  test("is stored with the work to open it, and can pay at once", async () => {
    const payer = viewer.commit();
    const channel = await open(payer);
    expect(await opened.ledger.tick(channel, payer.tick(2, [5, 6]), WINDOW)).toBeNull();
    expect(await row(payer)).toMatchObject({ state: "accepted", ticks: 2, bought: "{[5,7)}", tab: 5n });
    const outbox = await opened.database.db.select().from(chainOutbox);
    expect(outbox).toMatchObject([{ kind: "open", channel: idBytes(payer.channel) }]);
  });

  test("is refused with the reason, and what would be accepted", async () => {
    const code = async (changes: Partial<Commitment>): Promise<string> => (await refusal(changes)).refused;
    expect(await code({ operator: `0x${"11".repeat(32)}` as Commitment["operator"] })).toBe("operator-wrong");
    expect(await refusal({ openFee: planck(51n) })).toMatchObject({
      refused: "open-fee-wrong",
      accept: { openFee: "50" },
    });
    expect(await code({ openBy: 1_004 })).toBe("open-by-range");
    expect(await code({ openBy: 1_051 })).toBe("open-by-range");
    expect(await code({ expiresAt: 1_070 })).toBe("expires-at-range");
    expect(await code({ expiresAt: 50_001 })).toBe("expires-at-range");
    expect(await code({ terms: 2 })).toBe("terms-stale");
    expect(await code({ rate: planck(11n) })).toBe("terms-stale");
    expect(await code({ maxTicks: 9 })).toBe("commitment-invalid");
    expect(await code({ tab: 6n })).toBe("tab-unknown");
    chain.setTerms(STREAM, { operators: [`0x${"22".repeat(32)}` as Commitment["operator"]] });
    expect(await code({})).toBe("operator-wrong");
    chain.setTerms(STREAM, { rate: planck(0n) });
    expect(await code({ rate: planck(0n) })).toBe("stream-free");
    chain.setTerms(STREAM, { replacedAt: 944, current: 2 });
    expect(await refusal({})).toMatchObject({ refused: "terms-stale", accept: { terms: "2" } });
    chain.setTerms(STREAM, { replacedAt: 950, current: 2 });
    await open(viewer.commit());
  });

  test("is refused for its tab", async () => {
    const code = async (): Promise<string> => (await refusal({})).refused;
    chain.setTab(viewer.tab, viewer.sessionKey, { closed: true });
    expect(await code()).toBe("tab-closed");
    chain.setTab(viewer.tab, viewer.sessionKey, { free: planck(6_049n) });
    expect(await refusal({})).toMatchObject({ refused: "tab-insufficient", accept: { cover: "6049" } });
    chain.setTab(viewer.tab, viewer.sessionKey, { nonces: { highest: 100, used: 0b10n } });
    expect((await refusal({ nonce: 98 })).refused).toBe("commitment-invalid");
    expect((await refusal({ nonce: 100 })).refused).toBe("commitment-invalid");
    chain.tabs.finalized.delete(viewer.tab);
    expect(await code()).toBe("tab-unknown");
    chain.setTab(viewer.tab, new TestViewer().sessionKey);
    expect(await code()).toBe("signature-invalid");
    chain.reachable = false;
    expect(await code()).toBe("chain-unreachable");
  });

  test("is covered by the lesser of best and finalized, minus what others will take", async () => {
    // One commitment takes 6,050: two fit, whichever state lags.
    chain.setTab(viewer.tab, viewer.sessionKey, { free: planck(12_500n) });
    const [first, second, third] = await Promise.all(
      [viewer.commit(), viewer.commit(), viewer.commit()].map((payer) =>
        opened.ledger.open(payer.commitment, payer.signature, holder),
      ),
    );
    expect([first, second, third].filter((answer) => isRefusal(answer!))).toMatchObject([
      { refused: "tab-insufficient", accept: { cover: "400" } },
    ]);
    const best = { ...chain.tabs.best.get(viewer.tab)!, free: planck(100_000n) };
    chain.tabs.best.set(viewer.tab, best);
    expect((await refusal({})).refused).toBe("tab-insufficient");
  });

  test("is known the second time, and a tab that failed gets no more", async () => {
    const payer = viewer.commit();
    const channel = await open(payer);
    const again = await opened.ledger.open(payer.commitment, payer.signature, holder);
    expect(again).toMatchObject({ refused: "commitment-known" });
    const fail = (failure: string): Promise<unknown> =>
      opened.database.db
        .update(channels)
        .set({ state: "failed", failure })
        .where(eq(channels.id, idBytes(channel.id)));
    await fail(OPENING_EXPIRED);
    await open(viewer.commit());
    await fail("TabInsufficient");
    expect((await refusal({})).refused).toBe("tab-opening-failed");
  });
});

describe("resume", () => {
  const nonce = new Uint8Array(randomBytes(32));

  test("takes the higher preimage, also after a restart, and charges nothing twice", async () => {
    const payer = viewer.commit();
    const channel = await open(payer);
    await opened.ledger.tick(channel, payer.tick(3, [1, 2, 3]), WINDOW);
    await opened.close();
    opened = await openLedger(url, chain);
    const behind = await opened.ledger.resume(payer.resume(1, nonce), holder);
    expect(behind).toMatchObject({ ticks: 3 });
    const ahead = (await opened.ledger.resume(payer.resume(5, nonce), holder)) as LedgerChannel;
    expect(ahead.ticks).toBe(5);
    expect(ahead.bought.toPairs()).toEqual([[1, 3]]);
    expect((await row(payer)).ticks).toBe(5);
    // Two ticks are owed as epochs.
    expect(await opened.ledger.tick(ahead, payer.tick(5, [4, 5, 1]), WINDOW)).toBeNull();
    expect(await opened.ledger.tick(ahead, payer.tick(5, [6]), WINDOW)).toMatchObject({
      refused: "epochs-unpaid",
    });
  });

  test("needs the session key over this very socket's nonce", async () => {
    const payer = viewer.commit();
    await open(payer);
    const request = payer.resume(1, nonce);
    const other = { ...request, nonce: new Uint8Array(32) };
    expect(await opened.ledger.resume(other, holder)).toMatchObject({ refused: "signature-invalid" });
    const unknown = new TestViewer().commit().resume(0, nonce);
    expect(await opened.ledger.resume(unknown, holder)).toMatchObject({ refused: "channel-unknown" });
    const far = payer.resume(300, nonce);
    expect(await opened.ledger.resume({ ...far, n: 299 }, holder)).toMatchObject({
      refused: "preimage-invalid",
    });
    // The tab's current key counts.
    chain.setTab(viewer.tab, new TestViewer().sessionKey);
    expect(await opened.ledger.resume(request, holder)).toMatchObject({ refused: "signature-invalid" });
    chain.reachable = false;
    expect(await opened.ledger.resume(request, holder)).toMatchObject({ ticks: 1 });
  });

  test("the newest socket wins", async () => {
    const payer = viewer.commit();
    const channel = await open(payer);
    const [first, second] = [new RecordingHolder(), new RecordingHolder()];
    await opened.ledger.resume(payer.resume(0, nonce), first);
    await opened.ledger.resume(payer.resume(0, nonce), second);
    expect(first.lost).toEqual([payer.channel]);
    opened.ledger.release(channel, first);
    expect(opened.ledger.live).toBe(1);
    opened.ledger.release(channel, second);
    expect(opened.ledger.live).toBe(0);
  });
});

test("nothing is sold in a channel that closes or is about to end", async () => {
  const payer = viewer.commit();
  const channel = await open(payer);
  const sells = (): Promise<Refusal | null> => opened.ledger.tick(channel, payer.tick(1, [1]), WINDOW);
  chain.best = 19_950;
  expect(await sells()).toMatchObject({ refused: "channel-closing" });
  chain.best = 19_949;
  expect(await sells()).toBeNull();
  channel.closeRequested = true;
  expect(await sells()).toMatchObject({ refused: "channel-closing" });
});

test("many ticks make few commits", async () => {
  chain.setTab(viewer.tab, viewer.sessionKey, { free: planck(10_000_000n) });
  const payers: Payer[] = [];
  for (let i = 0; i < 100; i++) {
    const other = new TestViewer(BigInt(100 + i));
    chain.setTab(other.tab, other.sessionKey);
    payers.push(other.commit());
  }
  const all = await Promise.all(payers.map(open));
  const before = opened.ledger.commits.stats.commits;
  await Promise.all(all.map((channel, i) => opened.ledger.tick(channel, payers[i]!.tick(1, [1]), WINDOW)));
  expect(opened.ledger.commits.stats.commits - before).toBeLessThanOrEqual(2);
  const rows = await opened.database.db.select({ ticks: channels.ticks }).from(channels);
  expect(rows.filter(({ ticks }) => ticks === 1)).toHaveLength(100);
});

test("database down: nothing is acknowledged; it goes on by itself when it is back", async () => {
  const payer = viewer.commit();
  const channel = await open(payer);
  await opened.ledger.tick(channel, payer.tick(1, [1]), WINDOW);
  await postgres.pause();
  try {
    expect(await opened.ledger.tick(channel, payer.tick(2, [2]), WINDOW)).toMatchObject({
      refused: "recovering",
    });
    expect(await opened.ledger.tick(channel, payer.tick(2, [2]), WINDOW)).toMatchObject({
      refused: "recovering",
    });
    const another = viewer.commit();
    expect(await opened.ledger.open(another.commitment, another.signature, holder)).toMatchObject({
      refused: "recovering",
    });
  } finally {
    await postgres.resume();
  }
  await eventually(() => opened.ledger.commits.available).toBe(true);
  expect(await opened.ledger.tick(channel, payer.tick(2, [2]), WINDOW)).toBeNull();
  expect(await row(payer)).toMatchObject({ ticks: 2, bought: "{[1,3)}" });
});

test("a database belongs to one chain", async () => {
  await expect(openDatabase({ url, genesisHash: `0x${"ab".repeat(32)}` })).rejects.toMatchObject({
    code: "database-genesis-mismatch",
  });
});
