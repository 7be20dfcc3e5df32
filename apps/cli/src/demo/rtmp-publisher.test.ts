// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { createLiveStream, createRtmpServer, type LiveStream, type RtmpServer } from "@tickstream/media-node";
import { parseFlvClip } from "./flv-clip.ts";
import { ClipCursor, type Publisher, type PublisherState, startPublisher } from "./rtmp-publisher.ts";

const clip = parseFlvClip(readFileSync(new URL("../../demo/demo.flv", import.meta.url)));
const log = { info: () => undefined, warn: () => undefined };

let server: RtmpServer | undefined;
let stream: LiveStream | undefined;
let publisher: Publisher | undefined;
afterEach(async () => {
  await publisher?.stop();
  await server?.stop();
  await stream?.end();
});

function clearStream(): LiveStream {
  const start = { nextEpoch: 0, nextRun: 0, nextMsn: 0, discontinuitySequence: 0 };
  return createLiveStream({
    id: "demo",
    tickMs: 1000,
    protection: { kind: "clear" },
    timeline: { load: async () => start, reserve: async () => undefined },
    log,
  });
}

/** A publisher whose states can be awaited. */
function publishTo(port: number): { next(name: PublisherState["name"]): Promise<PublisherState> } {
  const seen: PublisherState[] = [];
  let wake = () => {};
  publisher = startPublisher({
    url: `rtmp://127.0.0.1:${port}/live`,
    key: "the-key",
    clip,
    minRetryMs: 20,
    onState: (state) => {
      seen.push(state);
      wake();
    },
  });
  return {
    async next(name) {
      for (;;) {
        const state = seen.shift();
        if (state?.name === name) return state;
        if (!state) await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

test("the clip goes on air at real-time pace, and stopping says goodbye", async () => {
  stream = clearStream();
  const live = stream;
  server = await createRtmpServer({
    host: "127.0.0.1",
    port: 0,
    log,
    authorize: async ({ app, key }) =>
      app === "live" && key === "the-key"
        ? { ok: true, stream: live }
        : { ok: false, reason: "no such stream key" },
  });
  const states = publishTo(server.port);
  await states.next("publishing");
  const startedAt = performance.now();
  await new Promise<void>((resolve) => {
    const off = live.onEdge((epoch) => {
      if (epoch < 3) return;
      off();
      resolve();
    });
  });
  const elapsed = performance.now() - startedAt;
  expect(elapsed).toBeGreaterThan(2_800);
  expect(elapsed).toBeLessThan(5_000);
  expect(Math.round(live.stats().fps)).toBe(30);
  expect(live.stats()).toMatchObject({ gopMs: 1000, droppedFrames: 0 });
  const left = new Promise((resolve) => live.onState(resolve));
  await publisher?.stop();
  expect(publisher?.state).toEqual({ name: "stopped" });
  expect(await left).toBe("waiting");
});

test("a refusal is told with the server's reason, and tried again", async () => {
  stream = clearStream();
  const live = stream;
  let known = false;
  server = await createRtmpServer({
    host: "127.0.0.1",
    port: 0,
    log,
    authorize: async () => (known ? { ok: true, stream: live } : { ok: false, reason: "no such stream key" }),
  });
  const states = publishTo(server.port);
  expect(await states.next("waiting")).toMatchObject({
    error: { code: "NetStream.Publish.Denied", message: "no such stream key" },
  });
  known = true;
  await states.next("publishing");
});

test("a server that goes away and returns gets the stream again", async () => {
  stream = clearStream();
  const live = stream;
  const options = { host: "127.0.0.1", log, authorize: async () => ({ ok: true as const, stream: live }) };
  server = await createRtmpServer({ ...options, port: 0 });
  const { port } = server;
  const states = publishTo(port);
  await states.next("publishing");
  await server.stop();
  await states.next("waiting");
  server = await createRtmpServer({ ...options, port });
  await states.next("publishing");
});

test("nobody listens: the wait is told, and stopping doesn't wait for it", async () => {
  stream = clearStream();
  server = await createRtmpServer({
    host: "127.0.0.1",
    port: 0,
    log,
    authorize: async () => ({ ok: false, reason: "" }),
  });
  const { port } = server;
  await server.stop();
  const states = publishTo(port);
  expect(await states.next("waiting")).toMatchObject({ error: { code: "ECONNREFUSED" } });
  await publisher?.stop();
});

test("timestamps rise from loop to loop without a gap, each track on its own grid", () => {
  const cursor = new ClipCursor(clip);
  const last = new Map<number, number>();
  for (let i = 0; i < clip.tags.length * 3; i++) {
    const { tag, timestamp } = cursor.next();
    const before = last.get(tag.type);
    if (before !== undefined) expect(timestamp - before).toBeOneOf(tag.type === 9 ? [33, 34] : [21, 22]);
    last.set(tag.type, timestamp);
  }
});

test("the clip is what the docs say: 8 s of 30 fps, no B-frames, a keyframe each second", () => {
  const video = clip.tags.filter((tag) => tag.type === 9);
  expect(clip.durationMs).toBe(8000);
  expect(video).toHaveLength(240);
  expect(clip.tags.filter((tag) => tag.type === 8)).toHaveLength(375);
  expect(video.every((tag) => tag.body.readIntBE(2, 3) === 0)).toBe(true);
  expect(video.map((tag, i) => ((tag.body[0] ?? 0) >> 4 === 1 ? i : -1)).filter((i) => i >= 0)).toEqual([
    0, 30, 60, 90, 120, 150, 180, 210,
  ]);
});
