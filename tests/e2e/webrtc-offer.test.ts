// SPDX-License-Identifier: Apache-2.0
// WebRTC is offered where it can be played: a viewer who wants the least delay, of a stream whose encoder sends B-frames, until it
// comes back without.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { createOnNode, login } from "../support/money/creator.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { account } from "../support/money/raw-chain.ts";
import { startSystem, type TestSystem } from "../support/system/system.ts";
import { VIEWER_SETTINGS } from "../support/browser/viewer-steps.ts";

const POLL = { timeout: 90_000, interval: 250 };

let system: TestSystem;
let browser: Chromium;
let page: Page;
let stream: { id: string; streamKey: string };
let encoder: Encoder | undefined;
const asked: string[] = [];

beforeAll(async () => {
  system = await startSystem({ node: { ...VIEWER_SETTINGS, devWalletDir: undefined } });
  const token = await login(system.node.url, await account("//Alice"));
  stream = await createOnNode(system.node.url, token, { title: "In another order", free: true });
  browser = await startChromium();
  page = await browser.context.newPage();
  page.setDefaultTimeout(POLL.timeout);
  await page.addInitScript(() => localStorage.setItem("tickstream.latency", "lowest"));
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.startsWith("/whep/")) asked.push(request.method());
  });
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await encoder?.stop();
  await system?.stop();
}, 120_000);

function publish(bframes: number): void {
  const url = `rtmp://127.0.0.1:${system.node.rtmpPort}/live/${stream.streamKey}`;
  encoder = startEncoder({ url, gopSeconds: 1, bframes });
}

const obstacle = async (): Promise<string | null> => {
  const answer = await fetch(`${system.node.url}/api/streams/${stream.id}`);
  return ((await answer.json()) as { playback: { whepObstacle: string | null } }).playback.whepObstacle;
};

const video = () => page.locator("video");
const framesShown = (): Promise<number> =>
  video().evaluate((element) => (element as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames);

/** WebRTC plays a stream of the page's, LL-HLS what hls.js puts together. */
const isWebRtc = (): Promise<boolean> =>
  video().evaluate((element) => (element as HTMLVideoElement).srcObject !== null);

async function openSettings(): Promise<void> {
  await video().hover();
  await page.getByRole("button", { name: "Settings" }).click();
}

test("B-frames: LL-HLS plays, WebRTC is not tried, and the menu says why", async () => {
  expect(await obstacle()).toBe("off-air");
  publish(2);
  await expect.poll(obstacle, POLL).toBe("b-frames");
  await page.goto(`${system.node.url}/watch/${stream.id}`);
  await expect.poll(framesShown, POLL).toBeGreaterThan(20);
  expect(await isWebRtc()).toBe(false);
  await openSettings();
  await page.getByText("this broadcaster's encoder sends B-frames").waitFor();
  const choice = page.getByRole("menuitemradio", { name: "WebRTC" });
  expect(await choice.isDisabled()).toBe(true);
  await page.keyboard.press("Escape");
  expect(asked).toEqual([]);
}, 180_000);

test("the encoder comes back without them: the same page goes over to WebRTC by itself", async () => {
  await encoder?.stop();
  publish(0);
  await expect.poll(obstacle, POLL).toBeNull();
  await expect.poll(isWebRtc, POLL).toBe(true);
  const frames = await framesShown();
  await expect.poll(async () => (await framesShown()) - frames, POLL).toBeGreaterThan(20);
  await openSettings();
  expect(await page.getByRole("menuitemradio", { name: "WebRTC" }).isDisabled()).toBe(false);
}, 180_000);
