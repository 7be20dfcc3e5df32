// SPDX-License-Identifier: Apache-2.0
// What a person does on the pages of the viewer app, for every test that needs it done.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Locator, Page } from "playwright-core";
import { inRepository } from "./repository.ts";

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
}

/** Fills in how much to fund a tab with and to spend at most, and begins. The wallet asks next. */
export async function fundAndWatch(page: Page, amount: string): Promise<void> {
  const panel = paymentPanel(page);
  await panel.getByLabel("Put into your tab").fill(amount);
  await panel.getByLabel("Spend at most").fill(amount);
  await panel.getByRole("button", { name: "Fund the tab and watch" }).click();
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

/** What is wrong with the page as it is now, for people who see, hear or move otherwise. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  await page.evaluate(await readFile(axe, "utf8"));
  return page.evaluate(async () => {
    interface Result {
      violations: { id: string; nodes: { html: string; any: { message: string }[] }[] }[];
    }
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Result> } };
    return (await axe.run()).violations.map(
      ({ id, nodes }) => `${id}: ${nodes[0]?.html} (${nodes[0]?.any[0]?.message})`,
    );
  });
}
