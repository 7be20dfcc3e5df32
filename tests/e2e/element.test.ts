// SPDX-License-Identifier: Apache-2.0
// <tickstream-player> in a plain page of another site: the docs' example, the published bundle, a real node and chain, and a
// wallet extension's protocol.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { createOnNode, login } from "../support/money/creator.ts";
import { type BuiltElement, buildElement, serveExamplePage } from "../support/browser/element.ts";
import type { LocalServer } from "../support/system/local-server.ts";
import { listenForComplaints } from "../support/browser/page-complaints.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { createExtensionLikeWallet } from "../support/browser/extension-like-wallet.ts";
import { account } from "../support/money/raw-chain.ts";
import { inRepository } from "../support/system/repository.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";

const PREVIEW_TICKS = 4;

let element: BuiltElement;
let system: TestSystem;
let paid: PaidStream;
let free: { id: string; streamKey: string };
let encoders: Encoder[] = [];
let browser: Chromium;
let site: LocalServer | undefined;

beforeAll(async () => {
  element = await buildElement();
  system = await startSystem({ node: { elementDir: element.folder, previewTicks: PREVIEW_TICKS } });
  paid = await system.createStream({ creator: "//Alice", title: "My garden", rate: 1_000_000_000n });
  const token = await login(system.node.url, await account("//Alice"));
  free = await createOnNode(system.node.url, token, { title: "For nothing", free: true });
  encoders = [paid.publishUrl, `rtmp://127.0.0.1:${system.node.rtmpPort}/live/${free.streamKey}`].map((url) =>
    startEncoder({ url, gopSeconds: 1 }),
  );
  await system.untilLive(paid);
  browser = await startChromium();
}, 120_000);

afterEach(async () => {
  for (const page of browser.context.pages()) await page.close();
  await site?.stop();
  site = undefined;
});

afterAll(async () => {
  await browser?.close();
  await Promise.all(encoders.map((encoder) => encoder.stop()));
  await system?.stop();
  await element?.remove();
}, 60_000);

async function open(tag: string): Promise<{ page: Page; complaints: readonly string[] }> {
  site = await serveExamplePage(system.node.url, tag);
  const page = await browser.context.newPage();
  const complaints = listenForComplaints(page);
  await page.goto(site.origin);
  return { page, complaints };
}

const shownSeconds = (page: Page): Promise<number> =>
  page.locator("tickstream-player video").evaluate((video: HTMLVideoElement) => video.currentTime);

/** What axe-core finds wrong, in the element too. */
async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(inRepository("node_modules/axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
}

test("a free stream plays in any page, by a tag and a script", { timeout: 60_000 }, async () => {
  const { page, complaints } = await open(
    `<tickstream-player stream="${free.id}" autoplay muted></tickstream-player>`,
  );
  await expect.poll(() => shownSeconds(page), { timeout: 30_000 }).toBeGreaterThan(1);
  expect(await page.getByRole("button", { name: "Stop paying" }).isVisible()).toBe(false);
  await page.locator("tickstream-player").hover();
  await page.getByRole("button", { name: "Pause" }).press("k");
  await page.getByRole("button", { name: "Play" }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test(
  "a paid stream: the preview, then the visitor's wallet, by the second, until the visitor stops",
  { timeout: 120_000 },
  async () => {
    const extension = await createExtensionLikeWallet({ accounts: ["Bob", "Dave"] });
    await extension.install(browser.context);
    const { page, complaints } = await open(
      `<tickstream-player stream="${paid.id}" limit="0.5" muted></tickstream-player>`,
    );
    const button = (name: string | RegExp) => page.getByRole("button", { name });
    await button(/Watch for 0.06 UNIT a minute/).waitFor({ timeout: 30_000 });
    expect(await accessibilityProblems(page)).toEqual([]);
    await button("Watch a preview").click();
    await expect.poll(() => shownSeconds(page), { timeout: 30_000 }).toBeGreaterThan(1);
    await page.getByText("The preview is over.").waitFor({ timeout: 30_000 });
    expect(extension.messages).toEqual([]);

    await button(/Keep watching for/).click();
    await button(/^Dave/).click();
    await page.getByText(/Thank you for [5-9] seconds/).waitFor({ timeout: 60_000 });
    expect(extension.messages.filter(({ message }) => message.includes("sign"))).toHaveLength(1);
    await page.locator("tickstream-player").hover();
    expect(await accessibilityProblems(page)).toEqual([]);
    await button("Stop paying").click();
    await page.getByText(/You watched \d+ s for 0\.\d+ UNIT/).waitFor();
    expect(complaints).toEqual([]);
  },
);

test("a limit that is no amount is told, and nothing can be paid", { timeout: 60_000 }, async () => {
  const { page } = await open(`<tickstream-player stream="${paid.id}" limit="half"></tickstream-player>`);
  await page.getByText(/Not an amount/).waitFor({ timeout: 30_000 });
  expect(await page.getByRole("button", { name: /Watch/ }).count()).toBe(0);
});

test("a stream that is not there says so", { timeout: 60_000 }, async () => {
  const { page } = await open(`<tickstream-player stream="999999" lang="de"></tickstream-player>`);
  await page.getByText("Der Stream ist nicht erreichbar.").waitFor({ timeout: 30_000 });
  await page.getByRole("button", { name: "Erneut versuchen" }).waitFor();
});
