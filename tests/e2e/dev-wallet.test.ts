// SPDX-License-Identifier: Apache-2.0
// The development wallet is an extension like any other to a page; its dialog says what is signed, and works by keyboard.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startTestChain, type TestChain } from "../support/system/chain.ts";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { inRepository } from "../support/system/repository.ts";
import { inWalletPage, startWalletPage, type WalletPageServer } from "../support/browser/wallet-page.ts";

vi.setConfig({ testTimeout: 120_000 });

const NAME = "tickstream-development";
const BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

let folder: string;
let walletPage: WalletPageServer;
let chain: TestChain;
let browser: Chromium;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tickstream-dev-wallet-"));
  const root = inRepository("apps/dev-wallet");
  await build({
    root,
    configFile: join(root, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: folder, emptyOutDir: true },
  });
  // As the node writes it into its pages.
  walletPage = await startWalletPage({
    head: '<script type="module" src="/dev-wallet/inject.js"></script>',
    folders: { "/dev-wallet/": folder },
  });
  chain = await startTestChain();
  browser = await startChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await chain?.stop();
  await walletPage?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

beforeEach(async () => {
  page = await browser.context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(walletPage.url(chain.url));
  await page.waitForFunction(() => "connect" in window);
}, 60_000);

afterEach(() => page.close());

const dialog = () => page.getByRole("dialog");

test("is listed, offers the development accounts, and keeps its keys until somebody connects", async () => {
  const loaded = () => page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  expect(await inWalletPage(page, "list")).toMatchObject([
    { name: NAME, title: "Tickstream development wallet" },
  ]);
  expect((await loaded()).filter((url) => url.includes("development-wallet"))).toEqual([]);
  const { value } = await inWalletPage(page, "connect", NAME);
  expect(value?.map(({ name }) => name.split(" ")[0])).toEqual([
    "Alice",
    "Bob",
    "Charlie",
    "Dave",
    "Eve",
    "Ferdie",
  ]);
});

test("says in words what is signed; Enter signs and the chain takes it", async () => {
  await inWalletPage(page, "connect", NAME);
  const funding = inWalletPage(page, "fund", BOB);
  await dialog().waitFor();
  const text = await dialog().innerText();
  expect(text).toContain("Development wallet: play money");
  expect(text).toContain("Sign tickStream.openTab?");
  expect(text).toMatch(/deposit\s+1 UNIT/);
  expect(text).toContain(`Bob (development) · ${BOB}`);
  expect(text).toContain("Asked by");
  await page.keyboard.press("Enter");
  expect((await funding).value?.steps).toContain("in-block");
  expect(await dialog().count()).toBe(0);
});

test("Escape declines", async () => {
  await inWalletPage(page, "connect", NAME);
  const funding = inWalletPage(page, "fund", BOB);
  await dialog().waitFor();
  await page.keyboard.press("Escape");
  expect(await funding).toEqual({ code: "wallet-rejected", details: "Cancelled" });
});

test.each(["light", "dark"] as const)("a message is readable, in %s too", async (colorScheme) => {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width: 390, height: 800 });
  await inWalletPage(page, "connect", NAME);
  const data = `0x${Buffer.from("Log in to the Tickstream node at example\nNonce: 1").toString("hex")}`;
  const signing = inWalletPage(page, "signText", BOB, data);
  await dialog().waitFor();
  expect(await dialog().innerText()).toContain("Log in to the Tickstream node at example");
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const problems = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(root: Element): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run(document.querySelector("tickstream-development-wallet")!);
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
  expect(problems).toEqual([]);
  await dialog().getByRole("button", { name: "Sign" }).click();
  expect((await signing).value?.signature).toMatch(/^0x[0-9a-f]{128}$/);
});
