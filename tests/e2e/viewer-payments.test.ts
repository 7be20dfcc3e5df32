// SPDX-License-Identifier: Apache-2.0
// Paying in the viewer app, with a wallet extension's protocol, on the real system: from the first look to the tab that runs
// dry, through reloads, second windows, restarts and new prices. Money is counted on the wire, not on the page.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser/accessibility.ts";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import {
  createExtensionLikeWallet,
  type ExtensionLikeWallet,
} from "../support/browser/extension-like-wallet.ts";
import { listenForComplaints } from "../support/browser/page-complaints.ts";
import { keepPeers, keyframesDecoded } from "../support/browser/page-peers.ts";
import { logPaySocket, type PaySocketLog } from "../support/money/pay-socket-log.ts";
import { sendFinal } from "../support/money/raw-chain.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";
import {
  chooseAccount,
  chooseLatency,
  connectWallet,
  fundAndWatch,
  paymentPanel,
  playsOverWebRtc,
  secondsPlayed,
  VIEWER_SETTINGS,
} from "../support/browser/viewer-steps.ts";

const PREVIEW_TICKS = 4;
const PATIENCE_MS = 90_000;
/** Plancks a second: a hundredth of a token, and a fifth, of which one token is gone in five seconds. */
const CHEAP = 10_000_000_000n;
const DEAR = 200_000_000_000n;

let system: TestSystem;
let browser: Chromium;
let extension: ExtensionLikeWallet;
let cheap: PaidStream;
let dear: PaidStream;
let encoder: Encoder;
let page: Page;
let log: PaySocketLog;
/** What the page's console and its uncaught errors said. */
let complaints: readonly string[];

beforeAll(async () => {
  system = await startSystem({
    node: { ...VIEWER_SETTINGS, devWalletDir: undefined, previewTicks: PREVIEW_TICKS },
  });
  cheap = await system.createStream({ creator: "//Alice", title: "Cheap", rate: CHEAP });
  dear = await system.createStream({ creator: "//Alice", title: "Dear", rate: DEAR });
  encoder = startEncoder({ url: cheap.publishUrl, gopSeconds: 1 });
  await system.untilLive(cheap, PATIENCE_MS);
  browser = await startChromium();
  extension = await createExtensionLikeWallet({ accounts: ["Bob", "Dave"] });
  await extension.install(browser.context);
  page = await browser.context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  log = logPaySocket(page);
  await keepPeers(page);
  complaints = listenForComplaints(page);
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await encoder?.stop();
  await system?.stop();
}, 120_000);

beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => console.log(await page.locator("body").innerText()));
});

const panel = () => paymentPanel(page);

async function changePrice({ creator, id }: PaidStream, rate: bigint): Promise<void> {
  const call = system.api.tx.tickStream?.updateTerms;
  if (!call) throw new Error("the chain has no tick-stream pallet");
  await sendFinal(
    system.api,
    call(id, rate, 0, [{ account: creator.address, share: 1_000_000_000 }]),
    creator,
  );
}

const alert = (text: string) => page.getByRole("alert").filter({ hasText: text });

test("a first visit: the preview, one signature, and the same picture goes on paid", async () => {
  await page.goto(`${system.node.url}/watch/${cheap.id}`);
  await page.getByText(/^Free preview:/).waitFor();
  await expect.poll(() => secondsPlayed(page), { timeout: PATIENCE_MS }).toBeGreaterThan(0);
  expect(log.total()).toBe(0);
  expect(log.epochs.size).toBeLessThanOrEqual(PREVIEW_TICKS);

  // Previews end by themselves, and say what it costs to go on.
  await page.getByText("The preview is over.").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(log.total()).toBe(0);

  await connectWallet(page, { wallet: /Polkadot\.js/, account: "Bob" });
  await fundAndWatch(page, "5");
  await panel().getByRole("button", { name: "Stop watching" }).waitFor();
  await log.until(() => log.total() >= 3, "three paid seconds");
  const before = await secondsPlayed(page);
  await expect.poll(() => secondsPlayed(page), { timeout: PATIENCE_MS }).toBeGreaterThan(before);
  const signed = extension.messages.filter(({ message }) => message.startsWith("pub(extrinsic.sign"));
  expect(signed.length).toBe(1);
}, 300_000);

test("over WebRTC and back on LL-HLS the same channel pays, each second once, and the console is clean", async () => {
  const before = { channels: log.paid.size, paid: log.total(), keys: log.epochs.size };
  const said = complaints.length;
  const goesOn = async (webRtc: boolean): Promise<void> => {
    await expect.poll(() => playsOverWebRtc(page), { timeout: PATIENCE_MS }).toBe(webRtc);
    const [paid, played] = [log.total(), await secondsPlayed(page)];
    await log.until(() => log.total() >= paid + 2, "two more paid seconds", PATIENCE_MS);
    await expect.poll(() => secondsPlayed(page), { timeout: PATIENCE_MS }).toBeGreaterThan(played);
  };
  await chooseLatency(page, "As little as possible");
  await goesOn(true);

  await panel().getByRole("button", { name: "Pause" }).click();
  await panel().getByText("Paused: nothing is paid.").waitFor();
  const keyframes = await keyframesDecoded(page);
  await panel().getByRole("button", { name: "Go on" }).click();
  await goesOn(true);
  expect(await keyframesDecoded(page)).toBeGreaterThan(keyframes);

  // Another visit begins over WebRTC at once.
  await page.reload();
  await goesOn(true);
  await chooseLatency(page, "A second or two");
  await goesOn(false);

  expect(log.paid.size).toBe(before.channels);
  // A key for each tick: nothing was paid for what was there already, nor twice.
  const keys = () => log.epochs.size - before.keys;
  await log.until(() => keys() >= log.total() - before.paid, "the keys of what was paid");
  expect(keys() - (log.total() - before.paid)).toBeLessThanOrEqual(1);
  expect(complaints.slice(said)).toEqual([]);
}, 240_000);

test("a reload in mid-stream goes on by itself, and no second is paid twice", async () => {
  const channels = log.paid.size;
  const paid = log.total();
  await page.reload();
  await panel().getByRole("button", { name: "Stop watching" }).waitFor();
  await log.until(() => log.total() >= paid + 3, "three more paid seconds");
  expect(log.paid.size).toBe(channels);
  // A key for each tick that was paid, previews apart: nothing was bought again.
  await log.until(() => log.epochs.size >= log.total(), "the keys of what was paid");
  expect(log.epochs.size).toBeLessThanOrEqual(log.total() + PREVIEW_TICKS);
}, 180_000);

test("who left without stopping goes on with one click and nothing to sign, in the same channel", async () => {
  const channels = log.paid.size;
  const signed = extension.messages.length;
  await page.getByRole("link", { name: "History" }).click();
  await page.getByRole("heading", { level: 1, name: "History" }).waitFor();
  await page.getByRole("link", { name: "Cheap" }).first().click();
  await panel()
    .getByRole("button", { name: /^(Watch|Keep watching) for/ })
    .click();
  const paid = log.total();
  await log.until(() => log.total() >= paid + 2, "two more paid seconds");
  expect(log.paid.size).toBe(channels);
  expect(extension.messages.length).toBe(signed);
}, 180_000);

test("a visit after a new price is shown that one, and pays it", async () => {
  await changePrice(cheap, CHEAP * 2n);
  const seen = new Set(log.paid.keys());
  await panel().getByRole("button", { name: "Stop watching" }).click();
  await page.getByLabel("What you watched").waitFor();
  // The channel that was open kept its price.
  expect([...log.paid.keys()].every((channel) => seen.has(channel))).toBe(true);
  await panel().getByText("1.2 UNIT a minute").first().waitFor();
  // The node closes the channel, and what is left of it is back in the tab: nothing to sign.
  await panel()
    .getByRole("button", { name: /^Watch for/ })
    .click();
  await panel().getByRole("button", { name: "Stop watching" }).waitFor();
  const before = log.total();
  await log.until(() => log.total() >= before + 2, "two seconds at the new price");
}, 180_000);

test("a killed node: the page waits, and goes on when it is back, without a second paid twice", async () => {
  await system.node.kill();
  await encoder.stop();
  await system.node.start();
  encoder = startEncoder({ url: cheap.publishUrl, gopSeconds: 1 });
  await system.untilLive(cheap, PATIENCE_MS);
  const paid = log.total();
  await log.until(() => log.total() >= paid + 3, "three more paid seconds", PATIENCE_MS);
  const before = await secondsPlayed(page);
  await expect.poll(() => secondsPlayed(page), { timeout: PATIENCE_MS }).toBeGreaterThan(before);
}, 240_000);

test("a second window says what the first one holds, and pays with a channel of its own", async () => {
  const second = await browser.context.newPage();
  try {
    second.setDefaultTimeout(PATIENCE_MS);
    const secondLog = logPaySocket(second);
    await second.goto(`${system.node.url}/watch/${cheap.id}`);
    // The first window's channel holds what its limit allows of the tab: this one says so, and wants money of its own.
    await second.getByText(/is still set aside for open channels/).waitFor();
    await fundAndWatch(second, "1");
    await paymentPanel(second).getByRole("button", { name: "Stop watching" }).waitFor();
    await secondLog.until(() => secondLog.total() >= 2, "two paid seconds in the second window");
    // One channel has one payer.
    for (const channel of secondLog.paid.keys()) expect(log.paid.has(channel)).toBe(false);
    const paid = log.total();
    await log.until(() => log.total() > paid, "the first window goes on");
  } finally {
    await second.close();
  }
}, 240_000);

test("a wallet that says no, and one that is locked, are told apart, and nothing is paid", async () => {
  await page.goto(`${system.node.url}/wallet`);
  await page.getByLabel("Amount").fill("1");
  const top = page.getByRole("button", { name: "Top up", exact: true });
  extension.person = (question) => question.cancel();
  await top.click();
  await alert("You didn't sign.").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);

  extension.person = (question) => question.approve();
  extension.lock("secret");
  await top.click();
  await alert("The wallet is locked.").waitFor();
  extension.lock(null);
}, 180_000);

test("an account that the wallet no longer shows is left for one that it does", async () => {
  extension.setAccounts(["Dave"]);
  await page.getByRole("button", { name: "Account: Dave" }).waitFor();
  await page.getByText("This account has no tab on this device.", { exact: false }).waitFor();
}, 120_000);

test("a tab that runs dry is warned about, pauses with the reason, and its owner's top-up goes on", async () => {
  await encoder.stop();
  encoder = startEncoder({ url: dear.publishUrl, gopSeconds: 1 });
  await system.untilLive(dear, PATIENCE_MS);
  await page.goto(`${system.node.url}/watch/${dear.id}`);
  await panel().getByLabel("Put into your tab").fill("2");
  await panel().getByLabel("Spend at most").fill("1000");
  await panel().getByRole("button", { name: "Fund the tab and watch" }).click();
  await alert("Your money runs low").waitFor();
  await alert("Your tab is empty.").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  // Another account is chosen by now: the tab stays whose it is, and nobody else signs for it.
  extension.setAccounts(["Bob", "Dave"]);
  await chooseAccount(page, "Bob");
  await panel().getByText("This is paid from Dave's tab").waitFor();
  const before = extension.messages.length;
  const paid = log.total();
  await panel()
    .getByRole("button", { name: /^Top up Dave's tab by/ })
    .click();
  await log.until(() => log.total() >= paid + 3, "three more paid seconds", PATIENCE_MS);
  const signers = extension.messages
    .slice(before)
    .filter(({ message }) => message === "pub(extrinsic.sign)")
    .map(({ request }) => (request as { address: string }).address);
  expect(signers).toEqual([extension.address("Dave")]);
  // And an account that the wallet hides goes on paying: that needs no wallet.
  extension.setAccounts(["Bob"]);
  await panel()
    .getByText(/^This is paid from 5DAAnr…3PTXFy's tab/)
    .waitFor();
  const hidden = log.total();
  await log.until(() => log.total() >= hidden + 2, "two more paid seconds", PATIENCE_MS);
  await panel().getByRole("button", { name: "Stop watching" }).click();
  await page.getByLabel("What you watched").waitFor();
}, 300_000);
