// SPDX-License-Identifier: Apache-2.0
// Paid seconds over WebRTC: the SDK's player in a real browser, on a real node and chain. What is paid is what is delivered, to the
// tick, whichever way media comes.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { login } from "../support/money/creator.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { account } from "../support/money/raw-chain.ts";
import { buildSdkPage, injectWallet, type SdkPage } from "../support/browser/sdk-page.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";

const SCRIPT = `
import { createClient, createPlayer, openSession, openTab, planck } from "@tickstream/sdk";
const client = createClient({ node: location.origin });
const extension = await window.injectedWeb3["polkadot-js"].enable("Test");
const [{ address }] = await extension.accounts.get();
const [stream] = (await client.liveStreams()).filter(({ rate }) => rate > 0n);
const wallet = { address, signer: extension.signer };
const deposits = new URLSearchParams(location.search).getAll("deposit");
for (const deposit of deposits) await openTab({ client, wallet, deposit: planck(deposit) });
const session = await openSession({ client, stream: stream.id, wallet, limit: planck(10n ** 15n), deposit: planck(10n ** 15n) });
const seen = { channels: new Set(), paid: 0, epochs: new Set(), proved: new Set(), transports: [], errors: [], exposure: 0 };
const proved = session.proved.bind(session);
session.proved = (epoch) => { seen.proved.add(epoch); proved(epoch); };
session.on("tick", ({ channel, paid, epochs }) => {
  seen.channels.add(channel);
  seen.paid += paid;
  for (const epoch of epochs) seen.epochs.add(epoch);
  seen.exposure = Math.max(seen.exposure, session.stats.exposure);
});
const player = await createPlayer({ video: document.querySelector("video"), session, latency: "lowest" });
player.on("transport", ({ transport, error }) => seen.transports.push(transport + ":" + (error?.code ?? "")));
player.on("error", (error) => seen.errors.push(error.code + " " + (error.details ?? "")));
session.on("error", (error) => seen.errors.push("session " + error.code + " " + (error.details ?? "")));
Object.assign(window, { session, player, seen });`;

/** A whole token a second: so that a small tab's channel is used up in seconds. */
const RATE = 10n ** 12n;

let sdkPage: SdkPage;
let system: TestSystem;
let stream: PaidStream;
let encoder: Encoder;
let browser: Chromium;

beforeAll(async () => {
  sdkPage = await buildSdkPage(SCRIPT);
  system = await startSystem({ node: { appsDir: sdkPage.folder } });
  stream = await system.createStream({ creator: "//Alice", title: "Low", rate: RATE });
  encoder = startEncoder({ url: stream.publishUrl, gopSeconds: 1 });
  await system.untilLive(stream);
  browser = await startChromium();
}, 120_000);

afterEach(async () => {
  for (const page of browser.context.pages()) await page.close();
});

afterAll(async () => {
  await browser?.close();
  await encoder?.stop();
  await system?.stop();
  await sdkPage?.remove();
}, 60_000);

interface View {
  state: string;
  transport: string;
  /** Milliseconds. */
  latency: number | null;
  frames: number;
  ticks: number;
  exposure: number;
  lost: number;
  paid: number;
  epochs: number[];
  proved: number[];
  transports: string[];
  errors: string[];
  /** The most that was ever unanswered. */
  mostExposed: number;
}

function look(page: Page): Promise<View> {
  return page.evaluate(async () => {
    const { session, player, seen } = globalThis as unknown as {
      session: { stats: { ticks: number; exposure: number; lost: number } };
      player: {
        state: { name: string; reason?: string };
        transport: string;
        stats(): Promise<{ framesShown: number; latencyMs: number | null }>;
      };
      seen: {
        paid: number;
        epochs: Set<number>;
        proved: Set<number>;
        transports: string[];
        errors: string[];
        exposure: number;
      };
    };
    const { framesShown, latencyMs } = await player.stats();
    const { ticks, exposure, lost } = session.stats;
    const { name, reason } = player.state;
    return {
      state: reason === undefined ? name : `${name}: ${reason}`,
      transport: player.transport,
      latency: latencyMs,
      frames: framesShown,
      ticks,
      exposure,
      lost,
      paid: seen.paid,
      epochs: [...seen.epochs],
      proved: [...seen.proved],
      transports: seen.transports,
      errors: seen.errors,
      mostExposed: seen.exposure,
    };
  });
}

async function open(query = "", { context } = browser): Promise<Page> {
  const page = await context.newPage();
  await injectWallet(page, await account("//Bob"));
  await page.goto(system.node.url + query);
  await page.waitForFunction(() => "player" in globalThis, undefined, { timeout: 60_000 });
  return page;
}

/**
 * Resolves once it plays this way, and frames come. A machine too busy to connect in four seconds makes the player fall back:
 * then it is asked again, as a viewer would.
 */
async function untilPlaying(page: Page, transport: string): Promise<void> {
  const ways = ["webrtc", "hls"].filter((way) => way !== transport);
  const wanted = async (): Promise<string> => {
    const { transport: now, state, errors } = await look(page);
    if (now === transport || state !== "playing") return `${now} ${state} ${errors.slice(-2).join()}`;
    await run(page, `for (const way of ${JSON.stringify([...ways, transport])}) player.setTransport(way)`);
    return `${now} ${state}`;
  };
  await expect
    .poll(wanted, { timeout: 60_000, interval: 1_000 })
    .toMatch(new RegExp(`^${transport} playing`));
  const { frames } = await look(page);
  await expect.poll(async () => (await look(page)).frames - frames, { timeout: 30_000 }).toBeGreaterThan(10);
}

/** Resolves when so many more epochs were delivered. */
async function untilDelivered(page: Page, more: number): Promise<View> {
  const wanted = (await look(page)).proved.length + more;
  await expect
    .poll(async () => (await look(page)).proved.length, { timeout: 60_000 })
    .toBeGreaterThanOrEqual(wanted);
  return look(page);
}

/** Ticks and epochs agree: none was paid for nothing, none was paid twice, none was had for nothing. */
async function expectExact(page: Page): Promise<View> {
  await run(page, "session.pause()");
  // What was decided when it was paused still has to be stored and said.
  await expect
    .poll(
      async () => {
        const { paid, ticks } = await look(page);
        return paid - ticks;
      },
      { timeout: 20_000 },
    )
    .toBe(0);
  const view = await look(page);
  expect(view.epochs).toHaveLength(view.ticks);
  expect(view.lost).toBe(0);
  expect(view.mostExposed).toBeLessThanOrEqual(1);
  const undelivered = view.epochs.filter((epoch) => !view.proved.includes(epoch));
  // The one bought ahead, and at the beginning the one whose keyframe had passed.
  expect(undelivered.length).toBeLessThanOrEqual(2);
  return view;
}

/** What the node has sold of the stream. */
async function ticksSold(): Promise<number> {
  const token = await login(system.node.url, stream.creator);
  const response = await fetch(`${system.node.url}/api/streams/${stream.id}/stats`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return ((await response.json()) as { earnings: { ticksSold: number } }).earnings.ticksSold;
}

const run = (page: Page, code: string): Promise<unknown> => page.evaluate(code);

test(
  "over WebRTC each second is paid once, a moment ahead, and delivered",
  { timeout: 120_000 },
  async () => {
    const page = await open();
    await untilPlaying(page, "webrtc");
    const { latency, transports } = await untilDelivered(page, 12);
    // Stopped in the page, the node's book says the same.
    const { ticks } = await expectExact(page);
    await expect.poll(ticksSold, { timeout: 20_000 }).toBe(ticks);
    // How it was while it played: a busy machine may have made it fall back.
    if (transports.length === 0) expect(latency).toBeLessThan(1_000);
  },
);

test(
  "changing the way media comes costs nothing: what was paid for is not paid again",
  { timeout: 180_000 },
  async () => {
    const page = await open();
    await untilPlaying(page, "webrtc");
    for (const transport of ["hls", "webrtc", "hls", "webrtc"]) {
      await run(page, `player.setTransport(${JSON.stringify(transport)})`);
      await untilPlaying(page, transport);
      await untilDelivered(page, 2);
    }
    const { transports } = await expectExact(page);
    expect(transports.length).toBeGreaterThanOrEqual(4);
  },
);

test("without money no media comes; with it, it does again", { timeout: 120_000 }, async () => {
  const page = await open();
  await untilPlaying(page, "webrtc");
  await run(page, "session.setLimit(session.stats.spent)");
  await expect.poll(async () => (await look(page)).state, { timeout: 20_000 }).toBe("blocked: limit-reached");
  const blocked = await look(page);
  await run(page, "session.setLimit(10n ** 15n)");
  await untilPlaying(page, "webrtc");
  await untilDelivered(page, 3);
  const { ticks } = await expectExact(page);
  expect(ticks).toBeGreaterThan(blocked.ticks);
});

test("a channel that is used up gives way to the next, and media goes on", { timeout: 180_000 }, async () => {
  // Another device, with two tabs of some ten seconds each.
  const device = await startChromium();
  try {
    const page = await open(`?deposit=${12n * RATE}&deposit=${12n * RATE}`, device);
    await untilPlaying(page, "webrtc");
    await expect.poll(() => run(page, "seen.channels.size"), { timeout: 60_000 }).toBe(2);
    await untilPlaying(page, "webrtc");
    await untilDelivered(page, 4);
    await expectExact(page);
  } finally {
    await device.close();
  }
});

test(
  "a node that is killed and comes back is found again, and nothing is paid twice",
  { timeout: 240_000 },
  async () => {
    const page = await open();
    await untilPlaying(page, "webrtc");
    await untilDelivered(page, 2);
    await system.node.kill();
    await encoder.stop();
    await expect.poll(async () => (await look(page)).state, { timeout: 40_000 }).not.toBe("playing");
    await system.node.start();
    encoder = startEncoder({ url: stream.publishUrl, gopSeconds: 1 });
    await untilPlaying(page, "webrtc");
    await untilDelivered(page, 3);
    const view = await look(page);
    expect(new Set(view.epochs).size).toBe(view.epochs.length);
    // A tick whose second the node forgot is owed, and buys another: there may be more seconds than ticks, never fewer.
    expect(view.ticks).toBeLessThanOrEqual(view.epochs.length);
    // The second that was paid for when the node died may never come.
    expect(view.lost).toBeLessThanOrEqual(1);
    expect(view.mostExposed).toBeLessThanOrEqual(1);
  },
);
