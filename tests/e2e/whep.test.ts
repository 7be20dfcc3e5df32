// SPDX-License-Identifier: Apache-2.0
// Streams out over WebRTC: real RTMP and WHIP in, and what Chromium makes of it with nothing but its own WebRTC.
import { startOpusTranscoder } from "@tickstream/media-node/streaming";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { type Encoder, ffmpegPath, startEncoder } from "../support/media/encoder.ts";
import { leftovers, markProcesses } from "../support/system/leftovers.ts";
import { type StreamingNode, startStreamingNode } from "../support/system/streaming-node.ts";
import { serveWhepPage, type SeenTrack, WhepPage } from "../support/browser/whep-page.ts";
import { whipOffer } from "../support/media/whip-offer.ts";
import { FAKE_CAMERA, publishFromPage } from "../support/browser/whip-page.ts";

/** What Chromium's encoder makes of its camera; each has a stream of that name. */
const CAMERA_CODECS = ["VP8", "VP9", "AV1", "H264"];
const PATIENCE = { timeout: 60_000, interval: 200 };

let node: StreamingNode;
let browser: Chromium;
let viewer: WhepPage;
const encoders: Encoder[] = [];

beforeAll(async () => {
  node = await startStreamingNode({
    ids: ["sharp", "reordered", "idle", ...CAMERA_CODECS],
    page: (request, response) => {
      if (!serveWhepPage(request, response)) response.writeHead(404).end();
    },
    whep: {
      limits: { maxViewersPerAddress: 4 },
      startTranscoder: (onPacket) => startOpusTranscoder({ ffmpeg: ffmpegPath(), onPacket, log: node.log }),
    },
  });
  browser = await startChromium(FAKE_CAMERA);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await Promise.all(encoders.map((encoder) => encoder.stop()));
  await node?.stop();
}, 60_000);

beforeEach(async () => {
  viewer = new WhepPage(await browser.context.newPage());
  await viewer.open(node.origin);
});

afterEach(async () => {
  await viewer.page.close();
});

const url = (id: string): string => `${node.origin}/whep/${id}`;

/** Resolves when the stream is on air. */
async function onAir(id: string): Promise<void> {
  const stream = node.streams.get(id);
  await new Promise<void>((resolve) => {
    stream?.onState((state) => state === "live" && resolve());
    if (stream?.state === "live") resolve();
  });
}

async function publish(id: string, bframes = 0): Promise<void> {
  encoders.push(startEncoder({ url: node.publishUrl(id), gopSeconds: 2, bframes }));
  await onAir(id);
}

const heard = async (): Promise<number> => (await viewer.seen()).audio?.totalAudioEnergy ?? 0;
const video = async (): Promise<SeenTrack | null> => (await viewer.seen()).video;

describe("a stream from an encoder", () => {
  beforeAll(async () => publish("sharp"), 60_000);

  test("is shown at once, whole, and without holes", { timeout: 90_000 }, async () => {
    expect((await viewer.watch(url("sharp"), { sound: false })).status).toBe(201);
    await expect.poll(async () => (await video())?.framesDecoded ?? 0, PATIENCE).toBeGreaterThan(60);
    const seen = await viewer.seen();
    expect(seen).toMatchObject({ state: "connected", width: 320 });
    expect(seen.audio).toBeNull();
    expect(seen.video?.packetsLost).toBe(0);
    expect(node.whep.viewers("sharp")).toBe(1);
    expect(await viewer.leave()).toBe(200);
    await expect.poll(() => node.whep.viewers("sharp"), PATIENCE).toBe(0);
  });

  test("is heard by ffmpeg's help, which runs only meanwhile", { timeout: 120_000 }, async () => {
    const mark = markProcesses();
    expect((await viewer.watch(url("sharp"), { sound: true })).status).toBe(201);
    await expect.poll(heard, PATIENCE).toBeGreaterThan(0);
    await expect.poll(async () => (await video())?.framesDecoded ?? 0, PATIENCE).toBeGreaterThan(30);
    expect(await leftovers(mark, 0)).toEqual([expect.stringContaining("libopus")]);
    await viewer.leave();
    await expect.poll(() => leftovers(mark, 0), PATIENCE).toEqual([]);
  });

  test(
    "ends for who closes the page without a word, and takes those in who come then",
    { timeout: 90_000 },
    async () => {
      await viewer.watch(url("sharp"), { sound: false });
      await expect.poll(async () => (await video())?.framesDecoded ?? 0, PATIENCE).toBeGreaterThan(0);
      await viewer.page.close();
      await expect.poll(() => node.whep.viewers("sharp"), PATIENCE).toBe(0);
      viewer = new WhepPage(await browser.context.newPage());
      await viewer.open(node.origin);
      expect((await viewer.watch(url("sharp"), { sound: false })).status).toBe(201);
      await expect.poll(async () => (await video())?.framesDecoded ?? 0, PATIENCE).toBeGreaterThan(0);
      await viewer.leave();
    },
  );

  test("is refused to who asks for a picture in another codec, though the sound would do", async () => {
    const answer = await fetch(url("sharp"), {
      method: "POST",
      headers: { "content-type": "application/sdp" },
      body: whipOffer({ codec: "VP8/90000", direction: "recvonly", sound: true }),
    });
    expect([answer.status, await answer.text()]).toEqual([406, expect.stringContaining("media-unsupported")]);
    expect(node.whep.viewers("sharp")).toBe(0);
  });

  test("has no more viewers from one address than it may", { timeout: 60_000 }, async () => {
    const pages = await Promise.all(Array.from({ length: 4 }, () => browser.context.newPage()));
    const others = pages.map((page) => new WhepPage(page));
    for (const other of others) {
      await other.open(node.origin);
      expect((await other.watch(url("sharp"), { sound: false })).status).toBe(201);
    }
    const refused = await viewer.watch(url("sharp"), { sound: false });
    expect(refused).toMatchObject({ status: 503, body: expect.stringContaining("webrtc-limit") });
    for (const other of others) {
      await other.leave();
      await other.page.close();
    }
    await expect.poll(() => node.whep.stats().viewers, PATIENCE).toBe(0);
  });
});

test("a stream with B-frames says why it can't be had", { timeout: 90_000 }, async () => {
  await publish("reordered", 2);
  await expect.poll(() => node.streams.get("reordered")?.stats().hasBFrames, PATIENCE).toBe(true);
  const answer = await viewer.watch(url("reordered"), { sound: true });
  expect(answer).toMatchObject({ status: 409, body: expect.stringContaining("b-frames") });
});

test("requests that can't be granted are told why", async () => {
  const offer = { method: "POST", headers: { "content-type": "application/sdp" } };
  const status = async (id: string, request: RequestInit): Promise<[number, string]> => {
    const response = await fetch(url(id), request);
    const { error } = (await response.json()) as { error: { code: string } };
    return [response.status, error.code];
  };
  expect(await status("none", { ...offer, body: "v=0" })).toEqual([404, "stream-not-found"]);
  expect(await status("idle", { ...offer, body: "v=0" })).toEqual([409, "not-live"]);
  expect(await status("idle", { method: "POST", body: "v=0" })).toEqual([415, "content-type"]);
  expect(await status("idle", { method: "GET" })).toEqual([405, "method-not-allowed"]);
  const preflight = await fetch(url("idle"), { method: "OPTIONS" });
  expect([preflight.status, preflight.headers.get("accept-post")]).toEqual([204, "application/sdp"]);
});

describe("a stream from a browser", () => {
  test.for(CAMERA_CODECS)("in %s is seen and heard", { timeout: 120_000 }, async (codec) => {
    const studio = await browser.context.newPage();
    try {
      await studio.goto(`${node.origin}/whep.html`);
      const target = { url: `${node.origin}/whip/${codec}`, token: `key-${codec}` };
      await publishFromPage(studio, { ...target, codec: `video/${codec}` });
      await onAir(codec);
      expect((await viewer.watch(url(codec), { sound: true })).status).toBe(201);
      await expect.poll(async () => (await video())?.framesDecoded ?? 0, PATIENCE).toBeGreaterThan(30);
      await expect.poll(heard, PATIENCE).toBeGreaterThan(0);
    } finally {
      await studio.close();
    }
  });
});
