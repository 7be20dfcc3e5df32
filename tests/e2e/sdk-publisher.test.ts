// SPDX-License-Identifier: Apache-2.0
// The SDK's publisher in a real browser, to a real node: by signaling and by WHIP, refused, moved to another network, and through a
// node's crash.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { createOnNode, login } from "../support/money/creator.ts";
import { FAKE_DEVICES } from "../support/browser/page-creator.ts";
import { account } from "../support/money/raw-chain.ts";
import { buildSdkPage, type SdkPage } from "../support/browser/sdk-page.ts";
import { startSystem, type TestSystem } from "../support/system/system.ts";

const SCRIPT = `
import { captureScreen, composePictureInPicture, captureCamera, createClient, createPlayer, createPublisher } from "@tickstream/sdk";
const client = createClient({ node: location.origin });
const states = [];
const troubles = [];
Object.assign(window, {
  states,
  troubles,
  async publish(options) {
    try {
      const publisher = window.publisher = await createPublisher({ client, source: { camera: { height: 360 }, microphone: true }, ...options });
      states.push(publisher.state.name);
      publisher.on("state", ({ name }) => states.push(name));
      return publisher.via;
    } catch (error) {
      return error.code;
    }
  },
  async sharePicture() {
    const [screen, camera] = [await captureScreen(), await captureCamera()];
    const composed = await composePictureInPicture({ screen: screen.video, camera, maxHeight: 240 });
    await publisher.replaceVideo(composed.track);
  },
  async watch(id, transport) {
    const video = document.querySelector("video");
    window.player = await createPlayer({ video, client, stream: await client.stream(id), transport, autoplay: "muted" });
    player.on("error", (error) => troubles.push(error.message.slice(0, 300)));
  },
});
window.isReady = true;`;

/** What the page's script puts there. */
interface PublisherWindow {
  states: string[];
  troubles: string[];
  publish(options: object): Promise<string>;
  sharePicture(): Promise<void>;
  watch(id: string, transport: string): Promise<void>;
  publisher: {
    stop(): Promise<void>;
    setMuted(muted: boolean): void;
    setEncoding(change: object): Promise<void>;
  };
  player: { stats(): Promise<{ transport: string; framesShown: number; width: number | null }> };
}

let sdkPage: SdkPage;
let system: TestSystem;
let browser: Chromium;
let viewers: Chromium;
let page: Page;
let stream: { id: string; streamKey: string };

beforeAll(async () => {
  sdkPage = await buildSdkPage(SCRIPT);
  system = await startSystem({ node: { appsDir: sdkPage.folder } });
  browser = await startChromium(FAKE_DEVICES);
  viewers = await startChromium();
  const token = await login(system.node.url, await account("//Bob"));
  stream = await createOnNode(system.node.url, token, { title: "From a browser", free: true });
}, 240_000);

afterAll(async () => {
  await viewers?.close();
  await browser?.close();
  await system?.stop();
  await sdkPage?.remove();
}, 120_000);

beforeEach(async () => {
  for (const old of browser.context.pages()) await old.close();
  page = await openPage(browser);
});

async function openPage({ context }: Chromium): Promise<Page> {
  const opened = await context.newPage();
  await opened.goto(system.node.url);
  await opened.waitForFunction(() => "isReady" in globalThis);
  return opened;
}

/** How often ICE credentials were agreed: answers over signaling, or by WHIP (201 begins, 200 to a PATCH restarts). */
function countNegotiations(watched: Page): () => number {
  let count = 0;
  watched.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      if (String(payload).includes('"type":"answer"')) count++;
    });
  });
  watched.on("response", (response) => {
    const method = response.request().method();
    if (!new URL(response.url()).pathname.startsWith("/whip/")) return;
    if ((method === "POST" && response.status() === 201) || (method === "PATCH" && response.status() === 200))
      count++;
  });
  return () => count;
}

const publish = (options: object): Promise<string> =>
  page.evaluate((given) => (globalThis as unknown as PublisherWindow).publish(given), options);
const states = (): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as PublisherWindow).states);
const stop = (): Promise<void> =>
  page.evaluate(() => (globalThis as unknown as PublisherWindow).publisher.stop());
const streamState = async (): Promise<string> => {
  const answer = await fetch(`${system.node.url}/api/streams/${stream.id}`);
  return ((await answer.json()) as { state: string }).state;
};
const untilState = (state: string): Promise<unknown> =>
  expect.poll(streamState, { timeout: 60_000, interval: 200 }).toBe(state);

/** Watches until `frames` pictures were shown; resolves with what the player says of itself then. */
async function watch(transport: "hls" | "webrtc", frames: number) {
  const viewer = await openPage(viewers);
  try {
    await viewer.evaluate(
      ([id, way]) => (globalThis as unknown as PublisherWindow).watch(id as string, way as string),
      [stream.id, transport],
    );
    const stats = () => viewer.evaluate(() => (globalThis as unknown as PublisherWindow).player.stats());
    await expect
      .poll(async () => (await stats()).framesShown, { timeout: 60_000, interval: 250 })
      .toBeGreaterThan(frames);
    return await stats();
  } catch (error) {
    const playlist = await (await fetch(`${system.node.url}/live/${stream.id}/index.m3u8`)).text();
    const troubles = await viewer.evaluate(() => (globalThis as unknown as PublisherWindow).troubles);
    throw new Error(
      `${transport}: not watched; the node's playlist is\n${playlist.slice(0, 700)}\n…\n${playlist.slice(-700)}\n${troubles.slice(0, 12).join("\n")}`,
      { cause: error },
    );
  } finally {
    await viewer.close();
  }
}

test.each(["signal", "whip"] as const)(
  "by %s, seen over LL-HLS and over WebRTC in another browser",
  async (via) => {
    expect(await publish({ stream: stream.id, streamKey: stream.streamKey, via })).toBe(via);
    await untilState("live");
    expect(await watch("hls", 20)).toMatchObject({ transport: "hls" });
    expect(await watch("webrtc", 20)).toMatchObject({ transport: "webrtc" });
    await stop();
    expect(await states()).toEqual(["live", "stopped"]);
    await untilState("waiting");
  },
  180_000,
);

test.each(["signal", "whip"] as const)(
  "a wrong key is refused by %s, at once and for good",
  async (via) => {
    expect(await publish({ stream: stream.id, streamKey: "ts_wrong", via })).toBe("publish-refused");
  },
  60_000,
);

test("where no WebSocket gets through, the creator's login publishes by WHIP", async () => {
  // As behind a proxy that keeps what comes to itself: the socket opens, and stays silent.
  await page.routeWebSocket(/\/signal$/, () => undefined);
  await page.reload();
  await page.waitForFunction(() => "isReady" in globalThis);
  const deleted = page.waitForResponse((response) => response.request().method() === "DELETE");
  const token = await login(system.node.url, await account("//Bob"));
  expect(await publish({ stream: stream.id, login: { token } })).toBe("whip");
  await untilState("live");
  await watch("webrtc", 20);
  await stop();
  expect((await deleted).status()).toBe(200);
  await untilState("waiting");
}, 120_000);

test("one picture is put in place of another without an interruption", async () => {
  await publish({ stream: stream.id, streamKey: stream.streamKey });
  await untilState("live");
  const before = system.node.log;
  await page.evaluate(async () => {
    const script = globalThis as unknown as PublisherWindow;
    script.publisher.setMuted(true);
    await script.sharePicture();
    await script.publisher.setEncoding({ frameRate: 15 });
  });
  await watch("hls", 20);
  expect(system.node.log.slice(before.length)).not.toContain("publisher gone");
  await stop();
}, 120_000);

test.each(["signal", "whip"] as const)(
  "on another network, ICE is restarted by %s as the same broadcast",
  async (via) => {
    const negotiations = countNegotiations(page);
    await publish({ stream: stream.id, streamKey: stream.streamKey, via });
    await untilState("live");
    const before = system.node.log;
    expect(negotiations()).toBe(1);
    // What a browser tells a page that has come to another network.
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await expect.poll(negotiations, { timeout: 30_000 }).toBe(2);
    await watch("webrtc", 60);
    expect(await states()).toEqual(["live"]);
    expect(system.node.log.slice(before.length)).not.toContain("publisher gone");
    await stop();
  },
  120_000,
);

test("a node that crashes gets the broadcast back when it is up again, from the same page", async () => {
  await publish({ stream: stream.id, streamKey: stream.streamKey });
  await untilState("live");
  await system.node.kill();
  await expect.poll(states, { timeout: 60_000 }).toContain("reconnecting");
  await system.node.start();
  await expect.poll(async () => (await states()).at(-1), { timeout: 90_000 }).toBe("live");
  await untilState("live");
  await watch("hls", 20);
  await stop();
}, 240_000);
