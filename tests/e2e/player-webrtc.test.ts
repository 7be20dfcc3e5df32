// SPDX-License-Identifier: Apache-2.0
// The SDK's player over WebRTC in a real browser: what it does when WebRTC works, and when it does not. LL-HLS comes from a real
// stream; the WHEP endpoint stands in the page, so that it can fail in each way.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { createInPageWhep, type InPageWhep } from "../support/browser/in-page-whep.ts";
import { inRepository } from "../support/system/repository.ts";
import { buildSdkPage, type SdkPage } from "../support/browser/sdk-page.ts";
import { startStreamingNode, type StreamingNode } from "../support/system/streaming-node.ts";

const SCRIPT = `
import { createPlayer } from "@tickstream/sdk";
import { ${createInPageWhep.name} } from "${inRepository("tests/support/browser/in-page-whep.ts")}";
const whep = ${createInPageWhep.name}(location.origin + "/whep/demo");
const transports = [], errors = [];
Object.assign(window, {
  whep, transports, errors,
  async play(options = {}) {
    const player = window.player = await createPlayer({
      video: document.querySelector("video"),
      playlistUrl: location.origin + "/live/demo/index.m3u8",
      whepUrl: location.origin + "/whep/demo",
      fetch: whep.fetch,
      ...options,
    });
    player.on("transport", ({ transport, error }) => transports.push(transport + ":" + (error?.code ?? "")));
    player.on("error", (error) => errors.push(error.code + ": " + error.message));
  },
});
window.isReady = true;`;

let sdkPage: SdkPage;
let node: StreamingNode;
let encoder: Encoder;
let browser: Chromium;
let page: Page;

beforeAll(async () => {
  sdkPage = await buildSdkPage(SCRIPT);
  node = await startStreamingNode({
    page: (request, response) => {
      if (request.url?.startsWith("/unfit.m3u8")) response.writeHead(406).end();
      else sdkPage.serve(request, response);
    },
  });
  encoder = startEncoder({ url: node.publishUrl(), gopSeconds: 1 });
  browser = await startChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await encoder?.stop();
  await node?.stop();
  await sdkPage?.remove();
}, 60_000);

beforeEach(async () => {
  for (const old of browser.context.pages()) await old.close();
  page = await browser.context.newPage();
  await page.goto(node.origin);
  await page.waitForFunction(() => "isReady" in globalThis);
  await expect
    .poll(async () => (await fetch(node.playlistUrl())).ok, { timeout: 30_000, interval: 200 })
    .toBe(true);
});

interface View {
  state: string;
  transport: string;
  transports: string[];
  errors: string[];
  frames: number;
  latencyMs: number | null;
  videoCodec: string | null;
  calls: InPageWhep["calls"];
}

function look(): Promise<View> {
  return page.evaluate(async () => {
    const { player, transports, errors, whep } = globalThis as unknown as {
      player: {
        state: { name: string };
        transport: string;
        stats(): Promise<{ framesShown: number; latencyMs: number | null; videoCodec: string | null }>;
      };
      transports: string[];
      errors: string[];
      whep: InPageWhep;
    };
    const { framesShown, latencyMs, videoCodec } = await player.stats();
    const { state, transport } = player;
    return {
      state: state.name,
      transport,
      transports,
      errors,
      frames: framesShown,
      latencyMs,
      videoCodec,
      calls: whep.calls,
    };
  });
}

const play = (options: object): Promise<void> =>
  page.evaluate(
    (given) => (globalThis as unknown as { play(options: object): Promise<void> }).play(given),
    options,
  );

/** Runs in the page, where `whep` and `player` are. */
const run = (code: string): Promise<unknown> => page.evaluate(code);

/** Resolves once it plays this way, and frames come. */
async function untilPlaying(transport: string): Promise<void> {
  await expect
    .poll(async () => `${(await look()).transport} ${(await look()).state}`, { timeout: 20_000 })
    .toBe(`${transport} playing`);
  const { frames } = await look();
  await expect.poll(async () => (await look()).frames - frames, { timeout: 20_000 }).toBeGreaterThan(5);
}

test("plays over WebRTC when the lowest latency is wanted, with LL-HLS one call away", async () => {
  await play({ latency: "lowest" });
  await untilPlaying("webrtc");
  await expect.poll(async () => (await look()).latencyMs, { timeout: 10_000 }).toBeLessThan(300);
  expect((await look()).videoCodec).toMatch(/^video\//);
  await run("player.setLatency('low')");
  await untilPlaying("hls");
  expect((await look()).calls.at(-1)).toMatchObject({ method: "DELETE" });
  // And back: LL-HLS goes on until WebRTC has a picture.
  await run("player.setTransport('webrtc')");
  await untilPlaying("webrtc");
  expect((await look()).transports).toEqual(["hls:", "webrtc:"]);
});

test("an endpoint that cannot serve this browser leaves the viewer with LL-HLS", async () => {
  await run("whep.mood = 'refuses'");
  await play({ latency: "lowest" });
  await untilPlaying("hls");
  expect((await look()).transports.filter((one) => one !== "hls:webrtc-unfit")).toEqual([]);
  expect((await look()).calls).toHaveLength(1);
});

test("an endpoint that does not answer delays the viewer by four seconds at most", async () => {
  await run("whep.mood = 'silent'");
  const started = Date.now();
  await play({ transport: "webrtc" });
  await expect.poll(async () => (await look()).transport, { timeout: 20_000 }).toBe("hls");
  expect(Date.now() - started).toBeGreaterThan(3_500);
  await untilPlaying("hls");
});

test("a connection that ends is made anew, or gives way to LL-HLS where it cannot be", async () => {
  await play({ latency: "lowest" });
  await untilPlaying("webrtc");
  await run("whep.hangUp()");
  await expect
    .poll(async () => (await look()).calls.filter(({ method }) => method === "POST").length, {
      timeout: 20_000,
    })
    .toBe(2);
  await untilPlaying("webrtc");
  await run("whep.mood = 'refuses'; whep.hangUp()");
  await untilPlaying("hls");
  expect((await look()).transports).toEqual([expect.stringMatching(/^hls:webrtc-/)]);
});

test("media that stays away falls back by itself, though the connection stands", async () => {
  await play({ latency: "lowest" });
  await untilPlaying("webrtc");
  await run("whep.mute()");
  await expect.poll(async () => (await look()).state, { timeout: 20_000 }).toBe("waiting");
  await untilPlaying("hls");
});

test("a stream that LL-HLS cannot carry comes by WebRTC, whatever was asked for", async () => {
  await play({ latency: "low", playlistUrl: `${node.origin}/unfit.m3u8` });
  await untilPlaying("webrtc");
  expect((await look()).transports).toEqual(["webrtc:player-failed"]);
});

test("a stream that no longer comes by WebRTC is not asked for so, until it does again", async () => {
  const tell = (whep: string | null, whepObstacle: string | null): Promise<unknown> =>
    run(
      `player.update({ playback: ${JSON.stringify({ hls: "/live/demo/index.m3u8", whep, whepObstacle })} })`,
    );
  await play({ latency: "lowest" });
  await untilPlaying("webrtc");
  await tell(null, "b-frames");
  await untilPlaying("hls");
  const { calls, transports } = await look();
  expect(transports).toEqual(["hls:webrtc-unfit"]);
  await run("player.setLatency('steady'); player.setLatency('lowest')");
  await untilPlaying("hls");
  expect((await look()).calls).toHaveLength(calls.length);
  await tell("/whep/demo", null);
  await untilPlaying("webrtc");
});

test("another network is another path for the same session", async () => {
  await play({ latency: "lowest" });
  await untilPlaying("webrtc");
  await run("dispatchEvent(new Event('online'))");
  await expect
    .poll(async () => (await look()).calls.some(({ restart }) => restart), { timeout: 10_000 })
    .toBe(true);
  await untilPlaying("webrtc");
  const { calls, transports } = await look();
  expect(calls.filter(({ method }) => method === "POST")).toHaveLength(1);
  expect(transports).toEqual([]);
});

test("pausing ends the session, playing begins another", async () => {
  await play({ latency: "lowest" });
  await untilPlaying("webrtc");
  await run("document.querySelector('video').pause()");
  await expect.poll(async () => (await look()).state).toBe("paused");
  await expect.poll(async () => (await look()).calls.at(-1)?.method).toBe("DELETE");
  await run("document.querySelector('video').play()");
  await untilPlaying("webrtc");
});
