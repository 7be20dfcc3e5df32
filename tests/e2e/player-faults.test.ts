// SPDX-License-Identifier: Apache-2.0
// The SDK's player in a real browser against what really happens to players: a browser that wants a click, a network that goes and
// comes back, a publisher that does, media that cannot be decoded, a viewer who wants more buffer.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { buildSdkPage, type SdkPage } from "../support/browser/sdk-page.ts";
import { startStreamingNode, type StreamingNode } from "../support/system/streaming-node.ts";

const SCRIPT = `
import { createPlayer } from "@tickstream/sdk";
const video = document.querySelector("video");
Object.assign(window, {
  video,
  async play(options = {}) {
    video.muted = false;
    const player = await createPlayer({ video, playlistUrl: location.origin + "/live/demo/index.m3u8", ...options });
    window.player = player;
    player.on("muted", () => console.log("muted"));
    player.on("autoplay-refused", () => console.log("refused"));
  },
});
window.isReady = true;
const options = new URLSearchParams(location.search).get("play");
if (options !== null) window.play(JSON.parse(options));`;

let sdkPage: SdkPage;
let node: StreamingNode;
let encoder: Encoder;
let browser: Chromium;

beforeAll(async () => {
  sdkPage = await buildSdkPage(SCRIPT);
  node = await startStreamingNode({
    page: (request, response) => sdkPage.serve(request, response),
  });
  encoder = startEncoder({ url: node.publishUrl(), gopSeconds: 1 });
  // As browsers are by default, and test browsers are not: nothing plays with sound before a click.
  browser = await startChromium(["--autoplay-policy=user-gesture-required"]);
}, 120_000);

afterEach(async () => {
  for (const page of browser.context.pages()) await page.close();
});

afterAll(async () => {
  await browser?.close();
  await encoder?.stop();
  await node?.stop();
  await sdkPage?.remove();
}, 60_000);

/**
 * Plays as the page loads, and resolves when it logs `said`. Nothing is evaluated in the page before: to the browser, that would be
 * a click.
 */
async function openUnclicked(options: object, said: string): Promise<Page> {
  const page = await browser.context.newPage();
  const heard = page.waitForEvent("console", {
    predicate: (message) => message.text() === said,
    timeout: 40_000,
  });
  await page.goto(`${node.origin}/?play=${encodeURIComponent(JSON.stringify(options))}`);
  await heard;
  return page;
}

async function open(options: object): Promise<Page> {
  await expect
    .poll(async () => (await fetch(node.playlistUrl())).ok, { timeout: 30_000, interval: 200 })
    .toBe(true);
  const page = await browser.context.newPage();
  await page.goto(node.origin);
  await page.waitForFunction(() => "isReady" in globalThis);
  await page.evaluate(
    (given) => (globalThis as unknown as { play(options: object): Promise<void> }).play(given),
    options,
  );
  return page;
}

const run = <Result>(page: Page, code: string): Promise<Result> => page.evaluate<Result>(code);

const state = (page: Page): Promise<string> => run(page, "player.state.name");

/** Resolves once so much more was shown, in seconds. */
async function untilShown(page: Page, seconds: number): Promise<void> {
  await expect.poll(() => state(page), { timeout: 40_000 }).toBe("playing");
  const before = await run<number>(page, "video.currentTime");
  await expect
    .poll(() => run<number>(page, "video.currentTime"), { timeout: 40_000 })
    .toBeGreaterThan(before + seconds);
}

test(
  "a browser that wants a click is told to the app, and the click begins at the live edge",
  { timeout: 90_000 },
  async () => {
    const page = await openUnclicked({}, "refused");
    expect(await state(page)).toBe("paused");
    await run(page, "document.querySelector('button').addEventListener('click', () => video.play()); 0");
    await page.getByRole("button").click();
    await untilShown(page, 1);
    expect(await run<number>(page, "player.latencyMs")).toBeLessThan(6_000);
  },
);

test("or begins without sound, where the app says so", { timeout: 90_000 }, async () => {
  const page = await openUnclicked({ autoplay: "muted" }, "muted");
  await untilShown(page, 1);
  expect(await run<boolean>(page, "video.muted")).toBe(true);
});

test("a steady viewer is further behind live, a low one is not", { timeout: 120_000 }, async () => {
  const page = await open({ autoplay: "muted", latency: "steady" });
  await untilShown(page, 1);
  await expect.poll(() => run<number>(page, "player.latencyMs"), { timeout: 40_000 }).toBeGreaterThan(4_000);
  await run(page, "player.setLatency('low')");
  await expect.poll(() => run<number>(page, "player.latencyMs"), { timeout: 40_000 }).toBeLessThan(4_000);
  await untilShown(page, 1);
});

test("a network that goes and comes back is no reason to reload", { timeout: 120_000 }, async () => {
  const page = await open({ autoplay: "muted" });
  await untilShown(page, 1);
  await browser.context.setOffline(true);
  await expect.poll(() => state(page), { timeout: 40_000 }).toBe("waiting");
  await browser.context.setOffline(false);
  await untilShown(page, 2);
});

test("a publisher that goes and comes back is no reason to reload", { timeout: 120_000 }, async () => {
  const page = await open({ autoplay: "muted" });
  await untilShown(page, 1);
  await encoder.stop();
  await expect.poll(() => state(page), { timeout: 40_000 }).toBe("waiting");
  encoder = startEncoder({ url: node.publishUrl(), gopSeconds: 1 });
  await untilShown(page, 2);
});

test("media that cannot be decoded is passed over", { timeout: 120_000 }, async () => {
  const page = await open({ autoplay: "muted" });
  await untilShown(page, 1);
  let spoiled = 0;
  await page.route(/\.m4s/, async (route) => {
    if (spoiled >= 3) return route.continue();
    spoiled++;
    await route.fulfill({ status: 200, contentType: "video/mp4", body: Buffer.alloc(4_000, 0x5a) });
  });
  await expect.poll(() => spoiled, { timeout: 20_000 }).toBe(3);
  await untilShown(page, 2);
});

test("a viewer's pause stops loading, playing goes on at the live edge", { timeout: 120_000 }, async () => {
  const page = await open({ autoplay: "muted" });
  await untilShown(page, 1);
  await run(page, "video.pause()");
  await expect.poll(() => state(page)).toBe("paused");
  const edge = node.streams.get("demo")!.edgeEpoch()!;
  await expect
    .poll(() => node.streams.get("demo")!.edgeEpoch()!, { timeout: 40_000 })
    .toBeGreaterThan(edge + 8);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await run(page, "video.play()");
  await untilShown(page, 1);
  expect(await run<number>(page, "player.latencyMs")).toBeLessThan(6_000);
  expect(await run<number>(page, "player.stats().then(({ bitrate }) => bitrate)")).toBeGreaterThan(100_000);
});
