// SPDX-License-Identifier: Apache-2.0
// The chain away, and the node away, under open pages of both apps: what goes on goes on, what can't says why, and all is well again
// without a reload. Two windows of one browser: somebody watches in one and broadcasts' figures stand in the other.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser/accessibility.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { type PageCreator, startPageCreator, STUDIO } from "../support/browser/page-creator.ts";
import { logPaySocket, type PaySocketLog } from "../support/money/pay-socket-log.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";
import {
  chooseAccount,
  fundAndWatch,
  paymentPanel,
  VIEWER_SETTINGS,
} from "../support/browser/viewer-steps.ts";

const PATIENCE_MS = 90_000;
const POLL = { timeout: PATIENCE_MS, interval: 250 };
/** Three seconds of preview, so that a visitor's page plays before anybody pays. */
const PREVIEW_TICKS = 3;

let system: TestSystem;
let creator: PageCreator;
let stream: PaidStream;
let encoder: Encoder;
/** Pays, all along. */
let viewer: Page;
/** Has an account, and nothing in a tab. */
let visitor: Page;
let log: PaySocketLog;

beforeAll(async () => {
  system = await startSystem({
    node: { appsDir: VIEWER_SETTINGS.appsDir, studioDir: STUDIO, previewTicks: PREVIEW_TICKS },
  });
  stream = await system.createStream({ creator: "//Alice", title: "A long evening", rate: 1_000_000_000n });
  encoder = startEncoder({ url: stream.publishUrl, gopSeconds: 1 });
  await system.untilLive(stream, PATIENCE_MS);

  creator = await startPageCreator({ node: system.node.url, account: "Alice" });
  await creator.open("/");
  await creator.connectWallet();
  creator.wallet.setAccounts(["Alice", "Bob", "Dave"]);
  await creator.page.getByRole("button", { name: "I have streams here: sign in" }).click();
  await creator.page.getByRole("heading", { name: "Your streams" }).waitFor();

  viewer = await openPage(`/watch/${stream.id}`);
  log = logPaySocket(viewer);
  await chooseAccount(viewer, "Bob");
  await fundAndWatch(viewer, "5");
  await log.until(() => log.total() >= 2, "two paid seconds", PATIENCE_MS);
  visitor = await openPage("/wallet");
  await chooseAccount(visitor, "Dave");
}, 240_000);

afterAll(async () => {
  await creator?.close();
  await encoder?.stop();
  await system?.stop();
}, 120_000);

beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    for (const page of [viewer, visitor, creator.page]) {
      console.log(page.url(), await page.locator("body").innerText());
    }
  });
});

async function openPage(path: string): Promise<Page> {
  const page = await creator.page.context().newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(system.node.url + path);
  return page;
}

/** What stands above every page while something is missing. */
const notice = (page: Page, text: string) => page.getByRole("status").filter({ hasText: text });
const alert = (page: Page, text: string) => page.getByRole("alert").filter({ hasText: text });

const CHAIN_AWAY = "The chain can't be reached.";
const NODE_AWAY = "This node can't be reached.";

async function everyPageSays(text: string): Promise<void> {
  await Promise.all([viewer, visitor, creator.page].map((page) => notice(page, text).waitFor()));
}

async function nobodySays(text: string): Promise<void> {
  const gone = { state: "detached" } as const;
  await Promise.all([viewer, visitor, creator.page].map((page) => notice(page, text).waitFor(gone)));
}

async function goesOnPaying(): Promise<void> {
  const paid = log.total();
  await log.until(() => log.total() >= paid + 3, "three more paid seconds", PATIENCE_MS);
}

test("the chain away: who has a channel goes on paying, and every page says what is missing", async () => {
  await system.chain.pause();
  await everyPageSays(CHAIN_AWAY);
  await goesOnPaying();
  await paymentPanel(viewer).getByText("Paying by the second.").waitFor();
  // That others can't begin is no end of what this viewer has.
  expect(await viewer.getByText("This is about to end").count()).toBe(0);
  for (const page of [viewer, visitor]) expect(await accessibilityProblems(page)).toEqual([]);
}, 180_000);

test("the chain away: a visitor can't fund, and is told why; what needs no chain is there", async () => {
  const newcomer = await openPage(`/watch/${stream.id}`);
  await notice(newcomer, CHAIN_AWAY).waitFor();
  await chooseAccount(newcomer, "Dave");
  // A page that was never connected tries for a while.
  await fundAndWatch(newcomer, "1");

  await visitor.getByLabel("Amount").fill("1");
  await visitor.getByRole("button", { name: "Fund a tab" }).click();
  await alert(visitor, CHAIN_AWAY).first().waitFor();
  await visitor.getByRole("link", { name: "Live" }).click();
  await visitor.getByRole("article").filter({ hasText: "A long evening" }).waitFor();
  await visitor.getByRole("link", { name: "History" }).click();
  await visitor.getByRole("heading", { name: "Receipts" }).waitFor();

  const studio = creator.page;
  await studio.getByRole("link", { name: "Open studio" }).click();
  await expect.poll(() => studio.getByTestId("pending").innerText(), POLL).toMatch(/0\.0\d+ UNIT/);
  await studio.getByRole("link", { name: "Earnings" }).click();
  await studio.getByText("it goes on when the chain is back").waitFor();

  await paymentPanel(newcomer).getByRole("button", { name: "Fund the tab and watch" }).waitFor();
  await alert(newcomer, CHAIN_AWAY).waitFor();
  expect(creator.wallet.messages.filter(({ message }) => message === "pub(extrinsic.sign)")).toHaveLength(1);
  await visitor.close();
  visitor = newcomer;
}, 240_000);

test("the chain back: no page is reloaded, the visitor begins, and what was owed is settled", async () => {
  await system.chain.resume();
  await nobodySays(CHAIN_AWAY);
  await fundAndWatch(visitor, "1");
  await paymentPanel(visitor).getByRole("button", { name: "Stop watching" }).waitFor();
  await goesOnPaying();
  await expect.poll(() => creator.page.getByTestId("total-settled").innerText(), POLL).not.toBe("0 UNIT");
  await creator.page.getByText("the newest that is final").waitFor();
}, 240_000);

test("the node away: open pages say so, and pages that are opened now as well", async () => {
  await system.node.kill();
  await encoder.stop();
  await everyPageSays(NODE_AWAY);
  await paymentPanel(viewer).getByText("Connecting to the node…").waitFor();
  // A page of the app that nobody has looked at yet waits for its code.
  await creator.page.getByRole("link", { name: "Streams" }).click();
  await visitor.getByRole("link", { name: "Following" }).click();
  await creator.page.getByRole("heading", { name: "Your streams" }).waitFor();
  await Promise.all([visitor.reload(), creator.page.reload()]);
  await everyPageSays(NODE_AWAY);
  expect(await accessibilityProblems(creator.page)).toEqual([]);
}, 180_000);

test("the node back: every page comes back by itself, wallet and all, and the viewer pays on in the same channel", async () => {
  const channels = log.paid.size;
  await system.node.start();
  encoder = startEncoder({ url: stream.publishUrl, gopSeconds: 1 });
  await nobodySays(NODE_AWAY);
  await goesOnPaying();
  expect(log.paid.size).toBe(channels);
  await visitor.getByRole("heading", { level: 1, name: "Following" }).waitFor();
  await visitor.getByRole("button", { name: "Account: Dave" }).waitFor();
  await creator.page.getByRole("button", { name: "Account: Alice" }).waitFor();
  await creator.page.getByRole("article", { name: "A long evening" }).waitFor();
}, 240_000);
