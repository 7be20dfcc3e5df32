// SPDX-License-Identifier: Apache-2.0
// `npm run bench:latency`: how late a paid second is. On the wire: from a frame's departure at the publisher to its decrypted bytes
// at a headless viewer. From glass to glass: from drawing a picture, through a live encoder, to the same picture on a page in
// Chromium. And how long a viewer waits for the first frame, paid and free.
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createClient, createReader, openSession, planck } from "@tickstream/sdk";
import { createFileStore } from "@tickstream/sdk/node";
import type { Page } from "playwright-core";
import { parseFlvClip } from "../../apps/cli/src/demo/flv-clip.ts";
import { startPublisher } from "../../apps/cli/src/demo/rtmp-publisher.ts";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { createOnNode, login } from "../support/money/creator.ts";
import { startEncoder } from "../support/media/encoder.ts";
import { pictureAge } from "../support/browser/picture-age.ts";
import { account } from "../support/money/raw-chain.ts";
import { inRepository } from "../support/system/repository.ts";
import { buildSdkPage, injectWallet } from "../support/browser/sdk-page.ts";
import { startSystem } from "../support/system/system.ts";
import { quantile, report } from "./cpu.ts";
import { elapse } from "./elapse.ts";
import { agesOf, stampClip } from "./stamped-clip.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    joins: { type: "string", default: "5" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log("bench:latency [--seconds 20] [--joins 5]");
  process.exit(0);
}
const SECONDS = Number(values.seconds);
const JOINS = Number(values.joins);
const RATE = 1_000_000_000n;
const LIMIT = 10n ** 12n;
const WARM_UP_MS = 3_000;

/** The page: plays a stream when told to, and says when the first frame was shown and how old each picture is. */
const PAGE = `
import { createClient, createPlayer, openSession, planck } from "@tickstream/sdk";
const client = createClient({ node: location.origin });
const video = document.querySelector("video");
window.firstFrame = async (kind, id) => {
  const started = performance.now();
  const shown = new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(performance.now() - started)));
  if (kind === "free") {
    const { playback } = await client.stream(id);
    window.player = await createPlayer({ video, playlistUrl: new URL(playback.hls, location.origin).href });
  } else {
    const extension = await window.injectedWeb3["polkadot-js"].enable("bench");
    const [{ address }] = await extension.accounts.get();
    window.session = await openSession({ client, stream: id, wallet: { address, signer: extension.signer }, limit: planck(${LIMIT}n) });
    window.player = await createPlayer({ video, session: window.session });
  }
  return shown;
};
window.leave = async () => { await window.player?.dispose(); await window.session?.dispose(); };
window.ready = true;`;

interface BenchPage {
  firstFrame(kind: "free" | "paid", id: string): Promise<number>;
  leave(): Promise<void>;
}

async function openPage(browser: Chromium, url: string): Promise<Page> {
  const page = await browser.context.newPage();
  page.on("pageerror", (error) => console.error(`page: ${error.message}`));
  await injectWallet(page, await account("//Dave"));
  await page.goto(url);
  await page.waitForFunction(() => "ready" in globalThis);
  return page;
}

/** Milliseconds from the wish to watch to the first frame, each time on a page opened anew. */
async function firstFrames(
  browser: Chromium,
  url: string,
  kind: "free" | "paid",
  id: string,
): Promise<number[]> {
  const waits: number[] = [];
  for (let i = 0; i < JOINS; i++) {
    const page = await openPage(browser, url);
    waits.push(
      await page.evaluate(([k, s]) => (globalThis as unknown as BenchPage).firstFrame(k, s), [
        kind,
        id,
      ] as const),
    );
    await page.evaluate(() => (globalThis as unknown as BenchPage).leave());
    await page.close();
  }
  return waits;
}

/** The age of each stamped picture at the moment a headless paying viewer has it decrypted. */
async function readAges(node: string, stream: string): Promise<number[]> {
  const device = await mkdtemp(join(tmpdir(), "tickstream-bench-"));
  const store = createFileStore(device);
  const client = createClient({ node, store });
  const wallet = await account("//Bob");
  const session = await openSession({
    client,
    stream,
    limit: planck(LIMIT),
    wallet,
  });
  const reader = await createReader({ session });
  const ages: number[] = [];
  let begin: number | undefined;
  for await (const part of reader) {
    const now = performance.now();
    begin ??= now + WARM_UP_MS;
    if (now >= begin) ages.push(...agesOf(part.bytes));
    if (now >= begin + SECONDS * 1_000) break;
  }
  await reader.dispose();
  await session.leave();
  await client.dispose();
  await store.close();
  await rm(device, { recursive: true, force: true });
  return ages;
}

console.log("Starting the system …");
const sdkPage = await buildSdkPage(PAGE);
const system = await startSystem({ durable: true, node: { appsDir: sdkPage.folder, logLevel: "warn" } });
const started: (() => Promise<unknown>)[] = [];
try {
  const clip = parseFlvClip(readFileSync(inRepository("apps/cli/demo/demo.flv")));
  const paid = await system.createStream({ creator: "//Alice", title: "Stamped clip", rate: RATE });
  const live = await system.createStream({ creator: "//Alice", title: "Live encoder", rate: RATE });
  const token = await login(system.node.url, await account("//Alice"));
  const free = await createOnNode(system.node.url, token, { title: "Free", free: true });
  const server = `rtmp://127.0.0.1:${system.node.rtmpPort}/live`;
  for (const [key, media] of [
    [paid.publishUrl.split("/").at(-1) ?? "", stampClip(clip)],
    [free.streamKey, clip],
  ] as const) {
    const publisher = startPublisher({ url: server, key, clip: media });
    started.push(() => publisher.stop());
  }
  const encoder = startEncoder({ url: live.publishUrl, gopSeconds: 1 });
  started.push(() => encoder.stop());
  await Promise.all([system.untilLive(paid), system.untilLive(live)]);

  console.log("The wire: a headless viewer reads …");
  const ages = await readAges(system.node.url, paid.id.toString());

  console.log("The glass: Chromium plays a live encoder's pictures …");
  const browser = await startChromium();
  started.push(() => browser.close());
  const page = await openPage(browser, system.node.url);
  await page.evaluate(
    (id) => (globalThis as unknown as BenchPage).firstFrame("paid", id),
    live.id.toString(),
  );
  await elapse(5);
  const glass: number[] = [];
  for (let i = 0; i < SECONDS * 4; i++) {
    glass.push(await pictureAge(page));
    await elapse(0.25);
  }
  await page.evaluate(() => (globalThis as unknown as BenchPage).leave());
  await page.close();

  console.log("The first frame: pages are opened anew …");
  const paidWaits = await firstFrames(browser, system.node.url, "paid", live.id.toString());
  const freeWaits = await firstFrames(browser, system.node.url, "free", free.id);
  const ms = (list: number[], share: number): number => Math.round(quantile(list, share));
  report(`${ages.length} frames on the wire, ${glass.length} pictures on the glass, ${JOINS} joins each`, [
    [
      "wire_p50_ms",
      ms(ages, 0.5),
      "a frame, from the publisher's socket to decrypted at a headless paying viewer",
    ],
    ["wire_p95_ms", ms(ages, 0.95), "parts are 250 ms: their first frame waits for the last"],
    [
      "glass_p50_ms",
      ms(glass, 0.5),
      "a picture, from drawn to shown: ffmpeg x264 zerolatency, hls.js in Chromium",
    ],
    ["glass_p95_ms", ms(glass, 0.95), ""],
    ["first_paid_frame_ms", ms(paidWaits, 0.5), "median, from the click to the first frame, with a tab"],
    ["first_free_frame_ms", ms(freeWaits, 0.5), "median, the same of a free stream"],
  ]);
} finally {
  for (const stop of started.toReversed()) await stop();
  await system.stop();
  await sdkPage.remove();
}
