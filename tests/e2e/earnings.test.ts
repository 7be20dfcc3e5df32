// SPDX-License-Identifier: Apache-2.0
// What the node says was earned is what the chain paid, to the planck, whatever happens to the node: an auditor that shares no
// code with it adds up the same events and balances.
import { generateKeyPairSync, sign } from "node:crypto";
import type { ApiPromise } from "@polkadot/api";
import {
  accountId,
  bytesToHex,
  encodeCommitment,
  type Earnings,
  earnings as earningsBody,
  earningsEvents,
  type EarningsEvent,
  HashChain,
  hexToBytes,
  parseApiBody,
  planck,
  type StreamId,
} from "@tickstream/contracts-types";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Audit } from "../support/money/audit.ts";
import { login, registerOnChain } from "../support/money/creator.ts";
import { account, accountHex, sendFinal } from "../support/money/raw-chain.ts";
import { startSystem, type TestSystem } from "../support/system/system.ts";
import { openTabByHand } from "../support/money/tab.ts";

const UNIT = 1_000_000_000_000n;
/** They divide into nothing evenly. */
const RATES = [1_234_567_891n, 3_333_333_337n];
const MAX_TICKS = 1_000;
const CHANNELS = 3;
const ROUNDS = 3;
const tokens = new Map<string, Promise<string>>();

let system: TestSystem;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(() => system?.stop());

/** A channel that is settled by hand. */
interface HandChannel {
  id: string;
  stream: StreamId;
  chain: HashChain;
  ticks: number;
}

it(
  "the node's sums are the chain's, through kill -9 in the middle of reading",
  { timeout: 600_000 },
  async () => {
    const { api, node } = system;
    const streams = await offer(api);
    const channels = await openChannels(api, streams);
    // What is to be read comes while the node is up, while it is dead, and while it reads what it missed.
    for (let round = 0; round < ROUNDS; round++) {
      const paying = Promise.all([settleAll(api, channels, round), tipAll(api, streams, round)]);
      await node.kill();
      if (round > 0) await paying;
      await node.start();
      await paying;
      // Blocks are audited while the chain still has what their audit asks for.
      await system.auditor.audit();
    }
    const audit = await system.auditor.audit();
    await untilRead(audit.block);
    await expectTotals(audit);
    const events = await eventsOf("//Alice", "creator");
    const places = events.map(({ block, index }) => `${block}-${index}`);
    expect(new Set(places).size).toBe(places.length);
    await expectOnChain(api, events);
  },
);

/** Alice's two streams, of which one has a payee who has no account; and one of Eve's, of which Alice has a part. */
async function offer(api: ApiPromise): Promise<StreamId[]> {
  const [alice, dave, eve, nobody] = await Promise.all(
    ["//Alice", "//Dave", "//Eve", "//Nobody/at/all"].map(account),
  );
  if (!alice || !dave || !eve || !nobody) throw new Error("no accounts");
  const share = (pair: typeof alice, parts: number) => ({ account: pair.address, share: parts });
  return [
    await registerOnChain(api, alice, {
      title: "One",
      rate: RATES[0]!,
      operatorShare: 77_777_777,
      payees: [share(alice, 500_000_001), share(dave, 333_333_333), share(nobody, 166_666_666)],
    }),
    await registerOnChain(api, alice, { title: "Two", rate: RATES[1]!, operatorShare: 10_000_001 }),
    await registerOnChain(api, eve, {
      title: "Three",
      rate: RATES[1]!,
      payees: [share(eve, 900_000_000), share(alice, 100_000_000)],
    }),
  ];
}

/** Bob's, with Charlie as the operator: the node's own has nothing to do with them. */
async function openChannels(api: ApiPromise, streams: StreamId[]): Promise<HandChannel[]> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const sessionKey = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const tab = await openTabByHand(api, "//Bob", 100n * UNIT, sessionKey);
  const operator = await account("//Charlie");
  const head = (await api.rpc.chain.getHeader()).number.toNumber();
  const terms = [RATES[0]!, RATES[1]!, RATES[1]!];
  const promised = streams.flatMap((stream, s) =>
    Array.from({ length: CHANNELS }, (_, i) => {
      const chain = HashChain.create(Buffer.alloc(32, 1 + s * CHANNELS + i), MAX_TICKS);
      const commitment = {
        tab: tab.id,
        nonce: 1 + s * CHANNELS + i,
        openBy: head + 45,
        stream,
        terms: 1,
        rate: planck(terms[s]!),
        operator: accountId(accountHex(operator)),
        openFee: planck(1_000_000n),
        anchor: chain.anchor,
        maxTicks: MAX_TICKS,
        expiresAt: head + 5_000,
      };
      const encoded = encodeCommitment(hexToBytes(api.genesisHash.toHex(), 32), commitment);
      return { stream, chain, commitment, signature: sign(null, encoded, privateKey) };
    }),
  );
  const call = api.tx.tickStream!.openBatch!(
    promised.map(({ commitment, signature }) => ({ commitment, signature })),
  );
  const opened = (await sendFinal(api, call, operator)).filter(({ name }) => name === "ChannelOpened");
  expect(opened).toHaveLength(promised.length);
  return promised.map(({ stream, chain }, i) => ({
    id: opened[i]!.data.channel as string,
    stream,
    chain,
    ticks: 0,
  }));
}

/** Each channel by another number of ticks, some of them in one transaction. */
async function settleAll(api: ApiPromise, channels: HandChannel[], round: number): Promise<void> {
  const operator = await account("//Charlie");
  const items = channels.map((channel, i) => {
    const ticks = channel.ticks + 1 + ((i * 7 + round * 13) % 40);
    const hashes = ticks - channel.ticks;
    channel.ticks = ticks;
    const preimage = bytesToHex(channel.chain.preimage(ticks));
    return { channel: channel.id, ticks, preimage, hashes, close: round === ROUNDS - 1 && i % 2 === 0 };
  });
  const half = items.length >> 1;
  await Promise.all(
    [items.slice(0, half), items.slice(half)].map((some) =>
      sendFinal(api, api.tx.tickStream!.settleBatch!(some), operator),
    ),
  );
}

async function tipAll(api: ApiPromise, streams: StreamId[], round: number): Promise<void> {
  const fan = await account("//Bob");
  await Promise.all(
    streams.map((stream, i) =>
      sendFinal(
        api,
        api.tx.tickStream!.tip!(stream, 1_000_003n + BigInt(round * 10 + i), `0x${"41".repeat(i)}`),
        fan,
      ),
    ),
  );
}

/** A login is good on every run of the node. */
async function headersOf(suri: string): Promise<{ authorization: string }> {
  let token = tokens.get(suri);
  if (token === undefined) tokens.set(suri, (token = login(system.node.url, await account(suri))));
  return { authorization: `Bearer ${await token}` };
}

async function earningsOf(suri: string, query: string): Promise<Earnings> {
  const response = await fetch(`${system.node.url}/api/earnings?${query}`, {
    headers: await headersOf(suri),
  });
  return parseApiBody(earningsBody, await response.json());
}

async function eventsOf(suri: string, scope: string): Promise<EarningsEvent[]> {
  const headers = await headersOf(suri);
  const events: EarningsEvent[] = [];
  for (let cursor = ""; ;) {
    const url = `${system.node.url}/api/earnings/events?limit=7&scope=${scope}${cursor}`;
    const page = parseApiBody(earningsEvents, await (await fetch(url, { headers })).json());
    events.push(...page.events);
    if (page.next === null) return events;
    cursor = `&cursor=${page.next}`;
  }
}

/** What comes behind the block moves no money. */
async function untilRead(block: number): Promise<void> {
  const history = async () => (await earningsOf("//Alice", "")).history;
  await expect
    .poll(async () => ((await history()).to ?? 0) >= block, { timeout: 120_000, interval: 300 })
    .toBe(true);
  expect(await history()).toMatchObject({ from: 1, reason: null });
}

async function expectTotals(audit: Audit): Promise<void> {
  expect(audit.problems).toEqual([]);
  for (const suri of ["//Alice", "//Dave", "//Eve", "//Charlie", "//Bob"]) {
    const flow = audit.flow(accountHex(await account(suri)));
    const { settled, operator, tipped } = (await earningsOf(suri, "scope=account")).totals;
    expect({ suri, settled, operator, tipped }).toEqual({
      suri,
      settled: flow.payee + flow.operator,
      operator: flow.operator,
      tipped: flow.tips,
    });
  }
  expect(audit.flow(accountHex(await account("//Charlie"))).operator).toBeGreaterThan(0n);
  expect(audit.flow(accountHex(await account("//Alice"))).payee).toBeGreaterThan(0n);

  const theirs = [...audit.channels.values()].filter(({ stream }) => stream !== "3");
  const paid = theirs.reduce((sum, channel) => sum + channel.paid, 0n);
  const { totals, rows } = await earningsOf("//Alice", "group=payee");
  expect(totals).toMatchObject({
    settled: paid,
    operator: theirs.reduce((sum, channel) => sum + channel.operatorPaid, 0n),
    ticks: theirs.reduce((sum, channel) => sum + channel.ticks, 0),
    settlements: theirs.reduce((sum, channel) => sum + channel.settlements, 0),
    tips: 2 * ROUNDS,
  });
  expect(rows.reduce((sum, row) => sum + row.settled, 0n)).toBe(paid);
  const days = await earningsOf("//Alice", "group=day");
  expect(days.rows.reduce((sum, row) => sum + row.settled, 0n)).toBe(paid);
}

/** Every event that the node links to is where the node says. */
async function expectOnChain(api: ApiPromise, events: readonly EarningsEvent[]): Promise<void> {
  expect(events.length).toBeGreaterThan(ROUNDS * CHANNELS);
  for (const event of events) {
    const hash = (await api.rpc.chain.getBlockHash(event.block)).toHex();
    expect(event.blockHash).toBe(hash);
    const records = (await (
      await api.at(hash)
    ).query.system!.events!()) as unknown as {
      phase: { asApplyExtrinsic: { toNumber(): number } };
      event: { method: string; data: { toHex(): string } & Record<string, { toHex?(): string }> };
    }[];
    const record = records[event.index];
    expect(record?.event.method).toBe(event.name);
    expect(record?.phase.asApplyExtrinsic.toNumber()).toBe(event.extrinsic);
  }
}
