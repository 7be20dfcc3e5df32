// SPDX-License-Identifier: Apache-2.0
// A paid stream over WebRTC: Chromium gets the frames of the ticks that were bought, and no other. The payments are made by hand, so
// that the test knows each.
import type { Epoch, OpenedMessage, TermsMessage } from "@tickstream/contracts-types";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import {
  commit,
  type HandCommitment,
  handKey,
  HandViewer,
  sessionProof,
} from "../support/money/hand-viewer.ts";
import type { LocalServer } from "../support/system/local-server.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";
import { openTabByHand } from "../support/money/tab.ts";
import { startWhepPages, WhepPage } from "../support/browser/whep-page.ts";

const UNIT = 1_000_000_000_000n;
const FPS = 30;
const PATIENCE = { timeout: 60_000, interval: 200 };

const key = handKey();
let system: TestSystem;
let stream: PaidStream;
let encoder: Encoder;
let browser: Chromium;
let pages: LocalServer;
let page: WhepPage;
let socket: HandViewer;
let terms: TermsMessage;
let promise: HandCommitment;
let ticket: string;
let paid = 0;

beforeAll(async () => {
  system = await startSystem({ node: { creditLimit: String(1_000n * UNIT) } });
  const [created, tab] = await Promise.all([
    system.createStream({ creator: "//Alice", title: "Paid by hand", rate: UNIT / 100n }),
    openTabByHand(system.api, "//Bob", 100n * UNIT, key.publicKey),
  ]);
  stream = created;
  encoder = startEncoder({ url: stream.publishUrl, gopSeconds: 1 });
  await system.untilLive(stream);
  browser = await startChromium();
  pages = await startWhepPages();
  page = new WhepPage(await browser.context.newPage());
  await page.open(pages.origin);
  socket = await HandViewer.connect(system.node.url);
  terms = await socket.terms(stream.id);
  promise = commit(key, terms, { tab: tab.id, nonce: 1, maxTicks: 200 });
  const { commitment, signature } = promise;
  const opened = await socket.ask(
    {
      type: "open",
      commitment: { ...commitment, anchor: Uint8Array.from(commitment.anchor) },
      signature: Uint8Array.from(signature),
    },
    "opened",
  );
  ticket = ticketOf(opened);
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await pages?.stop();
  await socket?.close();
  await encoder?.stop();
  await system?.stop();
}, 60_000);

const ticketOf = ({ ticket: bytes }: OpenedMessage): string => Buffer.from(bytes).toString("hex");
const whepUrl = (): string => `${system.node.url}/whep/${stream.id}`;
const frames = async (): Promise<number> => (await page.seen()).video?.framesDecoded ?? 0;
const keyframes = async (): Promise<number> => (await page.seen()).video?.keyFramesDecoded ?? 0;

async function buy(...epochs: Epoch[]): Promise<void> {
  paid += epochs.length;
  const preimage = Uint8Array.from(promise.chain.preimage(paid));
  const tick = { type: "tick" as const, channel: promise.channel, n: paid, preimage, epochs };
  const answer = await socket.ask(tick, "keys", "refused");
  if (answer.type === "refused") throw new Error(`${answer.code}: ${answer.message}`);
}

/** The next edge that this channel is told of, from `from` on. */
async function edge(from: Epoch): Promise<Epoch> {
  const due = await socket.next(
    ["due"],
    (message) => message.channel === promise.channel && message.edge >= from,
  );
  return due.edge;
}

/** Buys each tick as it comes, as many as wanted: the one on air first, and each next one before it begins. */
async function payFor(ticks: number): Promise<Epoch> {
  let next = (await edge(0)) + 1;
  // The newest one that was told of, not the first.
  for (const message of socket.received) if (message.type === "due") next = Math.max(next, message.edge + 1);
  for (let i = 0; i < ticks; i++, next++) {
    await edge(next - 1);
    await buy(next);
  }
  return next - 1;
}

test("without a ticket, with a wrong one, or with one of another stream, there is nothing", async () => {
  const refused = async (token?: string): Promise<number> =>
    (await page.watch(whepUrl(), { sound: false, ...(token === undefined ? {} : { token }) })).status;
  expect(await refused()).toBe(402);
  expect(await refused("00".repeat(16))).toBe(402);
});

test(
  "unpaid nothing, paid the picture, unpaid nothing again, paid again from a keyframe on",
  { timeout: 180_000 },
  async () => {
    expect((await page.watch(whepUrl(), { sound: false, token: ticket })).status).toBe(201);
    await expect.poll(async () => (await page.seen()).state, PATIENCE).toBe("connected");
    // Whoever watches over WebRTC is told of every tick that begins.
    const told = await edge(0);
    await edge(told + 2);
    expect(await frames()).toBe(0);

    const last = await payFor(3);
    await expect.poll(frames, PATIENCE).toBeGreaterThan(FPS);
    await edge(last + 2);
    const shown = await frames();
    // Three ticks' pictures and no more.
    expect(shown).toBeLessThanOrEqual(3 * FPS + 1);
    await edge(last + 4);
    expect(await frames()).toBe(shown);

    const before = await keyframes();
    await payFor(3);
    await expect.poll(frames, PATIENCE).toBeGreaterThan(shown + FPS);
    expect(await keyframes()).toBeGreaterThan(before);
    expect((await page.seen()).video?.packetsLost).toBe(0);
  },
);

test("a pay socket that comes back pays on for the session that stands", { timeout: 120_000 }, async () => {
  await socket.close();
  socket = await HandViewer.connect(system.node.url);
  terms = await socket.terms(stream.id);
  const opened = await socket.ask(
    {
      type: "resume",
      channel: promise.channel,
      n: paid,
      preimage: Uint8Array.from(promise.chain.preimage(paid)),
      signature: sessionProof(key, terms, promise.channel) as Uint8Array<ArrayBuffer>,
    },
    "opened",
  );
  expect(ticketOf(opened)).not.toBe(ticket);
  const shown = await frames();
  await payFor(3);
  await expect.poll(frames, PATIENCE).toBeGreaterThan(shown + FPS);

  // One payment is for one viewer: a second session takes the place of the first.
  const second = new WhepPage(await browser.context.newPage());
  await second.open(pages.origin);
  expect((await second.watch(whepUrl(), { sound: false, token: ticketOf(opened) })).status).toBe(201);
  await expect.poll(async () => (await page.seen()).state, PATIENCE).not.toBe("connected");
  await payFor(3);
  await expect
    .poll(async () => (await second.seen()).video?.framesDecoded ?? 0, PATIENCE)
    .toBeGreaterThan(FPS);
});
