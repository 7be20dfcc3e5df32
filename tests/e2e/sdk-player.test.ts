// SPDX-License-Identifier: Apache-2.0
// The SDK's README example, word for word, in a real browser, on a real node and chain.
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { account } from "../support/money/raw-chain.ts";
import { inRepository } from "../support/system/repository.ts";
import { buildSdkPage, injectWallet, type SdkPage } from "../support/browser/sdk-page.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";

/** Keeps what is looked at, and how long each key was waited for, in milliseconds. */
const INSTRUMENTS = `
const keyWaits = [];
const key = session.key.bind(session);
session.key = async (...parameters) => {
  const asked = performance.now();
  const got = await key(...parameters);
  keyWaits.push(performance.now() - asked);
  return got;
};
Object.assign(window, { session, player, keyWaits });`;

let sdkPage: SdkPage;
let system: TestSystem;
let stream: PaidStream;
let encoder: Encoder;
let browser: Chromium;

beforeAll(async () => {
  const readme = await readFile(inRepository("sdk/README.md"), "utf8");
  const example = /```ts\n([^]*?)```/.exec(readme)![1]!;
  // What the test looks at; the example itself is not touched.
  sdkPage = await buildSdkPage(`${example}\n${INSTRUMENTS}`);
  system = await startSystem({ node: { appsDir: sdkPage.folder } });
  stream = await system.createStream({ creator: "//Alice", title: "An example", rate: 1_000_000_000n });
  encoder = startEncoder({ url: stream.publishUrl, gopSeconds: 2 });
  await system.untilLive(stream);
  browser = await startChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await encoder?.stop();
  await system?.stop();
  await sdkPage?.remove();
}, 60_000);

/** What the page knows, in terms of the test. */
interface View {
  player: string;
  reason: string | null;
  time: number;
  frames: number;
  latencyMs: number | null;
  ticks: number;
  spent: string;
  lost: number;
  exposure: number;
  stalls: number;
  keyWaits: number[];
}

function look(page: Page): Promise<View> {
  return page.evaluate(() => {
    const { session, player, stalls, keyWaits } = globalThis as unknown as {
      session: { stats: { ticks: number; spent: bigint; lost: number; exposure: number } };
      player: { state: { name: string; reason?: string }; latencyMs: number | null };
      stalls?: number;
      keyWaits: number[];
    };
    const video = document.querySelector("video")!;
    const { ticks, spent, lost, exposure } = session.stats;
    return {
      player: player.state.name,
      reason: player.state.reason ?? null,
      time: video.currentTime,
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
      latencyMs: player.latencyMs,
      ticks,
      spent: String(spent),
      lost,
      exposure,
      stalls: stalls ?? 0,
      keyWaits,
    };
  });
}

async function open(): Promise<{ page: Page; signatures: () => number; errors: string[] }> {
  const page = await browser.context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  const { signatures } = await injectWallet(page, await account("//Bob"));
  await page.goto(system.node.url);
  await page.waitForFunction(() => "player" in globalThis, undefined, { timeout: 40_000 });
  await expect.poll(async () => (await look(page)).player, { timeout: 15_000 }).toBe("playing");
  return { page, signatures, errors };
}

test(
  "the README's example plays and pays, without a stall, near the live edge",
  { timeout: 90_000 },
  async () => {
    const { page, signatures, errors } = await open();
    expect(signatures()).toBe(1);
    await page.evaluate(() => {
      const seen = globalThis as { stalls?: number };
      const count = () => void (seen.stalls = (seen.stalls ?? 0) + 1);
      document.querySelector("video")!.addEventListener("waiting", count);
    });
    const before = await look(page);
    await delay(10_000); // what is looked at is ten seconds of playing
    const after = await look(page);
    expect(errors).toEqual([]);
    expect(after.time - before.time).toBeGreaterThan(9);
    // One key ahead: none is waited for. (A busy machine may still deliver a part late, once.)
    const waits = after.keyWaits.slice(before.keyWaits.length);
    expect(waits.length).toBeGreaterThanOrEqual(9);
    expect(Math.max(...waits)).toBeLessThan(100);
    expect(after.stalls).toBeLessThanOrEqual(1);
    expect(after.latencyMs).toBeLessThan(3_000);
    // A tick a second, give or take where the seconds begin.
    expect(after.ticks - before.ticks).toBeGreaterThanOrEqual(9);
    expect(after.ticks - before.ticks).toBeLessThanOrEqual(11);
    expect(after).toMatchObject({ lost: 0, player: "playing" });

    // The spending limit stops it, with the reason; what was paid is played to its end.
    await page.evaluate(() => {
      const { session } = globalThis as unknown as {
        session: { stats: { spent: bigint }; setLimit(limit: bigint): void };
      };
      session.setLimit(session.stats.spent);
    });
    await expect.poll(async () => (await look(page)).player, { timeout: 10_000 }).toBe("blocked");
    const blocked = await look(page);
    expect(blocked.reason).toBe("limit-reached");
    await delay(5_000); // the stream goes on without this viewer
    expect((await look(page)).ticks).toBe(blocked.ticks);

    // Paid again: back at the live edge within a second.
    const resumedMs = await page.evaluate(async () => {
      const { session } = globalThis as unknown as { session: { setLimit(limit: bigint): void } };
      const video = document.querySelector("video")!;
      const started = performance.now();
      const playing = new Promise<void>((resolve) => {
        const shown = () =>
          video.currentTime > 0 && !video.paused ? resolve() : video.requestVideoFrameCallback(shown);
        video.addEventListener("seeked", () => video.requestVideoFrameCallback(shown), { once: true });
      });
      session.setLimit(10n ** 12n);
      await playing;
      return performance.now() - started;
    });
    const resumed = await look(page);
    expect(resumedMs).toBeLessThan(1_000);
    expect(resumed.latencyMs).toBeLessThan(3_000);
    // Nothing of what was missed was paid for.
    expect(resumed.ticks - blocked.ticks).toBeLessThanOrEqual(4);
    await page.close();
  },
);

test(
  "a reload goes on with the same channel and asks the wallet for nothing",
  { timeout: 60_000 },
  async () => {
    const { page, signatures } = await open();
    expect(signatures()).toBe(0);
    await expect.poll(async () => (await look(page)).ticks, { timeout: 10_000 }).toBeGreaterThan(2);
    await page.click("button");
    await expect.poll(async () => (await look(page)).player).toBe("ended");
    await page.close();
  },
);

test("payment, hls.js and the chain client are no part of what a page loads first", () => {
  const heavy = /node_modules\/(hls\.js|@polkadot)|chain-client\/src|sdk\/src\/(payment|player|reader|store)/;
  expect(sdkPage.eagerSources.length).toBeGreaterThan(3);
  expect(sdkPage.eagerSources.filter((source) => heavy.test(source))).toEqual([]);
});
