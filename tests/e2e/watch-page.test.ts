// SPDX-License-Identifier: Apache-2.0
// A viewer's whole visit to the watch page, in a real browser, on what `tickstream up` starts.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser/accessibility.ts";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { listenForComplaints } from "../support/browser/page-complaints.ts";
import { makeDataFolder, startUp, type Up } from "../support/system/up.ts";
import {
  chooseAccount,
  connectWallet,
  fundAndWatch,
  secondsPlayed,
} from "../support/browser/viewer-steps.ts";

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let up: Up;
let browser: Chromium;
let page: Page;
const requested: string[] = [];
let complaints: readonly string[];

beforeAll(async () => {
  folder = await makeDataFolder();
  up = await startUp(folder.path);
  browser = await startChromium();
  page = await browser.context.newPage();
  page.setDefaultTimeout(30_000);
  page.on("request", (request) => requested.push(new URL(request.url()).pathname));
  complaints = listenForComplaints(page);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await up?.interrupt();
  await folder?.remove();
}, 60_000);

/** `1.882 UNIT` as plancks. */
function plancks(text: string | null): bigint {
  const [, whole = "", fraction = ""] = /([0-9]+)(?:\.([0-9]+))? UNIT/.exec(text ?? "") ?? [];
  return BigInt(whole + fraction.padEnd(12, "0"));
}

test("the list loads little, and nothing that pays or plays", async () => {
  await page.goto(up.page);
  await page.getByRole("link", { name: /Tickstream demo/ }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const code = requested.filter((path) => path.endsWith(".js"));
  for (const word of [
    "polkadot",
    "hls",
    "player",
    "session",
    "wallet-page",
    "watch-page",
    "connect-dialog",
  ]) {
    expect(code.filter((path) => path.includes(word))).toEqual([]);
  }
}, 60_000);

test("connect, fund a tab with one signature, watch, stop, and get the rest back, exact to the planck", async () => {
  await page.getByRole("link", { name: /Tickstream demo/ }).click();
  await connectWallet(page, { wallet: /development/, account: "Dave (development)" });
  expect(await accessibilityProblems(page)).toEqual([]);
  await fundAndWatch(page, "2");
  await page.getByText("Development wallet: play money").waitFor();
  await page.getByRole("button", { name: "Sign", exact: true }).click();

  // The picture moves, and the money with it.
  await expect.poll(() => secondsPlayed(page), { timeout: 40_000 }).toBeGreaterThan(0);
  await expect.poll(() => page.getByTestId("seconds").textContent(), { timeout: 30_000 }).toMatch(/0:0[5-9]/);
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Stop watching" }).click();
  const spent = page.getByLabel("What you watched").getByTestId("spent");
  await spent.waitFor();
  const paid = plancks(await spent.textContent());
  expect(paid).toBeGreaterThan(5_000_000_000n);

  // When the node has settled and closed the channel, nothing is set aside any more.
  const refund = page.getByRole("button", { name: /Close the tab/ });
  await expect
    .poll(() => refund.textContent(), { timeout: 40_000 })
    .toContain(`${Number(2_000_000_000_000n - paid) / 1e12} UNIT`);
  expect(await accessibilityProblems(page)).toEqual([]);
  await refund.click();
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  const returned = page.getByText("came back to your wallet");
  await returned.waitFor();
  expect(plancks(await returned.textContent())).toBe(2_000_000_000_000n - paid);
  expect(complaints).toEqual([]);
}, 150_000);

test("another account of the wallet has a tab of its own", async () => {
  await chooseAccount(page, "Eve (development)");
  await page.getByLabel("Put into your tab").waitFor();
  expect(await page.getByRole("button", { name: /Close the tab/ }).count()).toBe(0);
}, 60_000);

test("a wallet that says no is told as what it is, and nothing is paid", async () => {
  await page.getByRole("button", { name: "Fund the tab and watch" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  expect(await alert.textContent()).toMatch(/sign/i);
  expect(await accessibilityProblems(page)).toEqual([]);
}, 60_000);

test("a stream that isn't there says so, and leads back to the list", async () => {
  await page.goto(`${up.page}/watch/999999`);
  await page.getByRole("heading", { level: 1, name: "There is no such stream on this node." }).waitFor();
  await page.getByRole("link", { name: "See what is live" }).click();
  await page.getByRole("heading", { name: "Live now" }).waitFor();
}, 60_000);
