// SPDX-License-Identifier: Apache-2.0
// Both apps, in two browsers: what the studio sends is watched in the viewer's app over LL-HLS and over WebRTC; and what the studio does
// in another language, on a phone, without a wallet, and while the node is away.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser/accessibility.ts";
import { startChromium } from "../support/browser/chromium.ts";
import { type PageCreator, startPageCreator, STUDIO } from "../support/browser/page-creator.ts";
import { startSystem, type TestSystem } from "../support/system/system.ts";
import { VIEWER_SETTINGS } from "../support/browser/viewer-steps.ts";

let system: TestSystem;
let creator: PageCreator;
let stream: string;

beforeAll(async () => {
  system = await startSystem({ node: { appsDir: VIEWER_SETTINGS.appsDir, studioDir: STUDIO } });
  creator = await startPageCreator({ node: system.node.url, account: "Dave" });
}, 180_000);

afterAll(async () => {
  await creator?.close();
  await system?.stop();
}, 120_000);

test("a free stream asks for one message to be signed, and for nothing on the chain", async () => {
  await creator.open("/new");
  await creator.connectWallet();
  stream = await creator.setUpStream({ title: "Chess for beginners", free: true });
  const asked = creator.wallet.messages.map(({ message }) => message);
  expect(asked.filter((message) => message === "pub(bytes.sign)")).toHaveLength(1);
  expect(asked.filter((message) => message === "pub(extrinsic.sign)")).toEqual([]);
}, 90_000);

test("where no WebSocket gets through, the studio goes live by WHIP, and shows how its packets come", async () => {
  const { page } = creator;
  let isBlocked = true;
  await page.routeWebSocket(/\/signal$/, (socket) => {
    if (!isBlocked) socket.connectToServer();
  });
  await creator.open(`/streams/${stream}`);
  await creator.goLive();
  const health = page.getByRole("region", { name: "Health" });
  const row = (name: string) => health.getByRole("row", { name });
  await row("Comes by WHIP").waitFor();
  await row("Packets lost")
    .getByText(/^[\d,]+ of [\d,]+$/)
    .waitFor();
  await row("Round trip")
    .getByText(/^\d+ ms$/)
    .waitFor();
  await page.getByRole("button", { name: "End broadcast" }).click();
  await page.getByRole("button", { name: "Turn off" }).click();
  isBlocked = false;
}, 90_000);

test("what the studio sends is watched in another browser, over LL-HLS and over WebRTC", async () => {
  await creator.goLive();
  await system.untilLive({ playlistUrl: `${system.node.url}/live/${stream}/index.m3u8` }, 60_000);
  const viewers = await startChromium();
  try {
    for (const transport of ["hls", "webrtc"] as const) {
      const page = await viewers.context.newPage();
      await page.addInitScript((chosen) => localStorage.setItem("tickstream.transport", chosen), transport);
      await page.goto(`${system.node.url}/watch/${stream}`);
      await expect.poll(() => framesShown(page), { timeout: 60_000, interval: 250 }).toBeGreaterThan(20);
      // WebRTC plays a stream of the page's, LL-HLS what hls.js puts together.
      const live = await page
        .locator("video")
        .evaluate((video) => (video as HTMLVideoElement).srcObject !== null);
      expect(live).toBe(transport === "webrtc");
      await page.close();
    }
  } finally {
    await viewers.close();
  }
}, 180_000);

test("a node that goes away and comes back: the page says so, and the broadcast goes on by itself", async () => {
  const { page } = creator;
  await system.node.kill();
  await page.getByRole("alert").getByText("This node can't be reached.").first().waitFor();
  await page.getByText("The connection was lost").waitFor();
  await system.node.start();
  await page.getByText("On air", { exact: true }).waitFor({ timeout: 120_000 });
  await system.untilLive({ playlistUrl: `${system.node.url}/live/${stream}/index.m3u8` }, 60_000);
  await page.getByRole("button", { name: "End broadcast" }).click();
  await page.getByRole("button", { name: "Turn off" }).click();
}, 240_000);

test("every page fits a phone and a wide screen, is readable in both colours, and speaks German", async () => {
  const { page } = creator;
  for (const path of [
    "/",
    "/new",
    `/streams/${stream}`,
    `/streams/${stream}/manage`,
    "/earnings",
    "/nowhere",
  ]) {
    await creator.open(path);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.getByRole("heading", { level: 1 }).waitFor();
      for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect.soft(overflow, `${path} ${width}`).toBeLessThanOrEqual(0);
        expect.soft(await accessibilityProblems(page), `${path} ${colorScheme} ${width}`).toEqual([]);
      }
    }
  }
  await creator.open("/");
  await page.getByRole("combobox", { name: "Language" }).selectOption("Deutsch");
  await page.getByRole("heading", { name: "Deine Streams" }).waitFor();
  await page.reload();
  await page.getByRole("link", { name: "Neuer Stream" }).first().click();
  await page.getByText("Das sind 3,6 UNIT").waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("de");
}, 240_000);

test("no secret is kept where other tabs, or the next person, would find it", async () => {
  const kept = await creator.page.evaluate(() => JSON.stringify(localStorage));
  expect(kept).not.toMatch(/ts_[a-z2-7]{8}|0x[0-9a-f]{32}|token/i);
  expect(creator.page.url()).not.toMatch(/token|key/i);
});

function framesShown(page: Page): Promise<number> {
  return page
    .locator("video")
    .evaluate((video) => (video as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames);
}
