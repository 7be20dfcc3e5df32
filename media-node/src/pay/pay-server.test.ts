// SPDX-License-Identifier: Apache-2.0
import { fork } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { hexToBytes, planck, streamId } from "@tickstream/contracts-types";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/system/postgres.ts";
import { EpochRanges } from "../ledger/epoch-ranges.ts";
import { ChainDouble, GENESIS, OPERATOR } from "../testing/chain-double.ts";
import { channelRow, openLedger } from "../testing/ledger-fixture.ts";
import { startPay, StreamDouble, type PayFixture } from "../testing/pay-fixture.ts";
import { PayPeer } from "../testing/pay-peer.ts";
import { STREAM, TestViewer, type Payer } from "../testing/viewer.ts";
import { eventually } from "../testing/eventually.ts";

let postgres: TestPostgres;
let url: string;
let chain: ChainDouble;
let viewer: TestViewer;
let stream: StreamDouble;
let opened: Awaited<ReturnType<typeof openLedger>>;
let fixture: PayFixture;
const peers: PayPeer[] = [];

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
  stream = new StreamDouble();
  opened = await openLedger(url, chain);
  fixture = await startPay(opened.ledger, chain, stream, { proofBurst: 4, idleMs: 600, dueIntervalMs: 0 });
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await fixture.stop();
  await opened.close();
  expect(fixture.faults).toEqual([]);
});

const connect = async (): Promise<PayPeer> => {
  const peer = await PayPeer.connect(fixture.url);
  peers.push(peer);
  return peer;
};
const open = async (peer: PayPeer, payer: Payer): Promise<void> => {
  const { commitment, signature } = payer;
  await peer.ask({ type: "open", commitment, signature: Uint8Array.from(signature) } as never, "opened");
};
const tick = (payer: Payer, n: number, epochs: number[]): never =>
  ({ type: "tick", channel: payer.channel, ...payer.tick(n, epochs) }) as never;

test("watch, open, pay: terms, then the keys that were paid for and no other", async () => {
  const peer = await connect();
  const terms = await peer.ask({ type: "watch", stream: STREAM, preview: [] }, "terms");
  expect(terms).toMatchObject({
    rate: 10n,
    terms: 1,
    operator: OPERATOR,
    openFee: 50n,
    head: 1_000,
    edge: 100,
    genesisHash: hexToBytes(GENESIS),
  });
  expect(terms.nonce).toHaveLength(32);
  const payer = viewer.commit();
  const { commitment, signature } = payer;
  const granted = await peer.ask({ type: "open", commitment, signature } as never, "opened");
  expect(granted).toMatchObject({ channel: payer.channel, n: 0, bought: [], credit: 10 });
  const { keys } = await peer.ask(tick(payer, 2, [100, 101]), "keys");
  expect(keys).toEqual([100, 101].map((epoch) => ({ epoch, key: Uint8Array.from(stream.vault.key(epoch)) })));
  const refused = await peer.ask(tick(payer, 3, [102]), "refused");
  expect(refused).toMatchObject({
    request: "tick",
    code: "epochs-out-of-range",
    accept: { from: "40", to: "101" },
  });
  const known = await peer.ask({ type: "open", commitment, signature } as never, "refused");
  expect(known.code).toBe("commitment-known");
  const strangers = await (await connect()).ask(tick(payer, 3, [100]), "refused");
  expect(strangers.code).toBe("channel-unknown");
  expect(fixture.counts).toMatchObject({ ticks: 2, opened: 1 });
});

test("resume on another socket: the older one is told, and sells no more", async () => {
  const [first, second] = [await connect(), await connect()];
  const payer = viewer.commit();
  await open(first, payer);
  await first.ask(tick(payer, 1, [100]), "keys");
  const { nonce } = await second.ask({ type: "watch", stream: STREAM, preview: [] }, "terms");
  const { nonce: _, ...resume } = payer.resume(1, nonce);
  const resumed = await second.ask({ type: "resume", ...resume } as never, "opened");
  expect(resumed).toMatchObject({
    n: 1,
    bought: [[100, 100]],
    preimage: Uint8Array.from(payer.chain.preimage(1)),
  });
  expect(await first.next("closing")).toMatchObject({ code: "superseded", channel: payer.channel });
  expect((await first.ask(tick(payer, 2, [101]), "refused")).code).toBe("channel-unknown");
  await second.ask(tick(payer, 2, [101]), "keys");
  const replay = await first.ask({ type: "resume", ...resume } as never, "refused");
  expect(replay.code).toBe("signature-invalid");
});

test("a ticket opens the gate of its channel: for what was bought, what is bought later, and after a reconnect", async () => {
  await fixture.stop();
  fixture = await startPay(opened.ledger, chain, stream, { dueIntervalMs: 60_000 });
  const [first, second] = [await connect(), await connect()];
  const payer = viewer.commit();
  const { commitment, signature } = payer;
  const { ticket } = await first.ask({ type: "open", commitment, signature } as never, "opened");
  await first.ask(tick(payer, 1, [100]), "keys");
  const gate = await fixture.gates.open(Buffer.from(ticket).toString("hex"), () => {});
  expect(gate).toMatchObject({ channel: payer.channel, stream: STREAM });
  const open = (epoch: number): boolean | undefined => gate?.isOpen(epoch);
  expect([99, 100, 101].map(open)).toEqual([false, true, false]);
  await first.ask(tick(payer, 2, [101]), "keys");
  expect(open(101)).toBe(true);
  // Whoever watches over WebRTC hears of every edge, however rare hints are.
  for (const edge of [101, 102]) {
    stream.move(edge);
    expect(await first.next("due")).toMatchObject({ channel: payer.channel, edge });
  }
  first.close();
  await first.closed;
  const { nonce } = await second.ask({ type: "watch", stream: STREAM, preview: [] }, "terms");
  const { nonce: _, ...resume } = payer.resume(2, nonce);
  const resumed = await second.ask({ type: "resume", ...resume } as never, "opened");
  expect(resumed.ticket).not.toEqual(ticket);
  expect(await fixture.gates.open(Buffer.from(ticket).toString("hex"), () => {})).toBeUndefined();
  await second.ask(tick(payer, 3, [102]), "keys");
  expect(open(102)).toBe(true);
});

test("a channel that runs low, and a lost chain, are announced", async () => {
  const peer = await connect();
  const payer = viewer.commit({ maxTicks: 20 });
  await open(peer, payer);
  await peer.ask(tick(payer, 18, [100]), "keys");
  expect(await peer.next("closing")).toMatchObject({ code: "tab-low", channel: payer.channel });
  // Once is enough.
  await peer.ask(tick(payer, 19, [101]), "keys");
  fixture.pay.chainLost();
  expect(await peer.next("closing")).toMatchObject({ code: "chain-unreachable" });
});

test("preview ticks are few, and per address", async () => {
  const [peer, other] = [await connect(), await connect()];
  peer.send({ type: "watch", stream: STREAM, preview: [99, 100, 101] });
  await peer.next("terms");
  expect((await peer.next("keys")).keys.map(({ epoch }) => epoch)).toEqual([99, 100]);
  other.send({ type: "watch", stream: STREAM, preview: [101] });
  await other.next("terms");
  expect((await other.next("refused")).code).toBe("preview-exhausted");
  // What was given once is given again.
  other.send({ type: "watch", stream: STREAM, preview: [100] });
  await other.next("terms");
  expect((await other.next("keys")).keys).toHaveLength(1);
});

test("unknown streams, streams off air, chain out of reach", async () => {
  const peer = await connect();
  const unknown = await peer.ask({ type: "watch", stream: streamId(99n), preview: [] }, "refused");
  expect(unknown).toMatchObject({ code: "stream-unknown", stream: 99n });
  stream.edge = null;
  expect((await peer.ask({ type: "watch", stream: STREAM, preview: [] }, "terms")).edge).toBeNull();
  const { commitment, signature } = viewer.commit();
  expect((await peer.ask({ type: "open", commitment, signature } as never, "refused")).code).toBe(
    "stream-off-air",
  );
  stream.edge = 100;
  chain.reachable = false;
  expect((await peer.ask({ type: "open", commitment, signature } as never, "refused")).code).toBe(
    "chain-unreachable",
  );
});

test("hints, closing and leaving", async () => {
  const peer = await connect();
  const payer = viewer.commit();
  await open(peer, payer);
  await peer.ask(tick(payer, 1, [100]), "keys");
  stream.move(105);
  expect(await peer.next("due")).toMatchObject({ channel: payer.channel, edge: 105, behind: 5 });
  fixture.pay.headMoved(19_960, 50);
  expect(await peer.next("closing")).toMatchObject({ code: "channel-ending" });
  stream.move(null);
  expect(await peer.next("closing")).toMatchObject({ code: "stream-ended", stream: STREAM });
  peer.send({ type: "leave", channel: payer.channel });
  await eventually(async () => (await channelRow(opened.database, payer.channel))?.leaving).toBe(true);
  await fixture.pay.stop();
  expect(await peer.next("closing")).toMatchObject({ code: "draining" });
  expect((await peer.closed).code).toBe(4503);
});

test("garbage closes the socket with a typed code, and nobody else notices", async () => {
  const witness = await connect();
  const payer = viewer.commit();
  await open(witness, payer);
  const codeFor = async (data: string | Buffer): Promise<number> => {
    const peer = await connect();
    peer.socket.send(data);
    return (await peer.closed).code;
  };
  expect(await codeFor("hello")).toBe(4400);
  expect(await codeFor('{"type":"tick"}')).toBe(4400);
  expect(await codeFor(Buffer.from([1, 2, 3]))).toBe(4400);
  expect(await codeFor(`"${"x".repeat(17_000)}"`)).toBe(4413);
  expect(await codeFor(`"${"x".repeat(200_000)}"`)).toBe(1009);
  const frame = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({
        type: fc.constantFrom("watch", "open", "tick"),
        channel: fc.string(),
        n: fc.integer(),
        stream: fc.string(),
      })
      .map((x) => JSON.stringify(x)),
  );
  await fc.assert(
    fc.asyncProperty(frame, async (text) => {
      expect(await codeFor(text)).toBe(4400);
    }),
    { numRuns: 40 },
  );
  // Bytes that are no WebSocket at all.
  const raw = net.connect(fixture.port, "127.0.0.1");
  raw.write("GET /pay HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  await once(raw, "data");
  raw.destroy();
  await witness.ask(tick(payer, 1, [100]), "keys");
});

test("floods and sleepers are cut off; proofs are rationed", async () => {
  const flooder = await connect();
  for (let i = 0; i < 200; i++)
    flooder.send({ type: "pause", channel: viewer.commit({ maxTicks: 1 }).channel });
  expect((await flooder.closed).code).toBe(4429);
  const prover = await connect();
  const { nonce: _, ...resume } = viewer.commit({ maxTicks: 1 }).resume(0, new Uint8Array(32));
  for (let i = 0; i < 6; i++) prover.send({ type: "resume", ...resume } as never);
  const codes = [];
  for (let i = 0; i < 6; i++) codes.push((await prover.next("refused")).code);
  expect(codes.filter((code) => code === "rate-limited")).toHaveLength(2);
  const sleeper = await connect();
  sleeper.socket.pong = () => {};
  (sleeper.socket as unknown as { _receiver: NodeJS.EventEmitter })._receiver.removeAllListeners("ping");
  expect((await sleeper.closed).code).toBe(4408);
});

test("connections are counted by address", async () => {
  await fixture.stop();
  fixture = await startPay(opened.ledger, chain, stream, { maxConnectionsPerAddress: 2 });
  const [first] = [await connect(), await connect()];
  const refused = new WebSocket(fixture.url);
  const [error] = (await once(refused, "error")) as [Error];
  expect(error.message).toContain("429");
  first.close();
  await first.closed;
  await eventually(() => fixture.pay.connections).toBe(1);
  await connect();
});

test("kill -9: whatever was acknowledged is there, and the viewer goes on", { timeout: 60_000 }, async () => {
  const tab = { tab: viewer.tab, key: viewer.sessionKey.publicKey };
  chain.setTab(viewer.tab, viewer.sessionKey, { free: planck(10_000_000n) });
  const payer = viewer.commit({ maxTicks: 3_000 });
  await opened.close();
  let paid = 0;
  for (let round = 0; round < 3; round++) {
    const child = fork(new URL("../testing/pay-node.ts", import.meta.url), [], {
      env: {
        ...process.env,
        DATABASE_URL: url,
        TAB: String(tab.tab),
        KEY: Buffer.from(tab.key).toString("hex"),
      },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const [{ port }] = (await once(child, "message")) as [{ port: number }];
    const peer = await PayPeer.connect(`ws://127.0.0.1:${port}/pay`);
    const { nonce } = await peer.ask({ type: "watch", stream: STREAM, preview: [] }, "terms");
    if (round === 0) await open(peer, payer);
    else {
      // The viewer may have revealed one tick more than was acknowledged.
      const { nonce: _, ...resume } = payer.resume(paid, nonce);
      const resumed = await peer.ask({ type: "resume", ...resume } as never, "opened");
      expect(resumed.n).toBeGreaterThanOrEqual(paid);
      const bought = resumed.bought.reduce((sum, [from, to]) => sum + to - from + 1, 0);
      expect(bought).toBeGreaterThanOrEqual(paid);
      expect(bought).toBeLessThanOrEqual(resumed.n);
      paid = resumed.n;
    }
    const began = paid;
    for (;;) {
      // The process dies in the middle of a stream of ticks: the next one is on its way when the signal comes.
      if (paid === began + 20) setImmediate(() => child.kill("SIGKILL"));
      peer.send(tick(payer, paid + 1, [paid + 1]));
      const answered = await peer.next("keys").catch(() => null);
      if (answered === null) break;
      paid++;
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(paid).toBeGreaterThanOrEqual(began + 20);
    opened = await openLedger(url, chain);
    const row = await channelRow(opened.database, payer.channel);
    await opened.close();
    expect(row!.ticks).toBeGreaterThanOrEqual(paid);
    expect(EpochRanges.fromMultirange(row!.bought).size).toBeGreaterThanOrEqual(paid);
  }
  opened = await openLedger(url, chain);
});
