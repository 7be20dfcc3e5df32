// SPDX-License-Identifier: Apache-2.0
// What publishes by WHIP, seen by hls.js: a browser's camera in every codec, before and after its network changed; and FFmpeg's own
// WHIP muxer, packet by packet.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { streamId } from "@tickstream/contracts-types";
import { createKeyVault } from "@tickstream/media-node/streaming";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { ffmpegPath } from "../support/media/encoder.ts";
import { readPlaylist } from "../support/media/ll-hls-validator.ts";
import { locateRun, readPackets } from "../support/media/packets.ts";
import { play, playerState, servePlayerPage } from "../support/browser/player-page.ts";
import { runProgram, startProgram } from "../support/system/program.ts";
import { inRepository } from "../support/system/repository.ts";
import { startStreamingNode, type StreamingNode } from "../support/system/streaming-node.ts";
import { openUdpPath, type UdpPath } from "../support/media/udp-path.ts";
import {
  codecSent,
  FAKE_CAMERA,
  publishFromPage,
  restartIce,
  shrinkPicture,
  stopPublishing,
  type WhipPageOptions,
} from "../support/browser/whip-page.ts";

const GENESIS = new Uint8Array(32);

let node: StreamingNode;
beforeEach(async () => {
  node = await startStreamingNode({ page: servePlayerPage, stream: { windowMs: 60_000 } });
});
afterEach(async () => {
  await node.stop();
  expect(node.webrtc.publishers()).toBe(0);
  await expect.poll(() => process.getActiveResourcesInfo()).not.toContain("UDPWrap");
});

const edge = (): number => node.streams.get("demo")?.edgeEpoch() ?? -1;

describe("a browser", () => {
  let browser: Chromium;
  let camera: Page;
  beforeAll(async () => {
    browser = await startChromium(FAKE_CAMERA);
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    camera = await browser.context.newPage();
    await camera.goto(`${node.origin}/`);
  });
  afterEach(() => camera.close());

  const publish = (codec: string, through?: WhipPageOptions["through"]) =>
    publishFromPage(camera, { url: node.whipUrl(), token: "key-demo", codec, through });
  const connection = () => node.streams.get("demo")?.publisher?.connection?.();

  test.each(["video/H264", "video/VP9", "video/AV1"])(
    "is seen in %s",
    { timeout: 120_000 },
    async (codec) => {
      await publish(codec);
      await expect.poll(edge, { timeout: 60_000 }).toBeGreaterThan(2);
      const viewer = await browser.context.newPage();
      await play(viewer, node.origin, node.playlistUrl());
      await expect.poll(async () => (await playerState(viewer)).time, { timeout: 30_000 }).toBeGreaterThan(1);
      const { time, frames } = await playerState(viewer);
      await expect
        .poll(async () => (await playerState(viewer)).time - time, { timeout: 30_000 })
        .toBeGreaterThan(3);
      const after = await playerState(viewer);
      expect(after).toMatchObject({ width: 320, fatalErrors: [] });
      expect(after.frames).toBeGreaterThan(frames + 20);
      expect(await codecSent(camera)).toBe(codec);
      expect(connection()).toMatchObject({ lost: expect.any(Number), roundTripMs: expect.any(Number) });
      expect(
        node.streams
          .get("demo")
          ?.tracks()
          .map((track) => track.codec),
      ).toContain("Opus");
      await viewer.close();
      expect(await stopPublishing(camera)).toBe(200);
      await expect.poll(() => node.streams.get("demo")?.state).toBe("waiting");
    },
  );

  test(
    "of a stream that is sold sends what LL-HLS carries, whatever it likes best",
    { timeout: 120_000 },
    async () => {
      const vault = createKeyVault({ streamSecret: GENESIS, genesisHash: GENESIS, stream: streamId(7n) });
      const sold = await startStreamingNode({
        page: servePlayerPage,
        stream: {
          protection: { kind: "epoch", stream: streamId(7n), genesisHash: GENESIS, vault, rendition: 0 },
        },
      });
      try {
        await camera.goto(`${sold.origin}/`);
        const offer = { url: sold.whipUrl(), token: "key-demo", codec: "video/VP8" };
        await expect(publishFromPage(camera, offer)).rejects.toThrow(
          /406 .*codec-unsold.*send H\.264, VP9 or AV1/,
        );
        expect(sold.streams.get("demo")?.stats().publishes).toBe(0);
        await publishFromPage(camera, { ...offer, others: true });
        const codecs = () =>
          sold.streams
            .get("demo")
            ?.tracks()
            .map(({ codec }) => codec);
        await expect.poll(codecs, { timeout: 60_000 }).toEqual(["avc1", "Opus"]);
        expect(await codecSent(camera)).toBe("video/H264");
        await stopPublishing(camera);
      } finally {
        await sold.stop();
      }
    },
  );

  test("may change the size of its picture", { timeout: 120_000 }, async () => {
    await publish("video/H264");
    await expect.poll(edge, { timeout: 60_000 }).toBeGreaterThan(2);
    const viewer = await browser.context.newPage();
    await play(viewer, node.origin, node.playlistUrl());
    const width = async (): Promise<number> => (await playerState(viewer)).width;
    await expect.poll(width, { timeout: 30_000 }).toBe(320);
    for (const [by, expected] of [
      [2, 160],
      [1, 320],
    ] as const) {
      await shrinkPicture(camera, by);
      await expect.poll(width, { timeout: 30_000 }).toBe(expected);
    }
    expect((await playerState(viewer)).fatalErrors).toEqual([]);
    await viewer.close();
  });

  test("may come back with another codec, and who watches goes on", { timeout: 180_000 }, async () => {
    await publish("video/H264");
    await expect.poll(edge, { timeout: 60_000 }).toBeGreaterThan(2);
    const viewer = await browser.context.newPage();
    await play(viewer, node.origin, node.playlistUrl());
    await expect.poll(async () => (await playerState(viewer)).time, { timeout: 30_000 }).toBeGreaterThan(1);
    for (const codec of ["video/VP9", "video/H264"]) {
      expect(await stopPublishing(camera)).toBe(200);
      await expect.poll(() => node.streams.get("demo")?.state).toBe("waiting");
      const { frames } = await playerState(viewer);
      await publish(codec);
      await expect
        .poll(
          async () => {
            const now = await playerState(viewer);
            return now.fatalErrors.length > 0 ? now : now.frames - frames > 45;
          },
          { timeout: 30_000 },
        )
        .toBe(true);
      expect(await codecSent(camera)).toBe(codec);
    }
    expect((await playerState(viewer)).fatalErrors).toEqual([]);
    await viewer.close();
  });

  test("is told why LL-HLS can't play VP8", { timeout: 60_000 }, async () => {
    await publish("video/VP8");
    await expect.poll(edge, { timeout: 30_000 }).toBeGreaterThan(0);
    const response = await fetch(node.playlistUrl());
    expect([response.status, await response.text()]).toEqual([406, expect.stringContaining("VP8")]);
  });

  test("comes back on another network as the same publisher", { timeout: 120_000 }, async () => {
    let network: UdpPath | undefined;
    const join = async (to: { address: string; port: number }): Promise<number> => {
      network = await openUdpPath(to);
      return network.port;
    };
    await publish("video/H264", join);
    await expect.poll(edge, { timeout: 60_000 }).toBeGreaterThan(1);
    for (let change = 0; change < 2; change++) {
      await network?.close();
      await restartIce(camera, join);
      const before = edge();
      await expect.poll(edge, { timeout: 60_000 }).toBeGreaterThan(before + 2);
    }
    expect(node.streams.get("demo")?.stats().publishes).toBe(1);
    await network?.close();
  });

  test("that loses packets is asked for them again", { timeout: 120_000 }, async () => {
    let line: UdpPath | undefined;
    await publish("video/VP9", async (to) => {
      line = await openUdpPath({ ...to, lose: (n) => n % 23 === 7 });
      return line.port;
    });
    await expect.poll(() => connection()?.recovered ?? 0, { timeout: 60_000 }).toBeGreaterThan(10);
    await expect.poll(edge, { timeout: 60_000 }).toBeGreaterThan(3);
    expect(connection()?.roundTripMs).toBeGreaterThan(0);
    expect(line?.lost()).toBeGreaterThan(10);
    await line?.close();
  });

  test("that vanishes makes way for itself", { timeout: 90_000 }, async () => {
    await publish("video/H264");
    await expect.poll(edge, { timeout: 60_000 }).toBeGreaterThan(0);
    await camera.close(); // neither DELETE nor a farewell
    camera = await browser.context.newPage();
    await camera.goto(`${node.origin}/`);
    await expect.poll(() => publish("video/H264").then(() => true, String), { timeout: 30_000 }).toBe(true);
    const before = edge();
    await expect.poll(edge, { timeout: 30_000 }).toBeGreaterThan(before);
    expect(node.streams.get("demo")?.stats().publishes).toBe(2);
  });
});

describe("FFmpeg", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tickstream-whip-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("is carried packet by packet", { timeout: 90_000 }, async () => {
    const [sent, got] = [join(folder, "sent.mkv"), join(folder, "got.mp4")];
    // prettier-ignore
    await runProgram(ffmpegPath(), [
      "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=322x182:rate=30", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", "6",
      "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "high", "-bf", "0", "-g", "30", "-c:a", "libopus", "-ac", "2", sent,
    ], 60_000);
    const ffmpeg = startProgram(process.execPath, [
      inRepository("tests/support/media/ffmpeg-whip-main.ts"),
      sent,
      node.whipUrl(),
      "key-demo",
    ]);
    expect(await ffmpeg.exited, ffmpeg.output()).toBe(0);
    await expect.poll(() => node.streams.get("demo")?.state).toBe("waiting");

    const playlist = readPlaylist(await (await fetch(node.playlistUrl())).text());
    const uris = [playlist.segments[0]?.map ?? "", ...playlist.segments.flatMap(({ uri }) => uri ?? [])];
    const bodies = await Promise.all(
      uris.map(async (uri) => (await fetch(new URL(uri, node.playlistUrl()))).bytes()),
    );
    await writeFile(got, Buffer.concat(bodies));
    const [before, after] = [await readPackets(sent), await readPackets(got)];
    expect(locateRun(after.video, before.video).count).toBe(before.video.length);
    // Where the source's sound begins a little after its picture, ours begins with silence.
    const sound = after.audio.filter((hash) => before.audio.includes(hash));
    expect(locateRun(sound, before.audio).count).toBeGreaterThan(before.audio.length - 10);
  });
});
