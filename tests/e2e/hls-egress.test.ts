// SPDX-License-Identifier: Apache-2.0
// What the HTTP side of a stream answers, to players and to everybody else.
import { once } from "node:events";
import { get, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { connect } from "node:net";
import { streamId } from "@tickstream/contracts-types";
import { createKeyVault } from "@tickstream/media-node/streaming";
import { afterEach, expect, test } from "vitest";
import { readPlaylist } from "../support/media/ll-hls-validator.ts";
import {
  startStreamingNode,
  type StreamingNode,
  type StreamingNodeOptions,
} from "../support/system/streaming-node.ts";
import { SyntheticSource, type SourceOptions } from "../support/media/synthetic-source.ts";

let node: StreamingNode;
let source: SyntheticSource;
let leave: () => void;

afterEach(async () => {
  await node.stop();
});

/** Media of a second and a half: one segment of a second, and two parts of the next. */
async function onAir(options: StreamingNodeOptions = {}, sourceOptions: SourceOptions = {}): Promise<void> {
  node = await startStreamingNode(options);
  const sink = await node.streams
    .get("demo")
    ?.openPublisher({ protocol: "test", address: "", onClosed: () => undefined });
  if (sink === undefined) throw new Error("no stream");
  leave = () => sink.close();
  source = new SyntheticSource(sink, { fps: 25, gop: 25, ...sourceOptions });
  sendUntil(1_520);
  await Promise.resolve();
}

function sendUntil(ms: number): void {
  while (source.sentMs < ms) source.step();
}

const url = (file: string): string => new URL(file, node.playlistUrl()).href;

async function ask(
  file: string,
  options: RequestOptions = {},
): Promise<{ status: number; headers: IncomingMessage["headers"]; body: Buffer }> {
  const request = httpRequest(url(file), options);
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

test("a reload is held until the part is there, and the part can be asked for before", async () => {
  await onAir();
  expect((await ask("index.m3u8?_HLS_msn=1&_HLS_part=1")).status).toBe(200);
  const { hint } = readPlaylist((await ask("index.m3u8")).body.toString());
  expect(hint).toBe("p1.2.m4s");
  const held = [ask("index.m3u8?_HLS_msn=1&_HLS_part=2"), ask(hint as string)];
  await expect.poll(() => node.hls.stats().waiting).toBe(2);
  sendUntil(1_800);
  const [reloaded, part] = await Promise.all(held);
  expect(reloaded?.body.toString()).toContain("p1.2.m4s");
  expect(part?.status).toBe(200);
  expect(part?.body.toString("latin1", 4, 8)).toBe("moof");
  expect(node.hls.stats().waiting).toBe(0);
});

test("headers: CORS, caching, no ETag; OPTIONS and HEAD", async () => {
  await onAir();
  const part = await ask("p0.0.m4s");
  expect(part.headers).toMatchObject({
    "access-control-allow-origin": "*",
    "cache-control": "public, max-age=3600, immutable",
    "content-length": String(part.body.length),
    "content-type": "video/mp4",
  });
  expect(part.headers.etag).toBeUndefined();
  const head = await ask("p0.0.m4s", { method: "HEAD" });
  expect([head.status, head.headers["content-length"], head.body.length]).toEqual([
    200,
    String(part.body.length),
    0,
  ]);
  const plain = await ask("index.m3u8");
  expect(plain.headers["cache-control"]).toBe("no-cache");
  expect(plain.headers["content-type"]).toBe("application/vnd.apple.mpegurl");
  const preflight = await ask("p0.0.m4s", { method: "OPTIONS" });
  expect([preflight.status, preflight.headers["access-control-allow-methods"]]).toEqual([
    204,
    "GET, HEAD, OPTIONS",
  ]);
  expect((await ask("p0.0.m4s", { method: "DELETE" })).status).toBe(405);
});

test("a segment is its parts, joined; ranges of it are bytes of it", async () => {
  await onAir();
  const parts = await Promise.all([0, 1, 2, 3, 4].map(async (i) => ask(`p0.${i}.m4s`)));
  const whole = await ask("s0.m4s");
  expect(whole.body).toEqual(
    Buffer.concat(parts.filter(({ status }) => status === 200).map(({ body }) => body)),
  );
  const range = await ask("s0.m4s", { headers: { range: "bytes=700-1500" } });
  expect([range.status, range.headers["content-range"]]).toEqual([
    206,
    `bytes 700-1500/${whole.body.length}`,
  ]);
  expect(range.body).toEqual(whole.body.subarray(700, 1_501));
  const beyond = await ask("s0.m4s", { headers: { range: `bytes=${whole.body.length}-` } });
  expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, `bytes */${whole.body.length}`]);
});

test("what is not there, not yet there or no question at all has a status and a sentence", async () => {
  await onAir();
  const cases: [string, number, RegExp][] = [
    ["../nobody/index.m3u8", 404, /no such stream/],
    ["s9.m4s", 404, /no such segment/],
    ["s1.m4s", 404, /no such segment/],
    ["p0.9.m4s", 404, /no such part/],
    ["p9.0.m4s", 404, /no such part/],
    ["i0123456789abcdef.mp4", 404, /no such init/],
    ["other.txt", 404, /index\.m3u8/],
    ["index.m3u8?_HLS_msn=9", 400, /_HLS_msn/],
    ["index.m3u8?_HLS_msn=1&_HLS_part=90", 400, /_HLS_part/],
    ["index.m3u8?_HLS_part=1", 400, /whole numbers/],
  ];
  for (const [file, status, sentence] of cases) {
    const answer = await ask(file);
    expect([file, answer.status]).toEqual([file, status]);
    expect(answer.body.toString()).toMatch(sentence);
    expect(answer.headers["cache-control"]).toBe("no-store");
  }
});

test("a part is only served under its own coordinates", async () => {
  const genesisHash = new Uint8Array(32);
  const stream = streamId(1n);
  const vault = createKeyVault({ streamSecret: new Uint8Array(32), genesisHash, stream });
  await onAir({ stream: { protection: { kind: "epoch", stream, genesisHash, vault, rendition: 0 } } });
  const playlist = readPlaylist((await ask("index.m3u8")).body.toString());
  const uri = playlist.segments[0]?.parts[1]?.uri as string;
  expect((await ask(uri)).status).toBe(200);
  expect((await ask(uri.replace(/\.(\d+)$/, ".999"))).status).toBe(404);
});

test("while the publisher is gone a held reload gets the playlist as it is, and a hinted part an end", async () => {
  await onAir({ hls: { holdMs: 300 } });
  const hinted = ask("p1.2.m4s");
  const reload = ask("index.m3u8?_HLS_msn=1&_HLS_part=2");
  await expect.poll(() => node.hls.stats().waiting).toBe(2);
  leave();
  expect((await hinted).status).toBe(200);
  const [before, after] = [await reload, await ask("index.m3u8?_HLS_msn=2&_HLS_part=0")];
  expect(before.status).toBe(200);
  expect([after.status, after.headers["cache-control"]]).toEqual([200, "no-cache"]);
  expect(readPlaylist(after.body.toString()).hint).toBeUndefined();
  // Its segment ended without it.
  expect((await ask("p1.9.m4s")).status).toBe(404);
  expect(node.hls.stats().expired).toBe(1);
});

test("the end of a stream is told, and ends all waiting", async () => {
  await onAir();
  const reload = ask("index.m3u8?_HLS_msn=3");
  await expect.poll(() => node.hls.stats().waiting).toBe(1);
  await node.streams.get("demo")?.end();
  expect((await reload).body.toString()).toContain("#EXT-X-ENDLIST");
});

test("held requests are bounded, and forgotten when their connection goes", async () => {
  await onAir({ hls: { maxWaiting: 3 } });
  const held = Array.from({ length: 3 }, () => {
    const request = get(url("index.m3u8?_HLS_msn=1&_HLS_part=3"));
    request.on("error", () => undefined);
    return request;
  });
  await expect.poll(() => node.hls.stats().waiting).toBe(3);
  const beyond = await ask("index.m3u8?_HLS_msn=1&_HLS_part=3");
  expect([beyond.status, beyond.headers["retry-after"]]).toEqual([503, "1"]);
  for (const request of held) request.destroy();
  await expect.poll(() => node.hls.stats().waiting).toBe(0);
});

test("a reader that does not read is let go, and counted", async () => {
  await onAir({ hls: { sendMs: 500 } }, { keyframeBytes: 12 << 20 });
  const socket = connect(Number(new URL(node.origin).port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.pause();
  socket.write(`GET /live/demo/s0.m4s HTTP/1.1\r\nhost: x\r\n\r\n`);
  await expect.poll(() => node.hls.stats().slowReaders, { timeout: 10_000 }).toBe(1);
  socket.destroy();
});
