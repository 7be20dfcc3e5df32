// SPDX-License-Identifier: Apache-2.0
// Makes the creator's pictures in docs/images from a running system: `npm start`, and in another terminal
// `node tests/pictures/make-studio-pictures.ts`.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startHeadlessViewer } from "../support/money/headless-viewer.ts";
import { startPageCreator } from "../support/browser/page-creator.ts";
import { inRepository } from "../support/system/repository.ts";

const node = process.argv[2] ?? "http://localhost:8080";
const folder = inRepository("docs/images");
await mkdir(folder, { recursive: true });

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const TALL = { width: 1440, height: 1_400 };
const UNIT = 10n ** 12n;
/** Charts of fewer moments, and a meter of fewer seconds, say nothing. */
const PAID_TICKS = 25;

const creator = await startPageCreator({ node, account: "Bob" });
const { page } = creator;
async function picture(name: string): Promise<void> {
  await page.evaluate(() => window.scrollTo(0, 0));
  // The chosen segment slides to its place.
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
try {
  await page.setViewportSize(DESKTOP);
  await creator.open("/");
  await page.getByRole("link", { name: "Set up a stream" }).waitFor();
  await picture("studio-welcome");
  await creator.open("/new");
  await creator.connectWallet();
  await page.getByLabel("Title").fill("Piano in the evening");
  await page.getByLabel("Category").selectOption("Music");
  await page.setViewportSize(TALL);
  await picture("studio-new");
  await page.setViewportSize(DESKTOP);
  const stream = await creator.setUpStream({ title: "Piano in the evening", perMinute: "0.06" });
  await page.getByText("OBS or another encoder").click();
  await page.getByText("Exact settings").waitFor();
  await picture("studio-encoder");
  await page.getByText("This browser").click();
  await creator.goLive();
  await page.getByTestId("viewers").waitFor();
  const viewer = await startHeadlessViewer({
    node,
    stream: BigInt(stream),
    suri: "//Dave",
    limit: UNIT,
    deposit: 2n * UNIT,
  });
  await viewer.until(() => Math.max(0, ...viewer.paid.values()) >= PAID_TICKS, "paid ticks", 120_000);
  await page.setViewportSize({ ...TALL, height: 1_700 });
  await picture("studio-live");
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: "dark" });
  await picture("studio-phone-dark");
  await page.setViewportSize(DESKTOP);
  await page.emulateMedia({ colorScheme: "light" });
  await viewer.leave();
  await page.getByRole("link", { name: "Manage" }).click();
  await page.getByText("Change the price").waitFor();
  await page.setViewportSize(TALL);
  await picture("studio-manage");
  await page.setViewportSize(DESKTOP);
  await page.getByRole("link", { name: "Earnings" }).click();
  await page
    .getByTestId("total-settled")
    .filter({ hasNotText: /^0 UNIT/ })
    .waitFor();
  await page.locator("article summary").first().click();
  await picture("studio-earnings");
} finally {
  await creator.close();
}
