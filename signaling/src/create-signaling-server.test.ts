// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import net from "node:net";
import { CLOSE_CODES, MAX_SIGNAL_FRAME_BYTES, type RelayedMessage } from "@tickstream/contracts-types";
import { afterEach, describe, expect, test } from "vitest";
import type { SignalingServerOptions } from "./create-signaling-server.ts";
import { startSignaling, type TestSignaling } from "./testing/start-signaling.ts";
import { TestPeer } from "./testing/test-peer.ts";

const STREAM = "7";
const CONNECTION = "c".repeat(16);
const OFFER = { type: "offer", stream: STREAM, connection: CONNECTION, sdp: "v=0 offer" } as const;

let signaling: TestSignaling;
const peers: TestPeer[] = [];

const start = async (options: Partial<SignalingServerOptions> = {}): Promise<void> => {
  signaling = await startSignaling(options);
};
const connect = async (): Promise<TestPeer> => {
  const peer = await TestPeer.connect(signaling.url);
  peers.push(peer);
  return peer;
};
/** A media node in the room, that keeps what it is told. */
const node = (stream = STREAM) => {
  const received: RelayedMessage[] = [];
  let closed = 0;
  const peer = signaling.server.localPeer(stream, {
    received: (message) => received.push(message),
    closed: () => closed++,
  });
  return { peer, received, closed: () => closed };
};

afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.close();
  await signaling.stop();
  expect(signaling.log.filter(({ level }) => level === "error")).toEqual([]);
});

describe("rooms", () => {
  test("who joins is told who is there; those there are told of who comes and goes", async () => {
    await start();
    const carrier = node();
    const viewer = await connect();
    expect(await viewer.join(STREAM, "viewer")).toEqual({
      type: "joined",
      role: "viewer",
      stream: STREAM,
      viewers: 1,
      publishers: 0,
      live: false,
      peers: [{ peer: carrier.peer.id, role: "node" }],
    });
    const publisher = await connect();
    expect(await publisher.join(STREAM, "publisher")).toMatchObject({ viewers: 1, publishers: 1 });
    expect(await viewer.next("presence", ({ publishers }) => publishers === 1)).toMatchObject({
      peers: expect.arrayContaining([{ peer: publisher.id, role: "publisher" }]),
    });
    carrier.peer.setLive(true);
    await viewer.next("presence", ({ live }) => live);
    await publisher.close();
    await viewer.next("presence", ({ publishers }) => publishers === 0);
    viewer.send({ type: "leave-stream", stream: STREAM });
    carrier.peer.leave();
    await expect.poll(() => signaling.server.stats().rooms).toBe(0);
  });

  test("one socket may be in several rooms, and hears of each by its name", async () => {
    await start();
    const viewer = await connect();
    await viewer.join("7", "viewer");
    await viewer.join("8", "viewer");
    const other = await connect();
    await other.join("8", "publisher");
    expect((await viewer.next("presence", ({ publishers }) => publishers === 1)).stream).toBe("8");
    viewer.send({ type: "join-stream", stream: "8", role: "viewer" });
    expect(await viewer.next("error")).toMatchObject({ code: "already-joined", stream: "8" });
  });

  test("a room with many changes tells of them together", async () => {
    await start({ limits: { presenceIntervalMs: 300 } });
    const first = await connect();
    await first.join(STREAM, "viewer");
    const others = await Promise.all(Array.from({ length: 20 }, connect));
    await Promise.all(others.map((other) => other.join(STREAM, "viewer")));
    await first.next("presence", ({ viewers }) => viewers === 21);
    expect(first.inbox.filter(({ type }) => type === "presence").length).toBeLessThan(15);
  });

  test("a stream that ends puts everybody out; the same room can be joined again", async () => {
    await start();
    const carrier = node();
    const viewer = await connect();
    await viewer.join(STREAM, "viewer");
    carrier.peer.close();
    expect(await viewer.next("closing")).toMatchObject({ code: "stream-ended", stream: STREAM });
    expect(carrier.closed()).toBe(1);
    viewer.send({ ...OFFER });
    expect(await viewer.next("error")).toMatchObject({ code: "not-joined" });
    expect(await viewer.join(STREAM, "viewer")).toMatchObject({ viewers: 1, peers: [] });
  });
});

describe("messages", () => {
  test("offer, answer, candidates and states go between publisher and node, by name or without", async () => {
    await start();
    const carrier = node();
    const publisher = await connect();
    await publisher.join(STREAM, "publisher");
    publisher.send({ ...OFFER });
    publisher.send({
      type: "ice-candidate",
      stream: STREAM,
      to: carrier.peer.id,
      connection: CONNECTION,
      candidate: "candidate:1",
      mid: "0",
    });
    await expect.poll(() => carrier.received.length).toBe(2);
    expect(carrier.received[0]).toEqual({ ...OFFER, from: publisher.id, role: "publisher" });
    carrier.peer.send(publisher.id, { type: "answer", connection: CONNECTION, sdp: "v=0 answer" });
    expect(await publisher.next("answer")).toEqual({
      type: "answer",
      stream: STREAM,
      from: carrier.peer.id,
      role: "node",
      connection: CONNECTION,
      sdp: "v=0 answer",
    });
    carrier.peer.refuse(publisher.id, CONNECTION, "media-unsupported", "No codec in common.");
    expect(await publisher.next("error")).toEqual({
      type: "error",
      code: "offer-refused",
      message: "No codec in common.",
      stream: STREAM,
      connection: CONNECTION,
      reason: "media-unsupported",
    });
  });

  test("a viewer may ask a publisher, who may answer; viewers do not reach each other, nor another room", async () => {
    await start();
    const [publisher, viewer, other] = [await connect(), await connect(), await connect()];
    await publisher.join(STREAM, "publisher");
    await viewer.join(STREAM, "viewer");
    await other.join(STREAM, "viewer");
    viewer.send({ ...OFFER, to: publisher.id });
    expect(await publisher.next("offer")).toMatchObject({ from: viewer.id, role: "viewer" });
    publisher.send({ ...OFFER, type: "answer", to: viewer.id });
    expect(await viewer.next("answer")).toMatchObject({ from: publisher.id });
    viewer.send({ ...OFFER, to: other.id });
    expect(await viewer.next("error")).toMatchObject({ code: "peer-unknown", connection: CONNECTION });
    const outsider = await connect();
    await outsider.join("8", "viewer");
    outsider.send({ ...OFFER, stream: "8", to: publisher.id });
    expect(await outsider.next("error")).toMatchObject({ code: "peer-unknown" });
    outsider.send({ ...OFFER });
    expect(await outsider.next("error")).toMatchObject({ code: "not-joined" });
    viewer.send({ ...OFFER });
    expect(await viewer.next("error")).toMatchObject({ code: "node-absent" });
    expect(other.inbox.filter(({ type }) => type !== "presence")).toEqual([]);
  });

  test("what is sent behind a join that is still being decided waits for it", async () => {
    const decided = Promise.withResolvers<void>();
    await start({ authenticate: () => decided.promise.then(() => ({ ok: true })) });
    const carrier = node();
    const publisher = await connect();
    publisher.send({ type: "join-stream", stream: STREAM, role: "publisher" });
    publisher.send({ ...OFFER });
    decided.resolve();
    await publisher.next("joined");
    await expect.poll(() => carrier.received.length).toBe(1);
  });
});

describe("who may join", () => {
  test("a publisher shows a credential; what the authenticator says is what the peer hears", async () => {
    await start();
    const peer = await connect();
    peer.send({ type: "join-stream", stream: STREAM, role: "publisher" });
    expect(await peer.next("error")).toMatchObject({ code: "credential-missing", stream: STREAM });
    const credential = { kind: "stream-key", key: "key-8" } as const;
    peer.send({ type: "join-stream", stream: STREAM, role: "publisher", credential });
    expect(await peer.next("error")).toMatchObject({ code: "credential-invalid" });
    expect(signaling.server.stats().refused).toEqual({ "credential-missing": 1, "credential-invalid": 1 });
  });

  test("the authenticator gets this socket's nonce and the name it was called by", async () => {
    const asked: unknown[] = [];
    await start({
      authenticate: async (request) => {
        asked.push(request);
        return { ok: true };
      },
    });
    const peer = await connect();
    await peer.join(STREAM, "viewer");
    expect(asked).toEqual([
      {
        stream: STREAM,
        role: "viewer",
        credential: undefined,
        nonce: peer.welcome.nonce,
        host: `127.0.0.1:${signaling.port}`,
      },
    ]);
  });

  test("one that never decides is given up, and told so by its signal", async () => {
    const aborted = Promise.withResolvers<void>();
    await start({
      limits: { joinTimeoutMs: 50 },
      authenticate: (_request, signal) => {
        signal.addEventListener("abort", () => aborted.resolve());
        return new Promise(() => {});
      },
    });
    const peer = await connect();
    peer.send({ type: "join-stream", stream: STREAM, role: "viewer" });
    expect(await peer.next("error")).toMatchObject({ code: "unavailable" });
    await aborted.promise;
  });

  test("one that throws costs the peer this join, not the server", async () => {
    await start({ authenticate: () => Promise.reject(new Error("the database burns")) });
    const peer = await connect();
    peer.send({ type: "join-stream", stream: STREAM, role: "viewer" });
    expect(await peer.next("error")).toMatchObject({
      code: "unavailable",
      message: expect.not.stringContaining("burns"),
    });
    expect(signaling.log.splice(0)).toMatchObject([{ level: "error" }]);
  });
});

describe("bounds", () => {
  test("rooms, peers in a room, publishers, rooms of a peer, joins of an address", async () => {
    await start({
      limits: {
        maxRooms: 2,
        maxPeersPerRoom: 3,
        maxPublishersPerRoom: 1,
        maxRoomsPerPeer: 2,
        joinBurst: 9,
        joinsPerSecond: 0,
      },
    });
    const [a, b, c] = [await connect(), await connect(), await connect()];
    const refusal = async (peer: TestPeer, stream: string, role: "publisher" | "viewer"): Promise<string> => {
      const credential = { kind: "stream-key", key: `key-${stream}` } as const;
      peer.send({ type: "join-stream", stream, role, credential });
      return (await peer.next("error")).code;
    };
    await a.join("1", "publisher");
    expect(await refusal(b, "1", "publisher")).toBe("room-full");
    await b.join("1", "viewer");
    await c.join("1", "viewer");
    await a.join("2", "viewer");
    expect(await refusal(b, "3", "viewer")).toBe("room-full");
    expect(await refusal(a, "3", "viewer")).toBe("too-many-rooms");
    const d = await connect();
    expect(await refusal(d, "1", "viewer")).toBe("room-full");
    await d.join("2", "viewer");
    // The rest of the nine.
    expect(await refusal(c, "3", "viewer")).toBe("room-full");
    expect(await refusal(c, "3", "viewer")).toBe("rate-limited");
  });

  test("sockets of one address: more are turned away, and may come when others have gone", async () => {
    await start({ limits: { maxConnectionsPerAddress: 2 } });
    const first = await connect();
    await connect();
    await expect(TestPeer.connect(signaling.url)).rejects.toThrow("429");
    await first.close();
    await expect.poll(() => signaling.server.stats().connections).toBe(1);
    await connect();
  });

  test("a flood closes the socket that sends it, and no other", async () => {
    await start();
    const [bystander, flood] = [await connect(), await connect()];
    await bystander.join(STREAM, "viewer");
    for (let i = 0; i < 1_000; i++) flood.send({ type: "leave-stream", stream: STREAM });
    expect(await flood.closed).toMatchObject({ code: CLOSE_CODES.tooMany });
    await bystander.join("8", "viewer");
  });

  test("what piles up behind a slow join closes the socket", async () => {
    await start({ limits: { maxPending: 8 }, authenticate: () => new Promise(() => {}) });
    const peer = await connect();
    for (let i = 0; i < 9; i++) peer.send({ type: "join-stream", stream: STREAM, role: "viewer" });
    expect(await peer.closed).toMatchObject({ code: CLOSE_CODES.tooMany });
  });

  test("viewers together cannot drown a publisher", async () => {
    await start({ limits: { fromViewersBurst: 5, fromViewersPerSecond: 0 } });
    const [publisher, viewer, other] = [await connect(), await connect(), await connect()];
    await publisher.join(STREAM, "publisher");
    await viewer.join(STREAM, "viewer");
    await other.join(STREAM, "viewer");
    for (const peer of [viewer, viewer, viewer, other, other]) peer.send({ ...OFFER, to: publisher.id });
    for (let i = 0; i < 5; i++) await publisher.next("offer");
    other.send({ ...OFFER, to: publisher.id });
    expect(await other.next("error")).toMatchObject({ code: "rate-limited" });
  });

  test.each([
    ["no JSON", "{", CLOSE_CODES.badMessage],
    ["no message", '{"type":"steal"}', CLOSE_CODES.badMessage],
    ["a server's message", '{"type":"closing","code":"draining","message":""}', CLOSE_CODES.badMessage],
    ["bytes", Uint8Array.of(0, 1, 2), CLOSE_CODES.badMessage],
    ["too long", `"${"x".repeat(MAX_SIGNAL_FRAME_BYTES)}"`, CLOSE_CODES.tooLarge],
    ["far too long", `"${"x".repeat(4 * MAX_SIGNAL_FRAME_BYTES)}"`, 1009],
  ])("a frame that is %s closes the socket with its code", async (_what, frame, code) => {
    await start();
    const peer = await connect();
    peer.sendRaw(frame);
    expect(await peer.closed).toMatchObject({ code });
  });

  test("a peer who does not read loses its socket", async () => {
    await start({ limits: { maxBufferedBytes: 100_000, messagesPerSecond: 1e6, messageBurst: 1e6 } });
    const carrier = node();
    const deaf = await connect();
    await deaf.join(STREAM, "publisher");
    deaf.socket.pause();
    const sdp = "x".repeat(30_000);
    await expect
      .poll(() => {
        for (let i = 0; i < 100; i++)
          carrier.peer.send(deaf.id, { type: "answer", connection: CONNECTION, sdp });
        return signaling.server.stats().connections;
      })
      .toBe(0);
    deaf.socket.terminate();
  });

  test("a half-open socket, that answers no ping, is dropped and its peer with it", async () => {
    await start({ limits: { idleMs: 1_000 } });
    const watcher = await connect();
    await watcher.join(STREAM, "viewer");
    // A handshake by hand, and then silence: no pong, no close.
    const dead = net.connect(signaling.port, "127.0.0.1");
    dead.write(
      "GET /signal HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await once(dead, "data", { signal: AbortSignal.timeout(10_000) });
    expect(signaling.server.stats().connections).toBe(2);
    await once(dead.resume(), "close", { signal: AbortSignal.timeout(10_000) });
    await expect.poll(() => signaling.server.stats().connections).toBe(1);
    // One that answers stays.
    await watcher.join("8", "viewer");
  });
});

test("a server that stops says so, turns newcomers away, and leaves no room", async () => {
  await start();
  node();
  const viewer = await connect();
  await viewer.join(STREAM, "viewer");
  const stopped = signaling.server.stop();
  await expect(TestPeer.connect(signaling.url)).rejects.toThrow("503");
  expect(await viewer.next("closing")).toMatchObject({ code: "draining" });
  expect(await viewer.closed).toMatchObject({ code: CLOSE_CODES.draining });
  await stopped;
  expect(signaling.server.stats()).toMatchObject({ connections: 0, rooms: 0 });
});

test("a thousand rooms with their nodes and a viewer in each leave nothing", async () => {
  await start({ limits: { joinBurst: 1e4, messageBurst: 1e4, maxPending: 1e4, maxRoomsPerPeer: 1_000 } });
  const streams = Array.from({ length: 1_000 }, (_, i) => `${i}`);
  const nodes = streams.map((stream) => node(stream));
  const viewer = await connect();
  for (const stream of streams) viewer.send({ type: "join-stream", stream, role: "viewer" });
  await viewer.next("joined", ({ stream }) => stream === "999");
  expect(signaling.server.stats().rooms).toBe(1_000);
  for (const { peer } of nodes) peer.close();
  expect(signaling.server.stats().rooms).toBe(0);
  await viewer.next("closing", ({ stream }) => stream === "999");
});
