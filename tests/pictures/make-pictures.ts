// SPDX-License-Identifier: Apache-2.0
// Makes the pictures in docs/images from a running system: `npm start`, and in another terminal `npm run docs:pictures`.
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { startChromium } from "../support/browser/chromium.ts";
import { serveExamplePage } from "../support/browser/element.ts";
import { connectWallet } from "../support/browser/viewer-steps.ts";

const site = process.argv[2] ?? "http://localhost:8080";
const folder = join(resolve(dirname(fileURLToPath(import.meta.url)), "../.."), "docs/images");
await mkdir(folder, { recursive: true });

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const picture = (page: Page, name: string): Promise<Buffer> =>
  page.screenshot({ path: join(folder, `${name}.png`) });

/** Resolves when a picture moves. */
async function playing(page: Page): Promise<void> {
  const isPlaying = () => (document.querySelector("video")?.currentTime ?? 0) > 0;
  await page.waitForFunction(isPlaying, undefined, { timeout: 60_000 });
}

const browser = await startChromium();
try {
  const page = await browser.context.newPage();
  await page.setViewportSize(DESKTOP);
  await page.goto(site);
  await page.getByRole("link", { name: /Tickstream demo/ }).waitFor();
  await picture(page, "home");

  await page.getByRole("link", { name: /Tickstream demo/ }).click();
  await page.getByText(/^Free preview:/).waitFor();
  await playing(page);
  await picture(page, "preview");
  await page.getByRole("banner").getByRole("button", { name: "Connect wallet" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /development/ })
    .waitFor();
  await picture(page, "connect");
  await page.getByRole("button", { name: "Close" }).click();
  await connectWallet(page, { wallet: /development/, account: "Eve (development)" });
  await page.getByLabel("Put into your tab").waitFor();
  await picture(page, "fund");
  await page.getByRole("button", { name: "Fund the tab and watch" }).click();
  await page.getByRole("button", { name: "Sign", exact: true }).waitFor();
  await picture(page, "sign");
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  // Long enough for every figure to show something.
  await page
    .getByTestId("seconds")
    .filter({ hasText: /0:1[2-9]/ })
    .waitFor({ timeout: 60_000 });
  await picture(page, "watch");
  await page.keyboard.press("s");
  await page.getByRole("region", { name: "Stats for nerds" }).waitFor();
  await picture(page, "stats");
  await page.keyboard.press("s");
  await page.setViewportSize(PHONE);
  await picture(page, "watch-phone");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "watch-phone-dark");
  await page.setViewportSize(DESKTOP);
  await picture(page, "watch-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByRole("button", { name: "Share and embed" }).click();
  await page.getByText("Embed as a frame").waitFor();
  await picture(page, "share");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Stop watching" }).click();
  await page.getByLabel("What you watched").waitFor();
  await page.getByText(/^Your tab has/).waitFor();
  await picture(page, "stopped");

  await page.getByRole("link", { name: "Wallet" }).click();
  await page.getByTestId("tab-free").waitFor();
  await picture(page, "wallet");
  await page.getByRole("link", { name: "History" }).click();
  await page.getByRole("heading", { name: "Receipts" }).waitFor();
  await picture(page, "history");

  // The documentation's own example, on another origin than the node's.
  const elsewhere = await serveExamplePage(
    site,
    '<tickstream-player stream="1" limit="0.5"></tickstream-player>',
  );
  try {
    await page.setViewportSize({ width: 820, height: 620 });
    await page.goto(elsewhere.origin);
    await page.getByText("0.06 UNIT").first().waitFor();
    await picture(page, "embedded");
  } finally {
    await elsewhere.stop();
  }
} finally {
  await browser.close();
}
