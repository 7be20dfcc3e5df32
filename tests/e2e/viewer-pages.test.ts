// SPDX-License-Identifier: Apache-2.0
// The viewer app's pages as anybody finds them, wallet or not: what the list finds, what a first load weighs, languages, colours,
// phones, screen readers, and a node that is away.
import { readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser/accessibility.ts";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { createOnNode, login } from "../support/money/creator.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { account } from "../support/money/raw-chain.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";
import { VIEWER_SETTINGS } from "../support/browser/viewer-steps.ts";

const PATIENCE_MS = 60_000;
/** What the first load of the home page may weigh, compressed. */
const FIRST_LOAD_BYTES = 200_000;

let system: TestSystem;
let browser: Chromium;
let page: Page;
let concert: PaidStream;
const encoders: Encoder[] = [];

beforeAll(async () => {
  system = await startSystem({ node: VIEWER_SETTINGS });
  concert = await system.createStream({
    creator: "//Alice",
    title: "An evening of Bach",
    rate: 2_000_000_000n,
  });
  const token = await login(system.node.url, await account("//Alice"));
  const described = await fetch(`${system.node.url}/api/streams/${concert.id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ category: "music", tags: ["organ", "bach"], language: "de" }),
  });
  expect(described.status).toBe(200);
  const free = await createOnNode(system.node.url, token, { title: "Chess for beginners", free: true });
  encoders.push(startEncoder({ url: concert.publishUrl, gopSeconds: 1 }));
  encoders.push(
    startEncoder({ url: `rtmp://127.0.0.1:${system.node.rtmpPort}/live/${free.streamKey}`, gopSeconds: 1 }),
  );
  await system.untilLive(concert, PATIENCE_MS);
  browser = await startChromium();
  page = await browser.context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
}, 240_000);

afterAll(async () => {
  await browser?.close();
  for (const encoder of encoders) await encoder.stop();
  await system?.stop();
}, 120_000);

beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => console.log(await page.locator("body").innerText()));
});

const card = (title: string) => page.getByRole("article").filter({ hasText: title });

test(`the first load is below ${FIRST_LOAD_BYTES / 1000} kB compressed, and loads nothing that pays, plays or connects`, async () => {
  const requested = new Set<string>();
  const note = (request: { url(): string }): void => {
    requested.add(new URL(request.url()).pathname);
  };
  page.on("request", note);
  await page.goto(system.node.url, { waitUntil: "networkidle" });
  await card("An evening of Bach").waitFor();
  page.off("request", note);
  const files = [...requested].filter((path) => [".js", ".css", ".svg"].includes(extname(path)));
  const ours = files.filter((path) => !path.startsWith("/dev-wallet/") && path !== "/sw.js");
  const sizes = await Promise.all(
    ours.map(async (path) => gzipSync(await readFile(join(VIEWER_SETTINGS.appsDir, path))).length),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`first load of the home page: ${total} bytes in ${sizes.length} files`);
  expect(total).toBeLessThan(FIRST_LOAD_BYTES);
  expect(total).toBeGreaterThan(50_000);
  // Words of the chain's client, of a player and of a publisher that no minifier touches.
  const loaded = await Promise.all(
    ours.map(async (path) => [path, await readFile(join(VIEWER_SETTINGS.appsDir, path), "utf8")] as const),
  );
  const heavy = loaded.filter(([, code]) => /state_getMetadata|SourceBuffer|RTCPeerConnection/.test(code));
  expect(heavy.map(([path]) => path)).toEqual([]);
}, 120_000);

test("the list is searched, filtered and ordered, and its address says how", async () => {
  await page.goto(system.node.url);
  await card("Chess for beginners").waitFor();
  expect(await card("Chess for beginners").textContent()).toContain("Free");
  expect(await card("An evening of Bach").textContent()).toContain("0.12 UNIT a minute");

  await page.getByRole("searchbox").fill("evening");
  await card("Chess for beginners").waitFor({ state: "detached" });
  expect(page.url()).toContain("search=evening");
  await page.getByRole("searchbox").fill("nothing like that");
  await page.getByText("Nothing live matches that").waitFor();
  await page.getByRole("button", { name: "Clear search and filters" }).click();
  await card("Chess for beginners").waitFor();

  await page.getByLabel("Category").selectOption({ label: "Music" });
  await card("Chess for beginners").waitFor({ state: "detached" });
  await page.reload();
  await card("An evening of Bach").waitFor();
  expect(await card("Chess for beginners").count()).toBe(0);
  await page.getByRole("link", { name: "#organ" }).click();
  await page.getByRole("button", { name: "Show other tags than organ too" }).waitFor();
  await card("An evening of Bach").waitFor();
}, 120_000);

test("the keyboard alone leads to a stream, and the focus goes along", async () => {
  await page.goto(system.node.url);
  await card("An evening of Bach").waitFor();
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
  await page.getByRole("link", { name: "An evening of Bach" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "An evening of Bach" }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
  expect(await page.title()).toBe("An evening of Bach · Tickstream");
}, 120_000);

test("a creator who is followed is found again", async () => {
  await page.goto(`${system.node.url}/watch/${concert.id}`);
  await page.getByRole("button", { name: "Follow", exact: true }).click();
  await page.getByRole("link", { name: "Following" }).click();
  await card("An evening of Bach").waitFor();
  await page.getByRole("button", { name: "Unfollow" }).click();
  await page.getByText("You follow nobody yet").waitFor();
}, 120_000);

test("another language is switched to and remembered", async () => {
  await page.goto(system.node.url);
  await page.getByLabel("Language", { exact: true }).selectOption({ label: "Deutsch" });
  await page.getByRole("heading", { name: "Jetzt live" }).waitFor();
  expect(await card("An evening of Bach").textContent()).toContain("0,12 UNIT pro Minute");
  await page.reload();
  await page.getByRole("heading", { name: "Jetzt live" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
  await page.getByLabel("Sprache", { exact: true }).selectOption({ label: "English" });
  await page.getByRole("heading", { name: "Live now" }).waitFor();
}, 120_000);

test("a free stream plays at once in its embed, which another site may frame", async () => {
  const list = (await (await fetch(`${system.node.url}/api/streams/live`)).json()) as {
    streams: { id: string; title: string }[];
  };
  const free = list.streams.find(({ title }) => title === "Chess for beginners");
  const response = await page.goto(`${system.node.url}/embed/${free?.id}`);
  expect(response?.headers()["content-security-policy"]).toContain("frame-ancestors *");
  await expect
    .poll(() => page.evaluate(() => document.querySelector("video")?.currentTime ?? 0), {
      timeout: PATIENCE_MS,
    })
    .toBeGreaterThan(0);
  await page.goto(`${system.node.url}/embed/${concert.id}`);
  await page.getByRole("link", { name: /^Watch on/ }).waitFor();
}, 120_000);

test("a file that is no receipt is told as such", async () => {
  await page.goto(`${system.node.url}/verify`);
  const file = join(browser.profile, "no-receipt.json");
  await writeFile(file, '{"schema":"something else"}');
  await page.getByLabel("Choose a file").first().setInputFiles(file);
  await page.getByRole("alert").waitFor();
}, 60_000);

describe("every page, on a phone and a wide screen, light and dark", () => {
  const pages = [
    ["home", () => "/", "Live now"],
    ["a stream", () => `/watch/${concert.id}`, "An evening of Bach"],
    ["following", () => "/following", "Following"],
    ["wallet", () => "/wallet", "Wallet"],
    ["history", () => "/history", "History"],
    ["verify", () => "/verify", "Check a receipt"],
    ["nowhere", () => "/no/such/page", "Nothing here"],
  ] as const;
  test.each(pages)(
    "%s is accessible and fits",
    async (_name, path, heading) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.goto(system.node.url + path());
        await page.getByRole("heading", { level: 1, name: heading }).waitFor();
        for (const width of [390, 1440]) {
          await page.setViewportSize({ width, height: 900 });
          expect.soft(await accessibilityProblems(page), `${colorScheme} ${width}`).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect.soft(overflow, `${colorScheme} ${width}`).toBeLessThanOrEqual(0);
        }
      }
    },
    120_000,
  );
});

test("a node that is away: the app starts all the same, and says so", async () => {
  await page.goto(system.node.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  // The worker keeps what passes through it.
  await page.reload();
  await card("An evening of Bach").waitFor();
  await system.node.kill();
  await page.reload();
  await page.getByRole("heading", { name: "Live now" }).waitFor();
  await page.getByRole("alert").filter({ hasText: "This node can't be reached." }).waitFor();
  await system.node.start();
}, 180_000);
