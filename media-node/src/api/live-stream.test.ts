// SPDX-License-Identifier: Apache-2.0
// A stream on air, as the API shows it to viewers and to its creator: fed by a real encoder.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/system/postgres.ts";
import { startApiNode, type ApiNode } from "../testing/api-node.ts";
import { startEncoder, type Encoder } from "../testing/encoder.ts";
import { eventually } from "../testing/eventually.ts";

const PATIENCE = { timeout: 40_000, interval: 100 };
let postgres: TestPostgres;
let api: ApiNode;
let encoder: Encoder | undefined;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  api = await startApiNode(await postgres.createDatabase());
});
afterEach(async () => {
  await encoder?.stop();
  encoder = undefined;
  await api.stop();
});

const codes = async (token: string, query = ""): Promise<string[]> =>
  (await api.call(`/api/streams/7/check${query}`, { token })).body.problems.map(
    (p: { code: string }) => p.code,
  );

test(
  "a picture, codecs and the figures of the source; a good source has no problems",
  { timeout: 90_000 },
  async () => {
    const { token, streamKey } = await api.createPaid({ category: "music", tags: ["jazz"] });
    expect(await codes(token)).toEqual(["no-source"]);
    expect((await api.call("/api/streams/7")).body.playback).toMatchObject({
      whep: null,
      whepObstacle: "off-air",
    });
    encoder = startEncoder(api.node.rtmpPort, streamKey, { size: "1280x720" });
    const listed = async () => (await api.call("/api/streams/live?tag=jazz&category=music")).body.streams[0];
    await eventually(async () => (await listed())?.picture, PATIENCE).toMatch(/^\/pictures\/7\/[0-9]+\.jpg$/);
    const stream = await listed();
    expect(stream.codecs).toEqual({ video: expect.stringMatching(/^avc1\./), audio: "mp4a.40.2" });
    expect(stream.playback).toEqual({ hls: "/live/7/index.m3u8", whep: "/whep/7", whepObstacle: null });
    const picture = await api.call(stream.picture);
    expect(picture.headers.get("content-type")).toBe("image/jpeg");
    expect(picture.headers.get("cache-control")).toContain("immutable");
    expect(jpegSize(picture.body)).toEqual({ width: 640, height: 360 });
    // The path of an older one leads to the newest.
    const moved = await api.call("/pictures/7/1.jpg");
    expect([moved.status, moved.headers.get("location")]).toEqual([302, stream.picture]);
    expect((await api.call("/pictures/8/1.jpg")).body.error.code).toBe("picture-not-found");
    expect((await api.call("/api/streams/live?tag=rock")).body.streams).toEqual([]);

    const ingest = async () => (await api.call("/api/streams/7/stats", { token })).body.ingest;
    await eventually(async () => (await ingest())?.gopMs, PATIENCE).toBe(1_000);
    await eventually(async () => Math.round((await ingest()).fps), PATIENCE).toBe(30);
    expect(await ingest()).toMatchObject({
      protocol: "rtmp",
      width: 1280,
      height: 720,
      bFrames: false,
      keyframeAgeMs: expect.any(Number),
      droppedFrames: 0,
    });
    expect((await api.call("/api/streams/7/stats")).body.ingest).toBeUndefined();
    const check = (await api.call("/api/streams/7/check", { token })).body;
    expect(check.audioPeakDb).toBeGreaterThan(-40);
    // A busy machine sends late, which is then true.
    expect(
      check.problems.filter((p: { code: string }) => !["late", "unstable-fps"].includes(p.code)),
    ).toEqual([]);
    expect(await codes(token, "?uplink=1000")).toContain("bitrate-over-uplink");
    expect((await api.call("/api/streams/7/check?uplink=x", { token })).status).toBe(400);
    expect((await api.call("/api/streams/7/check")).body.error.code).toBe("login-needed");
    await encoder.stop();
    await eventually(() => codes(token), PATIENCE).toEqual(["no-source"]);
    expect((await api.call("/api/streams/7/stats", { token })).body.ingest).toBeNull();
    // Viewers wait for it to return, and its picture with them; once it has ended there is none.
    await api.call("/api/streams/7/end", { method: "POST", token });
    expect((await api.call("/api/streams/7")).body.picture).toBeNull();
  },
);

test("B-frames, rare keyframes and silence are told", { timeout: 90_000 }, async () => {
  const { token, streamKey } = await api.createPaid();
  encoder = startEncoder(api.node.rtmpPort, streamKey, {
    video: "-bf 2 -g 150 -sc_threshold 0",
    silent: true,
  });
  await eventually(() => codes(token), PATIENCE).toEqual(
    expect.arrayContaining(["b-frames", "keyframes-rare", "silence"]),
  );
  const { playback } = (await api.call("/api/streams/7")).body;
  expect(playback).toMatchObject({ whep: null, whepObstacle: "b-frames" });
});

test("without ffmpeg there are no pictures, and the API says so", { timeout: 60_000 }, async () => {
  await api.stop();
  api = await startApiNode(await postgres.createDatabase(), { ffmpegPath: "/nowhere/ffmpeg" });
  expect((await api.call("/api/node")).body.features).toMatchObject({ pictures: false, audioLevel: false });
  const { token, streamKey } = await api.createPaid();
  encoder = startEncoder(api.node.rtmpPort, streamKey);
  await eventually(() => codes(token), PATIENCE).toContain("audio-not-measured");
  expect((await api.call("/api/streams/7")).body.picture).toBeNull();
  expect((await api.call("/pictures/7/1.jpg")).status).toBe(404);
});

/** Of the frame header (SOF0, ITU T.81, B.2.2). */
function jpegSize(jpeg: Buffer): { width: number; height: number } {
  const at = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  return { height: jpeg.readUInt16BE(at + 5), width: jpeg.readUInt16BE(at + 7) };
}
