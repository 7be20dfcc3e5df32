// SPDX-License-Identifier: Apache-2.0
// What passes between the two apps and their people: a follow, a tip with a word along, another account in the wallet while on air,
// and wallets that say no, stay locked or never answer, in both.
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser/accessibility.ts";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import {
  createExtensionLikeWallet,
  type ExtensionLikeWallet,
} from "../support/browser/extension-like-wallet.ts";
import { type PageCreator, startPageCreator, STUDIO } from "../support/browser/page-creator.ts";
import { account, accountHex } from "../support/money/raw-chain.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";
import { connectWallet, VIEWER_SETTINGS } from "../support/browser/viewer-steps.ts";

const PATIENCE_MS = 60_000;
const POLL = { timeout: PATIENCE_MS, interval: 250 };
const WALLET = /Polkadot\.js/;

/** A browser of somebody's, with a wallet. */
interface Profile {
  browser: Chromium;
  wallet: ExtensionLikeWallet;
  page: Page;
}

let system: TestSystem;
let creator: PageCreator;
let stream: PaidStream;
/** Bob's browser, and another one of his. */
let profiles: Profile[];

beforeAll(async () => {
  system = await startSystem({ node: { appsDir: VIEWER_SETTINGS.appsDir, studioDir: STUDIO } });
  stream = await system.createStream({ creator: "//Alice", title: "Piano", rate: 1_000_000_000n });
  creator = await startPageCreator({ node: system.node.url, account: "Alice" });
  await creator.open(`/streams/${stream.id}`);
  await creator.connectWallet();
  await creator.page.getByRole("button", { name: "Sign in with your wallet" }).click();
  await creator.page.getByText("No tips yet.").waitFor();
  profiles = [await startProfile(), await startProfile()];
}, 240_000);

afterAll(async () => {
  for (const { browser } of profiles ?? []) await browser.close();
  await creator?.close();
  await system?.stop();
}, 120_000);

beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    for (const page of [creator.page, ...profiles.map((one) => one.page)]) {
      console.log(page.url(), await page.locator("body").innerText());
    }
  });
});

async function startProfile(): Promise<Profile> {
  const browser = await startChromium();
  const wallet = await createExtensionLikeWallet({ accounts: ["Bob"] });
  await wallet.install(browser.context);
  const page = await browser.context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return { browser, wallet, page };
}

/** Requests for a signature that reached a wallet. */
const signatures = (wallet: ExtensionLikeWallet) =>
  wallet.messages.filter(({ message }) => /^pub\((extrinsic|bytes)\.sign\)$/.test(message));

const alert = (page: Page, text: string) => page.getByRole("alert").filter({ hasText: text });

async function keepFollowsOnNode({ page }: Profile): Promise<void> {
  await page.getByRole("button", { name: "Keep them on this node too" }).click();
  await page.getByText("Your other devices find them when you sign in there.").waitFor();
}

test("a follow needs no wallet, is kept on the node by who signs in, and is found in another browser", async () => {
  const [here, there] = profiles as [Profile, Profile];
  const creatorCard = (page: Page) => page.getByRole("region", { name: /^5Grwva/ });
  await here.page.goto(`${system.node.url}/watch/${stream.id}`);
  await here.page.getByText("0 followers").waitFor();
  await here.page.getByRole("button", { name: "Follow", exact: true }).click();
  await here.page.reload();
  await here.page.getByRole("button", { name: "Following", pressed: true }).waitFor();
  expect(here.wallet.messages).toEqual([]);

  await here.page.getByRole("link", { name: "Following" }).click();
  await creatorCard(here.page).waitFor();
  await connectWallet(here.page, { wallet: WALLET, account: "Bob" });
  await keepFollowsOnNode(here);

  await there.page.goto(`${system.node.url}/following`);
  await there.page.getByText("You follow nobody yet").waitFor();
  await connectWallet(there.page, { wallet: WALLET, account: "Bob" });
  await keepFollowsOnNode(there);
  await creatorCard(there.page).waitFor();
  await there.page.goto(`${system.node.url}/watch/${stream.id}`);
  await there.page.getByText("1 follower ·").waitFor();

  // Unfollowed in one browser is unfollowed in the other, the next time both are brought together.
  await there.page.getByRole("link", { name: "Following" }).click();
  await there.page.getByRole("button", { name: "Unfollow" }).click();
  await keepFollowsOnNode(there);
  await keepFollowsOnNode(here);
  await here.page.getByText("You follow nobody yet").waitFor();
  // Once signed in, a page asks for nothing more.
  expect(signatures(here.wallet)).toHaveLength(1);
  const detail = await (await fetch(`${system.node.url}/api/streams/${stream.id}`)).json();
  expect(detail).toMatchObject({ creatorFigures: { followers: 0 } });
}, 180_000);

test("a tip arrives on the dashboard with its note as text, and in the earnings, right to the planck", async () => {
  const { page, wallet } = profiles[0]!;
  const note = `<b>Bravo</b> & <img src=x onerror="document.title='owned'">`;
  await page.goto(`${system.node.url}/watch/${stream.id}`);
  await page.getByRole("button", { name: "Tip", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Amount").fill("0.123456789012");
  await dialog.getByLabel("Say something with it").fill(note);
  expect(await accessibilityProblems(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Send the tip" }).click();
  await dialog.getByText("Thank you!").waitFor();
  expect(signatures(wallet).filter(({ message }) => message === "pub(extrinsic.sign)")).toHaveLength(1);

  const tips = creator.page.getByRole("log");
  await tips.getByText(note, { exact: true }).waitFor();
  expect(await tips.locator("b, img").count()).toBe(0);
  expect(await tips.innerText()).toMatch(/^0\.12\d* UNIT/m);
  await tips.getByText("not final").waitFor({ state: "detached" });
  expect(await creator.page.title()).toContain("Piano");

  const audit = await system.auditor.audit();
  expect(audit.problems).toEqual([]);
  expect(audit.flow(accountHex(await account("//Alice"))).tips).toBe(123_456_789_012n);
  const csv = creator.page.waitForEvent("download");
  await creator.page.getByRole("link", { name: "Earnings" }).click();
  await expect
    .poll(() => creator.page.getByTestId("total-tips").innerText(), POLL)
    .toMatch(/^0\.12\d* UNIT$/);
  await creator.page.getByRole("button", { name: "Download CSV" }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await csv).createReadStream()) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toContain("123456789012");
}, 180_000);

describe("another account in the wallet, while on air", () => {
  test("what is on air stays on air and can be ended; the studio waits for its creator, and nothing is signed", async () => {
    const { page, wallet } = creator;
    await page.getByRole("link", { name: "Streams" }).click();
    await page.getByRole("link", { name: "Open studio" }).click();
    await creator.goLive();
    await system.untilLive(stream, PATIENCE_MS);
    const before = signatures(wallet).length;

    // The wallet's owner takes the account away from this site.
    wallet.setAccounts(["Dave"]);
    await page.getByRole("heading", { name: "This stream is 5Grwva…GKutQY's" }).waitFor();
    await page.getByText("the wallet doesn't show 5Grwva…GKutQY to this page").waitFor();
    await page.getByRole("status").filter({ hasText: "On air" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("link", { name: "Earnings" }).click();
    await page.getByRole("heading", { name: "You are signed in as 5Grwva…GKutQY" }).waitFor();

    // And gives it back, with another one chosen.
    wallet.setAccounts(["Dave", "Alice"]);
    await page.getByRole("button", { name: "Go on as Alice" }).click();
    await page.getByRole("heading", { name: "Earnings" }).waitFor();
    await page.getByRole("link", { name: "Back to the studio" }).click();
    await page.getByRole("button", { name: /^Account: / }).click();
    await page.getByRole("menuitemradio", { name: "Dave" }).click();
    await page.getByRole("heading", { name: "This stream is Alice's" }).waitFor();
    await page.getByRole("button", { name: "End broadcast" }).click();
    await page.getByRole("status").filter({ hasText: "On air" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Go on as Alice" }).click();
    await page.getByRole("button", { name: "Go live" }).waitFor();
    expect(signatures(wallet).length).toBe(before);
  }, 180_000);
});

describe("a wallet that says no, is locked, or never answers", () => {
  const apps = [
    ["the viewer app", "/following", "Keep them on this node too", "Your other devices find them"],
    ["the studio", "/studio/earnings", "Sign in with your wallet", "the newest that is final"],
  ] as const;
  test.each(apps)(
    "%s tells each for what it is, and goes on when it says yes",
    async (_app, path, action, done) => {
      const { browser } = profiles[1]!;
      const page = await browser.context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      // A wallet of this page's own, which has never seen the site.
      const wallet = await createExtensionLikeWallet({ name: "talisman", accounts: ["Eve"] });
      await wallet.install(page);
      await page.addInitScript(() => localStorage.clear());
      await page.clock.install();
      await page.goto(system.node.url + path);
      const connect = page.getByRole("dialog").getByRole("button", { name: /Talisman/ });
      await page.getByRole("banner").getByRole("button", { name: "Connect wallet" }).click();

      wallet.person = (question) => question.cancel();
      await connect.click();
      await alert(page, "The wallet was not connected.").waitFor();

      wallet.person = () => undefined;
      await connect.click();
      await page.getByText("Waiting for Talisman to allow this page…").waitFor();
      await page.clock.fastForward(181_000);
      await alert(page, "The wallet didn't answer.").waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);

      wallet.killWorker();
      wallet.person = (question) => question.approve();
      await connect.click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Account: Eve" }).waitFor();

      const sign = page.getByRole("button", { name: action });
      wallet.person = (question) => question.cancel();
      await sign.click();
      await alert(page, "You didn't sign.").waitFor();
      wallet.person = (question) => question.approve();
      wallet.lock("secret");
      await sign.click();
      await alert(page, "The wallet is locked.").waitFor();
      wallet.lock(null);
      await sign.click();
      await page.getByText(done).waitFor();
      await page.close();
    },
    120_000,
  );
});
