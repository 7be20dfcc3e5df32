// SPDX-License-Identifier: Apache-2.0
// Makes the pictures in docs/images from a running system: `npm start`, and in another terminal `npm run docs:pictures`.
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { startChromium } from "../support/chromium.ts";

const site = process.argv[2] ?? "http://localhost:8080";
const folder = join(resolve(dirname(fileURLToPath(import.meta.url)), "../.."), "docs/images");
await mkdir(folder, { recursive: true });

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const picture = (page: Page, name: string): Promise<Buffer> =>
  page.screenshot({ path: join(folder, `${name}.png`) });

const browser = await startChromium();
try {
  const page = await browser.context.newPage();
  await page.setViewportSize(DESKTOP);
  await page.goto(site);
  await page.getByRole("link", { name: /Tickstream demo/ }).waitFor();
  await picture(page, "home");

  await page.getByRole("link", { name: /Tickstream demo/ }).click();
  await page.getByRole("main").getByRole("button", { name: "Connect wallet" }).click();
  const account = page.getByLabel("Account");
  await account.waitFor();
  const labels = await account.locator("option").allTextContents();
  await account.selectOption({ label: labels.find((label) => label.startsWith("Eve")) ?? "" });
  await picture(page, "fund");
  await page.getByRole("button", { name: "Fund the tab and watch" }).click();
  await page.getByRole("button", { name: "Sign" }).waitFor();
  await picture(page, "sign");
  await page.getByRole("button", { name: "Sign" }).click();
  // Long enough for every figure to show something.
  await page
    .getByTestId("seconds")
    .filter({ hasText: /0:1[2-9]/ })
    .waitFor({ timeout: 60_000 });
  await picture(page, "watch");
  await page.setViewportSize(PHONE);
  await picture(page, "watch-phone");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "watch-phone-dark");
  await page.setViewportSize(DESKTOP);
  await picture(page, "watch-dark");
  await page.getByRole("button", { name: "Stop watching" }).click();
  await page.getByLabel("What you watched").waitFor();
  await picture(page, "stopped-dark");
} finally {
  await browser.close();
}
