// SPDX-License-Identifier: Apache-2.0
// What is thrown at a node's signaling socket costs who throws it, and nobody else; and what is said at the end.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import { CLOSE_CODES } from "@tickstream/contracts-types";
import { TestPeer } from "@tickstream/signaling/testing";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { createOnNode, login } from "../support/money/creator.ts";
import { account } from "../support/money/raw-chain.ts";
import { startSystem, type TestSystem } from "../support/system/system.ts";

const PATIENCE_MS = 60_000;
const HANDSHAKE =
  "GET /signal HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

let system: TestSystem;
let url: string;
let streams: string[];
const peers: TestPeer[] = [];

beforeAll(async () => {
  system = await startSystem({ node: { maxConnectionsPerAddress: 60 } });
  url = `${system.node.url.replace("http:", "ws:")}/signal`;
  const token = await login(system.node.url, await account("//Alice"));
  streams = [];
  for (let i = 0; i < 5; i++) {
    streams.push((await createOnNode(system.node.url, token, { title: `Room ${i}`, free: true })).id);
  }
}, 180_000);
afterAll(() => system?.stop());
afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.close();
  await none();
});

const connect = async (): Promise<TestPeer> => {
  const peer = await TestPeer.connect(url);
  peers.push(peer);
  return peer;
};

/** Sockets as Prometheus sees them: all are gone. */
const none = () =>
  expect
    .poll(
      async () => {
        const text = await (await fetch(`${system.node.url}/metrics`)).text();
        return /^tickstream_signaling_connections (\S+)$/m.exec(text)?.[1];
      },
      { timeout: PATIENCE_MS, interval: 250 },
    )
    .toBe("0");

it("noise behind a handshake, frames that lie about themselves, and half a handshake are all cut off", async () => {
  const bystander = await connect();
  await bystander.join(streams[0]!, "viewer");
  const lies = [
    randomBytes(64 << 10),
    // Unmasked; of 2^63 bytes; a continuation of nothing; a close of one byte; reserved bits.
    Buffer.from("810568656c6c6f", "hex"),
    Buffer.from("81ff7fffffffffffffff00000000", "hex"),
    Buffer.from("80850000000068656c6c6f", "hex"),
    Buffer.from("88810000000000", "hex"),
    Buffer.from("f1850000000068656c6c6f", "hex"),
  ];
  const closed = lies.map(async (lie) => {
    const socket = net.connect(system.node.httpPort, "127.0.0.1");
    socket.on("error", () => undefined); // a reset is one way of closing
    socket.write(Buffer.concat([Buffer.from(HANDSHAKE), lie]));
    await once(socket.resume(), "close", { signal: AbortSignal.timeout(PATIENCE_MS) });
  });
  const half = net.connect(system.node.httpPort, "127.0.0.1");
  half.on("error", () => undefined);
  half.write(HANDSHAKE.slice(0, 60));
  closed.push(
    once(half.resume(), "close", { signal: AbortSignal.timeout(PATIENCE_MS) }).then(() => undefined),
  );
  await Promise.all(closed);
  expect(await bystander.join(streams[1]!, "viewer")).toMatchObject({ peers: [{ role: "node" }] });
}, 120_000);

it("offers that are no session descriptions are refused with a reason, by the hundred", async () => {
  const token = await login(system.node.url, await account("//Alice"));
  const publisher = await connect();
  const [stream] = streams;
  publisher.send({
    type: "join-stream",
    stream: stream!,
    role: "publisher",
    credential: { kind: "login", token },
  });
  await expect
    .poll(async () => publisher.inbox.map(({ type }) => type), { timeout: PATIENCE_MS })
    .toContain("joined");
  const nonsense = ["v=0", "\0", "x".repeat(30_000), "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"];
  for (let i = 0; i < 100; i++) {
    const connection = `nonsense-number-${i}`;
    publisher.send({ type: "offer", stream: stream!, connection, sdp: nonsense[i % nonsense.length]! });
    expect(await publisher.next("error", (error) => error.connection === connection)).toMatchObject({
      code: "offer-refused",
      reason: expect.stringMatching(/^(sdp-invalid|media-unsupported)$/),
    });
  }
}, 120_000);

it("more sockets than an address may have are turned away, the others stay", async () => {
  let refused = 0;
  for (let i = 0; i < 70; i++) await connect().catch(() => refused++);
  expect([peers.length, refused]).toEqual([60, 10]);
}, 120_000);

it("a node that stops says goodbye; one that is back takes its peers again", async () => {
  const viewer = await connect();
  await viewer.join(streams[2]!, "viewer");
  await system.node.stop();
  expect(await viewer.next("closing")).toMatchObject({ code: "draining" });
  expect(await viewer.closed).toMatchObject({ code: CLOSE_CODES.draining });
  await system.node.start();
  const again = await connect();
  expect(await again.join(streams[2]!, "viewer")).toMatchObject({ peers: [{ role: "node" }] });
}, 120_000);

// The last one: it takes the joins of this address.
it("guesses at stream keys run out, and the node goes on serving", async () => {
  await Promise.all(Array.from({ length: 4 }, connect));
  const codes = new Map<string, number>();
  for (const peer of peers) {
    for (let i = 0; i < 30; i++) {
      const credential = { kind: "stream-key", key: `ts_${randomBytes(20).toString("hex")}` } as const;
      peer.send({ type: "join-stream", stream: streams[0]!, role: "publisher", credential });
    }
  }
  for (const peer of peers) {
    for (let i = 0; i < 30; i++) {
      const { code } = await peer.next("error");
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  }
  expect([...codes.keys()].toSorted()).toEqual(["credential-invalid", "rate-limited"]);
  expect((await fetch(`${system.node.url}/health`)).status).toBe(200);
}, 120_000);
