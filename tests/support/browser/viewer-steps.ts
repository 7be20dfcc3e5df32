// SPDX-License-Identifier: Apache-2.0
// What a person does on the pages of the viewer app, for every test that needs it done.
import type { Locator, Page } from "playwright-core";
import { inRepository } from "../system/repository.ts";

/** Settings of a node that serves the built viewer app, and the development wallet with it. */
export const VIEWER_SETTINGS = {
  appsDir: inRepository("apps/viewer/dist"),
  devWalletDir: inRepository("apps/dev-wallet/dist"),
};

/** The card that has everything about money. */
export const paymentPanel = (page: Page): Locator => page.getByRole("region", { name: "Payment" });

/** Connects a wallet of the page's dialog, and chooses one of its accounts. */
export async function connectWallet(
  page: Page,
  options: { wallet: string | RegExp; account: string },
): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name: "Connect wallet" }).click();
  await page.getByRole("dialog").getByRole("button", { name: options.wallet }).click();
  await chooseAccount(page, options.account);
}

/** Chooses among the connected wallet's accounts. */
export async function chooseAccount(page: Page, account: string): Promise<void> {
  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByRole("menuitemradio", { name: account }).click();
  await page.getByRole("button", { name: `Account: ${account}` }).waitFor();
  await page.getByRole("menu").waitFor({ state: "detached" });
}

/** Fills in how much to fund a tab with and to spend at most, and begins. The wallet asks next. */
export async function fundAndWatch(page: Page, amount: string): Promise<void> {
  const panel = paymentPanel(page);
  await panel.getByLabel("Put into your tab").fill(amount);
  await panel.getByLabel("Spend at most").fill(amount);
  await panel.getByRole("button", { name: "Fund the tab and watch" }).click();
}

/** Chooses how far behind live the player is to be, in its own menu. */
export async function chooseLatency(
  page: Page,
  latency: "As little as possible" | "A second or two",
): Promise<void> {
  await page.locator("video").hover();
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("menuitemradio", { name: latency }).click();
  await page.keyboard.press("Escape");
}

/** WebRTC plays a stream of the page's, LL-HLS what hls.js puts together. */
export function playsOverWebRtc(page: Page): Promise<boolean> {
  return page.locator("video").evaluate((video) => (video as HTMLVideoElement).srcObject !== null);
}

/** Seconds of media that the page's video element has played. */
export function secondsPlayed(page: Page): Promise<number> {
  return page.locator("video").evaluate((element) => {
    const { played } = element as HTMLVideoElement;
    return Array.from({ length: played.length }, (_, i) => played.end(i) - played.start(i)).reduce(
      (a, b) => a + b,
      0,
    );
  });
}
