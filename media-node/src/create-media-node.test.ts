// SPDX-License-Identifier: Apache-2.0
// The whole node on a real chain and a real database, fed by a real encoder.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Keyring } from "@polkadot/keyring";
import type { KeyringPair } from "@polkadot/keyring/types";
import {
  createChainClient,
  getBalance,
  getChannel,
  getTab,
  openTab,
  registerStream,
  requestClose,
  type ChainClient,
} from "@tickstream/chain-client";
import {
  accountId,
  formatAmount,
  planck,
  type Epoch,
  type KeysMessage,
  type NodeMessage,
  type StreamId,
} from "@tickstream/contracts-types";
import { spawnDevchain, type Devchain } from "@tickstream/devchain";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../tests/support/system/postgres.ts";
import { createMediaNode } from "./create-media-node.ts";
import { openDatabase } from "./database/open-database.ts";
import type { MediaNode } from "./media-node.ts";
import { startEncoder, type Encoder } from "./testing/encoder.ts";
import { channelRow } from "./testing/ledger-fixture.ts";
import { PayPeer } from "./testing/pay-peer.ts";
import { TestViewer, type Payer } from "./testing/viewer.ts";
import { eventually } from "./testing/eventually.ts";

const RATE = planck(1_000_000_000n);
const SETTLED = { timeout: 60_000, interval: 200 };
let postgres: TestPostgres;
let dataDir: string;
let devchain: Devchain;
let client: ChainClient;
let node: MediaNode;
let encoder: Encoder | undefined;
let streamKey: string;
let databaseUrl: string;
let alice: KeyringPair;
let bob: KeyringPair;
let payee: KeyringPair;
let operator: KeyringPair;
let stream: StreamId;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), "tickstream-node-chain-"));
  [postgres, devchain] = await Promise.all([
    startTestPostgres(),
    spawnDevchain({ dataDir, port: 0, blockTimeMs: 500 }),
  ]);
  databaseUrl = await postgres.createDatabase();
  client = await createChainClient({ url: devchain.url });
  const keyring = new Keyring({ type: "sr25519" });
  alice = keyring.addFromUri("//Alice");
  bob = keyring.addFromUri("//Bob");
  payee = keyring.addFromUri("//Dave");
  operator = keyring.addFromUri("//Charlie");
  const registered = await registerStream(client, {
    signer: alice,
    rate: RATE,
    tickMs: 1_000,
    operatorShare: 100_000_000,
    payees: [
      { account: accountId(alice.publicKey), share: 700_000_000 },
      { account: accountId(payee.publicKey), share: 300_000_000 },
    ],
    operators: [accountId(operator.publicKey)],
    metadata: new Uint8Array(),
  }).finalized;
  stream = registered.value.stream;
  node = await start();
  streamKey = await createStream();
  await publish();
}, 120_000);
afterAll(async () => {
  await encoder?.stop();
  await node?.stop();
  await client?.disconnect();
  await devchain?.stop();
  await postgres?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const start = (): Promise<MediaNode> =>
  createMediaNode({
    config: {
      databaseUrl,
      chainUrl: devchain.url,
      host: "127.0.0.1",
      httpPort: 0,
      rtmpPort: 0,
      operatorSuri: "//Charlie",
      dev: true,
      creditLimit: "100000000000",
    },
    log: pino({ level: process.env["LOG"] ?? "silent" }),
  });
/** On air, with a new encoder. */
const publish = async (): Promise<void> => {
  await encoder?.stop();
  const onAir = new Promise((resolve) => node.streams.find(stream)?.onEdge(resolve));
  encoder = startEncoder(node.rtmpPort, streamKey);
  await onAir;
};
const get = async (route: string): Promise<Record<string, unknown>> =>
  (await fetch(`http://127.0.0.1:${node.httpPort}${route}`)).json() as Promise<Record<string, unknown>>;
const post = async (route: string, body: unknown, token = ""): Promise<Record<string, string>> => {
  const response = await fetch(`http://127.0.0.1:${node.httpPort}${route}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return response.json() as Promise<Record<string, string>>;
};
const createStream = async (): Promise<string> => {
  const { address } = alice;
  const { challenge } = await post("/api/auth/challenge", { address });
  const signature = `0x${Buffer.from(alice.sign(`<Bytes>${challenge}</Bytes>`)).toString("hex")}`;
  const { token } = await post("/api/auth/login", { address, challenge, signature });
  const { streamKey } = await post(
    "/api/streams",
    { title: "On chain", chainStream: stream.toString() },
    token,
  );
  return streamKey!;
};
/** Bob's device, with a fresh tab. */
const fund = async (deposit: bigint): Promise<TestViewer> => {
  const device = new TestViewer();
  const { value } = await openTab(client, {
    signer: bob,
    deposit: planck(deposit),
    sessionKey: device.sessionKey,
    expiresAt: client.bestHead().number + 50_000,
  }).finalized;
  return device.withTab(value.tab, client.genesisHash);
};
const commit = (viewer: TestViewer, openFee: bigint, maxTicks = 60): Payer => {
  const now = client.bestHead().number;
  return viewer.commit({
    stream,
    rate: RATE,
    operator: accountId(operator.publicKey),
    openFee: planck(openFee),
    openBy: now + 40,
    expiresAt: now + 10_000,
    maxTicks,
  });
};
const openFee = async (): Promise<bigint> => BigInt((await get("/api/node"))["openFee"] as string);
const connect = async (): Promise<PayPeer> => PayPeer.connect(`ws://127.0.0.1:${node.httpPort}/pay`);
const waitFor = async <T extends NodeMessage>(
  peer: PayPeer,
  matches: (m: NodeMessage) => m is T,
): Promise<T> => {
  await eventually(() => peer.received.find(matches), SETTLED).toBeDefined();
  return peer.received.find(matches)!;
};
const keysOf =
  (epoch: Epoch) =>
  (m: NodeMessage): m is KeysMessage =>
    m.type === "keys" && m.keys.some((key) => key.epoch === epoch);
const tick = (payer: Payer, n: number, epochs: Epoch[]): never =>
  ({ type: "tick", channel: payer.channel, ...payer.tick(n, epochs) }) as never;
const isFinal = (peer: PayPeer) => () =>
  peer.received.some((message) => message.type === "opened" && message.credit === null);

test("watched seconds become the payees' money, exact to the planck", { timeout: 120_000 }, async () => {
  const viewer = await fund(200_000_000_000n);
  const peer = await connect();
  peer.send({ type: "watch", stream, preview: [] });
  await waitFor(peer, (m): m is Extract<NodeMessage, { type: "terms" }> => m.type === "terms");
  const free = async (pair: KeyringPair): Promise<bigint> =>
    (await getBalance(client, { account: accountId(pair.publicKey) })).free;
  const before = { alice: await free(alice), payee: await free(payee) };

  const payer = commit(viewer, await openFee());
  const { commitment, signature } = payer;
  peer.send({ type: "open", commitment, signature } as never);
  await waitFor(peer, (m): m is Extract<NodeMessage, { type: "opened" }> => m.type === "opened");
  // Before the chain has the channel, on credit.
  let edge = node.streams.find(stream)!.edgeEpoch()!;
  peer.send(tick(payer, 1, [edge]));
  await waitFor(peer, keysOf(edge));
  await eventually(isFinal(peer), SETTLED).toBe(true);
  for (let n = 2; n <= 5; n++) {
    const next = edge + 1;
    await eventually(() => node.streams.find(stream)!.edgeEpoch(), SETTLED).toBeGreaterThanOrEqual(next);
    peer.send(tick(payer, n, [next]));
    await waitFor(peer, keysOf(next));
    edge = next;
  }
  peer.send({ type: "leave", channel: payer.channel });
  await eventually(() => getChannel(client, { channel: payer.channel, at: "finalized" }), SETTLED).toBeNull();

  // 5 ticks: a tenth to the operator, of the rest 70 and 30 %.
  const paid = { alice: (await free(alice)) - before.alice, payee: (await free(payee)) - before.payee };
  expect(paid).toEqual({ alice: 3_150_000_000n, payee: 1_350_000_000n });
  const tab = await getTab(client, { tab: viewer.tab });
  expect(tab?.free).toBe(200_000_000_000n - (await openFee()) - 5n * RATE);
  expect(formatAmount(RATE, { decimals: 12, symbol: "UNIT" })).toBe("0.001 UNIT");
  const database = await openDatabase({ url: databaseUrl, genesisHash: client.genesisHash });
  await eventually(() => channelRow(database, payer.channel), SETTLED).toMatchObject({
    state: "ended",
    ticks: 5,
    settledBest: 5,
    settledFinal: 5,
  });
  await database.close();
  peer.close();
});

test(
  "a viewer asks the chain to close: the node stops selling, settles and closes at once",
  { timeout: 120_000 },
  async () => {
    const viewer = await fund(200_000_000_000n);
    const peer = await connect();
    const payer = commit(viewer, await openFee());
    const { commitment, signature } = payer;
    peer.send({ type: "open", commitment, signature } as never);
    await eventually(isFinal(peer), SETTLED).toBe(true);
    const edge = node.streams.find(stream)!.edgeEpoch()!;
    peer.send(tick(payer, 1, [edge]));
    await waitFor(peer, keysOf(edge));
    await requestClose(client, { signer: bob, channel: payer.channel }).finalized;
    await waitFor(peer, (m): m is Extract<NodeMessage, { type: "closing" }> => m.type === "closing");
    peer.send(tick(payer, 2, [edge + 1]));
    const refused = await waitFor(
      peer,
      (m): m is Extract<NodeMessage, { type: "refused" }> => m.type === "refused",
    );
    expect(refused.code).toBe("channel-closing");
    await eventually(
      () => getChannel(client, { channel: payer.channel, at: "finalized" }),
      SETTLED,
    ).toBeNull();
    expect((await getTab(client, { tab: viewer.tab }))?.free).toBe(
      200_000_000_000n - (await openFee()) - RATE,
    );
    peer.close();
  },
);

test(
  "a restart resumes channel and settlement; the database stays with its chain",
  { timeout: 120_000 },
  async () => {
    const viewer = await fund(200_000_000_000n);
    const first = await connect();
    const payer = commit(viewer, await openFee());
    const { commitment, signature } = payer;
    first.send({ type: "open", commitment, signature } as never);
    await waitFor(first, (m): m is Extract<NodeMessage, { type: "opened" }> => m.type === "opened");
    const edge = node.streams.find(stream)!.edgeEpoch()!;
    first.send(tick(payer, 2, [edge - 1, edge]));
    await waitFor(first, keysOf(edge));
    // The opening is on its way, perhaps in a block: whatever it is, the next node finds out.
    await node.stop();
    node = await start();
    const second = await connect();
    second.send({ type: "watch", stream, preview: [] });
    const { nonce } = await waitFor(
      second,
      (m): m is Extract<NodeMessage, { type: "terms" }> => m.type === "terms",
    );
    const { nonce: _, ...resume } = payer.resume(2, nonce);
    second.send({ type: "resume", ...resume } as never);
    const opened = await waitFor(
      second,
      (m): m is Extract<NodeMessage, { type: "opened" }> => m.type === "opened",
    );
    expect(opened).toMatchObject({ n: 2, bought: [[edge - 1, edge]] });
    await eventually(isFinal(second), SETTLED).toBe(true);
    second.send({ type: "leave", channel: payer.channel });
    await eventually(
      () => getChannel(client, { channel: payer.channel, at: "finalized" }),
      SETTLED,
    ).toBeNull();
    expect((await getTab(client, { tab: viewer.tab }))?.free).toBe(
      200_000_000_000n - (await openFee()) - 2n * RATE,
    );
    second.close();
  },
);

test(
  "chain down: watching goes on, new channels have to wait, settlement comes later",
  { timeout: 180_000 },
  async () => {
    // The node of before has stopped, and its publisher with it.
    await publish();
    const viewer = await fund(200_000_000_000n);
    const peer = await connect();
    const payer = commit(viewer, await openFee());
    const second = commit(viewer, await openFee());
    const { commitment, signature } = payer;
    peer.send({ type: "open", commitment, signature } as never);
    await eventually(isFinal(peer), SETTLED).toBe(true);
    const port = Number(new URL(devchain.url).port);
    await devchain.stop();
    await waitFor(peer, (m): m is Extract<NodeMessage, { type: "closing" }> => m.type === "closing");
    expect(await get("/health")).toMatchObject({ status: "degraded", chain: { state: "disconnected" } });
    const edge = node.streams.find(stream)!.edgeEpoch()!;
    peer.send(tick(payer, 1, [edge]));
    await waitFor(peer, keysOf(edge));
    peer.send({ type: "open", commitment: second.commitment, signature: second.signature } as never);
    const refused = await waitFor(
      peer,
      (m): m is Extract<NodeMessage, { type: "refused" }> => m.type === "refused",
    );
    expect(refused.code).toBe("chain-unreachable");
    peer.send({ type: "leave", channel: payer.channel });
    devchain = await spawnDevchain({ dataDir, port, blockTimeMs: 500 });
    await eventually(() => client.state, SETTLED).toBe("connected");
    await eventually(
      () => getChannel(client, { channel: payer.channel, at: "finalized" }).catch(() => "?"),
      SETTLED,
    ).toBeNull();
    expect((await getTab(client, { tab: viewer.tab }))?.free).toBe(
      200_000_000_000n - (await openFee()) - RATE,
    );
    peer.close();
  },
);
