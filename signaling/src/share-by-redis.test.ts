// SPDX-License-Identifier: Apache-2.0
// Several instances on one real Redis.
import { fork } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { fileURLToPath } from "node:url";
import type { RelayedMessage } from "@tickstream/contracts-types";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LocalPeer } from "./local-peer.ts";
import { findRedis, startRedis, type TestRedis } from "./testing/start-redis.ts";
import { startSignaling, type TestSignaling } from "./testing/start-signaling.ts";
import { TestPeer } from "./testing/test-peer.ts";

const STREAM = "7";
const CONNECTION = "c".repeat(16);
const OFFER = { type: "offer", stream: STREAM, connection: CONNECTION, sdp: "v=0 offer" } as const;
/** Instances are believed for so long; what must vanish does within it, what must stay outlives many. */
const SHARE_TTL_MS = 1_500;

const program = findRedis();

describe.skipIf(program === undefined)("rooms shared through Redis (needs redis-server on PATH)", () => {
  let redis: TestRedis;
  let instances: TestSignaling[];
  let peers: TestPeer[];

  beforeAll(async () => {
    redis = await startRedis(program ?? "");
  });
  afterAll(() => redis.stop());
  beforeEach(() => {
    instances = [];
    peers = [];
  });
  afterEach(async () => {
    for (const peer of peers) await peer.close();
    for (const instance of instances) await instance.stop();
    for (const instance of instances) {
      expect(instance.log.filter(({ level }) => level === "error")).toEqual([]);
    }
  });

  const startInstance = async (): Promise<TestSignaling> => {
    const instance = await startSignaling({ redisUrl: redis.url, shareTtlMs: SHARE_TTL_MS });
    instances.push(instance);
    await shares(instance);
    return instance;
  };
  const shares = (instance: TestSignaling, state = "connected") =>
    expect.poll(() => instance.server.stats().sharing, { timeout: 30_000 }).toBe(state);
  const connect = async (url: string): Promise<TestPeer> => {
    const peer = await TestPeer.connect(url);
    peers.push(peer);
    return peer;
  };
  const seat = (instance: TestSignaling): { peer: LocalPeer; received: RelayedMessage[]; closed: number } => {
    const received: RelayedMessage[] = [];
    const seated = { received, closed: 0, peer: undefined as unknown as LocalPeer };
    seated.peer = instance.server.localPeer(STREAM, {
      received: (message) => received.push(message),
      closed: () => seated.closed++,
    });
    return seated;
  };

  test("a room is one room: presence adds up, messages find their peer, whoever leaves is gone", async () => {
    const [a, b] = [await startInstance(), await startInstance()];
    const node = seat(a);
    node.peer.setLive(true);
    const viewer = await connect(a.url);
    await viewer.join(STREAM, "viewer");
    const publisher = await connect(b.url);
    await publisher.join(STREAM, "publisher");
    await viewer.next("presence", ({ publishers }) => publishers === 1);

    const late = await connect(b.url);
    const { peers: listed, ...joined } = await late.join(STREAM, "viewer");
    expect(joined).toMatchObject({ viewers: 2, publishers: 1, live: true });
    expect(listed).toHaveLength(2);

    publisher.send({ ...OFFER });
    await expect.poll(() => node.received).toEqual([{ ...OFFER, from: publisher.id, role: "publisher" }]);
    node.peer.send(publisher.id, { type: "answer", connection: CONNECTION, sdp: "v=0 answer" });
    expect(await publisher.next("answer")).toMatchObject({ from: node.peer.id, role: "node" });
    node.peer.refuse(publisher.id, CONNECTION, "media-unsupported", "No codec in common.");
    expect(await publisher.next("error")).toMatchObject({
      code: "offer-refused",
      reason: "media-unsupported",
    });

    // Viewers of another instance reach each other no more than those of their own.
    late.send({ ...OFFER, to: viewer.id });
    expect(await late.next("error")).toMatchObject({ code: "peer-unknown", connection: CONNECTION });

    await publisher.close();
    await viewer.next("presence", ({ publishers }) => publishers === 0);
    node.peer.leave();
    await late.next("presence", ({ peers }) => peers.length === 0);
  });

  test("an instance that joins a room later knows at once who was there", async () => {
    const a = await startInstance();
    seat(a);
    const publisher = await connect(a.url);
    await publisher.join(STREAM, "publisher");
    const b = await startInstance();
    const viewer = await connect(b.url);
    // What an instance says of itself takes a moment to be there for others.
    await expect
      .poll(async () => {
        const joined = await viewer.join(STREAM, "viewer");
        viewer.send({ type: "leave-stream", stream: STREAM });
        return joined;
      })
      .toMatchObject({ publishers: 1, viewers: 1, peers: { length: 2 } });
  });

  test("a stream that ends is closed everywhere; a node that goes on may come back", async () => {
    const [a, b] = [await startInstance(), await startInstance()];
    const node = seat(a);
    const other = seat(b);
    const viewer = await connect(b.url);
    const { peers: listed } = await viewer.join(STREAM, "viewer");
    if (listed.length < 2) await viewer.next("presence", ({ peers }) => peers.length === 2);
    node.peer.close();
    expect(await viewer.next("closing")).toMatchObject({ code: "stream-ended", stream: STREAM });
    await expect.poll(() => other.closed).toBe(1);
    seat(b);
    expect(await viewer.join(STREAM, "viewer")).toMatchObject({ viewers: 1, peers: { length: 1 } });
  });

  test("a killed instance's peers vanish, and a message for them is answered, not lost", async () => {
    const a = await startInstance();
    const main = fileURLToPath(new URL("./testing/signaling-main.ts", import.meta.url));
    const b = fork(main, [redis.url, String(SHARE_TTL_MS)], {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
      execArgv: [],
    });
    const ended = once(b, "exit");
    try {
      const [line] = (await once(b.stdout!, "data")) as [Buffer];
      const publisher = await connect(line.toString().trim());
      await publisher.join(STREAM, "publisher");
      const viewer = await connect(a.url);
      await viewer.join(STREAM, "viewer");
      const { peers: listed } = await viewer.next("presence", ({ publishers, peers }) => {
        return publishers === 1 && peers.length === 2;
      });
      b.kill("SIGKILL");
      await ended;
      viewer.send({ ...OFFER, to: listed[0]!.peer });
      expect(await viewer.next("error")).toMatchObject({ code: "peer-unknown", connection: CONNECTION });
      expect(await viewer.next("presence", ({ peers }) => peers.length === 0)).toMatchObject({
        publishers: 0,
        viewers: 1,
      });
    } finally {
      b.kill("SIGKILL");
      await ended;
    }
  });

  test("while Redis is away each instance goes on alone and says so; when it is back they find each other", async () => {
    const [a, b] = [await startInstance(), await startInstance()];
    const node = seat(a);
    const [here, there] = [await connect(a.url), await connect(b.url)];
    await here.join(STREAM, "publisher");
    await there.join(STREAM, "viewer");
    await there.next("presence", ({ publishers }) => publishers === 1);

    await redis.kill();
    await Promise.all([shares(a, "lost"), shares(b, "lost")]);
    expect(a.log.map(({ message }) => message)).toContainEqual(expect.stringContaining("out of reach"));
    await there.next("presence", ({ peers }) => peers.length === 0);
    here.send({ ...OFFER });
    await expect.poll(() => node.received.length).toBe(1);
    there.send({ ...OFFER });
    expect(await there.next("error")).toMatchObject({ code: "node-absent" });
    // Rooms entered and left meanwhile are announced, or not, when it is back.
    const late = await connect(b.url);
    await late.join(STREAM, "publisher");
    await there.join("8", "viewer");
    there.send({ type: "leave-stream", stream: "8" });

    await redis.restart();
    await Promise.all([shares(a), shares(b)]);
    await here.next("presence", ({ publishers, viewers }) => publishers === 2 && viewers === 1);
    await there.next("presence", ({ peers }) => peers.length === 3);
    there.send({ ...OFFER });
    await expect.poll(() => node.received.length).toBe(2);
  });

  test(
    "a Redis that hangs holds nobody up, and is taken up again when it goes on",
    { timeout: 120_000 },
    async () => {
      const [a, b] = [await startInstance(), await startInstance()];
      const publisher = await connect(a.url);
      await publisher.join(STREAM, "publisher");
      const viewer = await connect(b.url);
      await viewer.join(STREAM, "viewer");
      await viewer.next("presence", ({ publishers }) => publishers === 1);
      redis.hang();
      try {
        // It waits for Redis, but not for ever.
        expect(await viewer.join("8", "viewer")).toMatchObject({ viewers: 1 });
        await Promise.all([shares(a, "lost"), shares(b, "lost")]);
        viewer.send({ ...OFFER, to: publisher.id });
        expect(await viewer.next("error")).toMatchObject({ code: "peer-unknown" });
      } finally {
        redis.goOn();
      }
      await Promise.all([shares(a), shares(b)]);
      const late = await connect(a.url);
      await late.join("8", "publisher");
      await viewer.next("presence", ({ stream, publishers }) => stream === "8" && publishers === 1);
    },
  );

  test("thousands of rooms are taken up together", { timeout: 120_000 }, async () => {
    const alone = await startSignaling({ redisUrl: redis.url, shareTtlMs: SHARE_TTL_MS });
    instances.push(alone);
    // Before it is connected, and after.
    for (let i = 0; i < 2_000; i++) {
      alone.server.localPeer(`${i}`, { received: () => {}, closed: () => {} });
      if (i === 1_500) await shares(alone);
    }
    const b = await startInstance();
    const viewer = await connect(b.url);
    for (const stream of ["0", "1500", "1999"]) {
      const { peers: listed } = await viewer.join(stream, "viewer");
      if (listed.length === 0)
        await viewer.next("presence", (room) => room.stream === stream && room.peers.length === 1);
    }
    await shares(alone);
  });

  test("an instance whose Redis hangs stops all the same", { timeout: 120_000 }, async () => {
    const a = await startInstance();
    const viewer = await connect(a.url);
    await viewer.join(STREAM, "viewer");
    redis.hang();
    try {
      await a.stop();
    } finally {
      redis.goOn();
    }
    instances.splice(0);
  });

  test("an instance starts without its Redis, and stops without it", async () => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    server.close();
    const alone = await startSignaling({ redisUrl: `redis://127.0.0.1:${port}` });
    const viewer = await TestPeer.connect(alone.url);
    expect(await viewer.join(STREAM, "viewer")).toMatchObject({ viewers: 1 });
    expect(alone.server.stats().sharing).toBe("lost");
    await viewer.close();
    await alone.stop();
  });

  test("what others write into Redis is left out, and nothing is left in it", async () => {
    const a = await startInstance();
    const client = await createClient({ url: redis.url }).connect();
    try {
      const viewer = await connect(a.url);
      await viewer.join(STREAM, "viewer");
      await expect.poll(async () => (await client.keys("*")).length).toBe(2);
      const [instances, own] = (await client.keys("*")).toSorted();
      expect(instances).toBe(`tickstream:signal:1:instances:${STREAM}`);
      await client.sAdd(instances ?? "", ["nonsense", "f".repeat(16)]);
      await client.set(`tickstream:signal:1:share:${STREAM}:nonsense`, '{"type":"share"}');
      const channel = `tickstream:signal:1:room:${STREAM}`;
      const instance = own?.split(":").at(-1) ?? "";
      for (const text of ["", "{", '{"type":"left"}', "x".repeat(1 << 20)]) {
        await client.publish(channel, text);
        await client.publish(`tickstream:signal:1:instance:${instance}`, text);
      }
      const other = await connect(a.url);
      expect(await other.join(STREAM, "viewer")).toMatchObject({ viewers: 2, peers: [] });
      await client.del([instances ?? "", `tickstream:signal:1:share:${STREAM}:nonsense`]);
      for (const peer of [viewer, other]) await peer.close();
      await expect.poll(() => client.keys("*"), { timeout: 15_000 }).toEqual([]);
      const subscribed = await client.pubSubChannels("tickstream:signal:1:room:*");
      expect(subscribed).toEqual([]);
    } finally {
      client.destroy();
    }
  });
});
