// SPDX-License-Identifier: Apache-2.0
// What anyone can send to the RTMP port: the connection goes, the node and its publisher stay.
import { createRtmpServer } from "@tickstream/media-node/streaming";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  amf,
  command,
  connectCommand,
  HANDSHAKE,
  message,
  publishCommand,
  RtmpPeer,
} from "../support/media/rtmp-peer.ts";
import { startStreamingNode, type StreamingNode } from "../support/system/streaming-node.ts";

let node: StreamingNode;
let peers: RtmpPeer[];

beforeEach(async () => {
  node = await startStreamingNode({
    ids: ["demo", "victim"],
    limits: {
      setupMs: 1_500,
      idleMs: 1_500,
      farewellMs: 200,
      maxConnections: 12,
      maxConnectionsPerAddress: 10,
    },
  });
  peers = [];
});
afterEach(async () => {
  for (const peer of peers) peer.socket.destroy();
  await node.stop();
  expect(node.rtmp.connections()).toBe(0);
});

async function peer(...bytes: Buffer[]): Promise<RtmpPeer> {
  const connected = await RtmpPeer.connect(node.rtmp.port);
  peers.push(connected);
  connected.send(...bytes);
  return connected;
}

/** avcC of a real 320×180 baseline stream, as an FLV sequence header. */
const SEQUENCE_HEADER = Buffer.from(
  "17000000000142c00dffe1001a6742c00dda0507ec04400000030040000007a3c50aa801000468ce0fc8",
  "hex",
);
const KEYFRAME = Buffer.concat([Buffer.from("1701000000", "hex"), Buffer.alloc(100, 7)]);

/** A publisher that is let in, to see whether it stays. */
async function honest(): Promise<RtmpPeer> {
  const publisher = await peer(HANDSHAKE, connectCommand(), publishCommand("key-demo"));
  await publisher.said("NetStream.Publish.Start");
  return publisher;
}

const ONE_PACKET: Record<string, Buffer[]> = {
  "an invalid tcUrl": [HANDSHAKE, connectCommand("live", "not a url")],
  "no tcUrl": [HANDSHAKE, command(0, "connect", 1, { app: "live" })],
  "publish before connect": [HANDSHAKE, publishCommand("key-demo")],
  "publish without a name": [HANDSHAKE, connectCommand(), command(1, "publish", 5, null)],
  "a name with a path": [HANDSHAKE, connectCommand(), publishCommand("a/../b")],
  "an application with a path": [HANDSHAKE, connectCommand("../live")],
  "an empty chunk size": [HANDSHAKE, message(2, 1, 0, Buffer.alloc(0)), Buffer.from([2, 0, 0, 0, 0, 0, 1])],
  "a chunk size of nothing": [HANDSHAKE, message(2, 1, 0, Buffer.alloc(4))],
  "a command that is no AMF": [HANDSHAKE, message(3, 20, 0, Buffer.from([0xff, 1, 2, 3]))],
  "an endless AMF array": [
    HANDSHAKE,
    message(3, 20, 0, Buffer.concat([amf("connect"), Buffer.from([10, 255, 255, 255, 255, 5])])),
  ],
  "nested AMF objects": [
    HANDSHAKE,
    message(
      3,
      20,
      0,
      Buffer.concat([amf("connect"), ...Array.from({ length: 3_000 }, () => Buffer.from([3, 0, 1, 97]))]),
    ),
  ],
  "a command named constructor": [HANDSHAKE, command(0, "constructor", 1, null)],
  "a message of 16 MB": [HANDSHAKE, Buffer.from([3, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0, 2])],
  "a message that grows while it is sent": [
    HANDSHAKE,
    Buffer.from([3, 0, 0, 0, 0, 1, 0, 20, 0, 0, 0, 0]),
    Buffer.alloc(128),
    Buffer.from([3, 0, 0, 0, 0, 32, 0, 20, 0, 0, 0, 0]),
  ],
  "too many chunk streams": [
    HANDSHAKE,
    ...Array.from({ length: 40 }, (_, i) =>
      Buffer.from([i + 3, 0, 0, 0, 0, 1, 0, 20, 0, 0, 0, 0, ...Buffer.alloc(128)]),
    ),
  ],
  "media without a publish": [HANDSHAKE, connectCommand(), message(6, 9, 1, KEYFRAME)],
  "a hundred commands": [
    HANDSHAKE,
    connectCommand(),
    ...Array.from({ length: 100 }, () => command(0, "createStream", 2, null)),
  ],
  playing: [HANDSHAKE, connectCommand(), command(1, "play", 4, null, "key-demo")],
  "a second connect": [HANDSHAKE, connectCommand(), connectCommand()],
  "an empty picture": [
    HANDSHAKE,
    connectCommand(),
    publishCommand("key-demo"),
    message(6, 9, 1, Buffer.from([0x17])),
  ],
};

test.for(Object.entries(ONE_PACKET))("%s costs the sender its connection only", async ([, bytes]) => {
  const publisher = await peer(HANDSHAKE, connectCommand(), publishCommand("key-victim"));
  await publisher.said("NetStream.Publish.Start");
  const attacker = await peer(...bytes);
  await attacker.closed();
  publisher.send(message(6, 9, 1, SEQUENCE_HEADER), message(6, 9, 1, KEYFRAME, 40));
  expect(publisher.socket.readyState).toBe("open");
  await expect.poll(() => Object.values(node.rtmp.refused()).reduce((sum, count) => sum + count, 0)).toBe(1);
});

test("media that is not what it says it is ends the publish with a reason", async () => {
  const cases: [string, Buffer][] = [
    ["set the encoder to H.264", message(6, 9, 1, Buffer.from([0x12, 1, 2, 3]))],
    ["set the encoder to AAC", message(4, 8, 1, Buffer.from([0x2f, 1, 2, 3]))],
    ["broken media", message(6, 9, 1, Buffer.from("1700000000014d", "hex"))],
    ["broken media", message(4, 8, 1, Buffer.from("af00", "hex"))],
  ];
  for (const [sentence, tag] of cases) {
    const publisher = await honest();
    publisher.send(tag);
    await publisher.said(sentence);
    await publisher.closed();
    await expect.poll(() => node.rtmp.connections()).toBe(0);
  }
});

test("a refused publisher is told why, and what it goes on sending reaches nobody", async () => {
  const publisher = await honest();
  const refused = await peer(HANDSHAKE, connectCommand(), publishCommand("key-nobody"));
  await refused.said("NetStream.Publish.Denied");
  await refused.said("This stream key is not known here.");
  refused.send(message(6, 9, 1, SEQUENCE_HEADER), message(6, 9, 1, KEYFRAME));
  const second = await peer(HANDSHAKE, connectCommand(), publishCommand("key-demo"));
  await second.said("NetStream.Publish.BadName");
  second.send(message(6, 9, 1, SEQUENCE_HEADER), message(6, 9, 1, KEYFRAME));
  await Promise.all([refused.closed(), second.closed()]);
  expect(node.streams.get("demo")?.stats().frames).toBe(0);
  expect(publisher.socket.readyState).toBe("open");
  // The name is free again as soon as its publisher is gone, not half a minute later.
  publisher.send(command(1, "deleteStream", 6, null, 1));
  await publisher.closed();
  await honest();
});

test("a peer that is slow to say what it wants, or says nothing more, is let go", async () => {
  const silent = await peer();
  const half = await peer(HANDSHAKE.subarray(0, 700));
  const idle = await honest();
  await Promise.all([silent.closed(), half.closed(), idle.closed()]);
  await expect.poll(() => node.rtmp.refused()["rtmp-timeout"]).toBe(3);
});

test("connections are counted, in all and by address", async () => {
  const open = await Promise.all(Array.from({ length: 10 }, () => peer()));
  const beyond = await peer();
  await beyond.closed();
  expect(node.rtmp.connections()).toBe(10);
  expect(open.every(({ socket }) => socket.readyState === "open")).toBe(true);
});

test("a publisher that never reads can't make the node store its answers", async () => {
  const deaf = await honest();
  deaf.socket.pause();
  const question = command(0, "createStream", 2, null);
  const flood = Buffer.concat(Array.from({ length: 2_000 }, () => question));
  for (let i = 0; i < 400 && deaf.socket.writable && node.rtmp.connections() > 0; i++) {
    if (!deaf.socket.write(flood))
      await Promise.race([new Promise((resolve) => deaf.socket.once("drain", resolve)), deaf.closed(20_000)]);
  }
  await expect.poll(() => node.rtmp.connections(), { timeout: 10_000 }).toBe(0);
});

test("no bytes at all end the process or stay connected for free", { timeout: 60_000 }, async () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(...Object.values(ONE_PACKET).flat()),
    fc
      .record({ type: fc.integer({ min: 0, max: 25 }), body: fc.uint8Array({ maxLength: 300 }) })
      .map(({ type, body }) => message(3, type, 1, Buffer.from(body))),
    fc.constantFrom(
      publishCommand("key-demo"),
      message(6, 9, 1, SEQUENCE_HEADER),
      message(6, 9, 1, KEYFRAME),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), async (parts) => {
      const fuzz = await RtmpPeer.connect(node.rtmp.port);
      fuzz.send(HANDSHAKE, connectCommand(), ...parts);
      fuzz.socket.end();
      await fuzz.closed();
      fuzz.socket.destroy();
    }),
    { numRuns: 150 },
  );
  await honest();
});

test("two servers in one process know nothing of each other", async () => {
  const other = await startStreamingNode();
  try {
    await honest();
    const elsewhere = await RtmpPeer.connect(other.rtmp.port);
    peers.push(elsewhere);
    elsewhere.send(HANDSHAKE, connectCommand(), publishCommand("key-demo"));
    await elsewhere.said("NetStream.Publish.Start");
    expect([node.rtmp.connections(), other.rtmp.connections()]).toEqual([1, 1]);
    await node.rtmp.stop();
    expect(elsewhere.socket.readyState).toBe("open");
  } finally {
    await other.stop();
  }
});

test("a taken port is an error that names it, not the end of the process", async () => {
  const options = {
    host: "127.0.0.1",
    port: node.rtmp.port,
    log: node.log,
    authorize: async () => ({ ok: false as const, reason: "" }),
  };
  await expect(createRtmpServer(options)).rejects.toMatchObject({
    code: "port-unavailable",
    shortMessage: `RTMP port ${node.rtmp.port} on 127.0.0.1 is in use by another program.`,
  });
});
