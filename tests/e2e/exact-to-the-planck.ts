// SPDX-License-Identifier: Apache-2.0
// What “exact to the planck” means, whatever the chain: three viewers pay a live stream by the second, and afterwards every
// planck is where the protocol says. The tests beside run it on each chain.
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Epoch, parseMediaUri, planck, type Planck, splitTicks } from "@tickstream/contracts-types";
import { expect } from "vitest";
import type { AuditedChannel } from "../support/money/audit-book.ts";
import type { Audit } from "../support/money/audit.ts";
import type { ChainKind } from "../support/system/chain.ts";
import { startEncoder } from "../support/media/encoder.ts";
import { type HeadlessViewer, startHeadlessViewer } from "../support/money/headless-viewer.ts";
import { countPackets, entropy, locateRun, readPackets } from "../support/media/packets.ts";
import { type PageViewer, startPageViewer } from "../support/browser/page-viewer.ts";
import { account, accountHex, sendFinal } from "../support/money/raw-chain.ts";
import { OPERATOR, type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";
import { startTamperingProxy, type TamperingProxy } from "../support/money/tampering-proxy.ts";
import { VIEWER_SETTINGS } from "../support/browser/viewer-steps.ts";

const UNIT = 1_000_000_000_000n;

/** Shares and a rate that divide into nothing evenly, so that every rounding shows. */
const RATE = planck(1_234_567_891n);
const OPERATOR_SHARE = 77_777_777;
const PAYEES = [
  { suri: "//Alice", share: 500_000_001 },
  { suri: "//Dave", share: 333_333_333 },
  { suri: "//Eve", share: 166_666_666 },
];
const DEPOSIT = 50n * UNIT;

/** Everything that is started, so that it is stopped whatever fails. */
interface Stage {
  system: TestSystem;
  folder: string;
  stops: (() => Promise<unknown>)[];
}

/** Runs the whole measure on a chain. */
export async function measureExactness(chain: ChainKind): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tickstream-exact-"));
  const stage: Partial<Stage> & Pick<Stage, "stops"> = { stops: [] };
  try {
    const system = await startSystem({ chain, node: VIEWER_SETTINGS });
    stage.stops.push(() => system.stop());
    await measure({ system, folder, stops: stage.stops });
  } finally {
    for (const stop of stage.stops.toReversed()) await stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(stage: Stage): Promise<void> {
  const { system, folder, stops } = stage;
  const stream = await system.createStream({
    creator: "//Alice",
    title: "Exact",
    rate: RATE,
    operatorShare: OPERATOR_SHARE,
    payees: await Promise.all(
      PAYEES.map(async ({ suri, share }) => ({ account: (await account(suri)).address, share })),
    ),
  });
  const sent = join(folder, "sent.flv");
  const encoder = startEncoder({ url: stream.publishUrl, copy: sent, gopSeconds: 2 });
  stops.push(() => encoder.stop());
  await system.untilLive(stream);

  const received = join(folder, "received.mp4");
  const [inPage, staying, leaving] = await Promise.all([
    startPage(stage, stream),
    startHeadless(stage, stream, "//Bob", received),
    startHeadless(stage, stream, "//Charlie"),
  ]);

  // Watching: one leaves early, two stay; a fourth takes everything that can be had for nothing.
  await leaving.viewer.until(() => leaving.viewer.epochs.size >= 4, "four seconds");
  await leaving.viewer.leave();
  const stolen = join(folder, "stolen.mp4");
  const cipher = await downloadWithoutPaying(stream.playlistUrl, stolen);
  await staying.viewer.until(() => staying.viewer.epochs.size >= 10, "ten seconds");
  await inPage.until(
    () => inPage.paid >= 8 && inPage.epochs.size === inPage.paid,
    "eight seconds in Chromium",
  );
  const played = await inPage.played();
  await Promise.all([staying.viewer.leave(), inPage.stop()]);
  await encoder.stop();

  // The media.
  expect(played.frames).toBeGreaterThan(60);
  expect(played.width).toBe(320);
  expect(inPage.complaints).toEqual([]);
  await expectFramesAsSent(received, sent, staying.viewer);
  expect(cipher.length).toBeGreaterThan(64 << 10);
  expect(entropy(cipher)).toBeGreaterThan(7.99);
  expect(await countPackets(stolen)).toBe(0);

  // The money.
  const ended = await system.auditor.until(
    ({ channels }) => channels.size === 3 && [...channels.values()].every((channel) => channel.ended),
    "the end of all channels",
  );
  await refundTabs(system, ended, inPage);
  const audit = await system.auditor.audit();
  expect(audit.problems).toEqual([]);
  await expectExact(audit, [
    { owner: "//Bob", ticks: countKeys(staying.proxy) },
    { owner: "//Charlie", ticks: countKeys(leaving.proxy) },
    { owner: "//Ferdie", ticks: inPage.epochs.size },
  ]);
}

async function startPage(stage: Stage, stream: PaidStream): Promise<PageViewer> {
  const deposit = (DEPOSIT / UNIT).toString();
  const viewer = await startPageViewer({
    node: stage.system.node.url,
    stream: stream.id,
    account: "Ferdie",
    deposit,
  });
  stage.stops.push(() => viewer.close());
  return viewer;
}

/** The SDK behind a proxy that changes nothing and counts the keys that the node hands out. */
async function startHeadless(
  stage: Stage,
  stream: PaidStream,
  suri: string,
  file?: string,
): Promise<{ viewer: HeadlessViewer; proxy: TamperingProxy }> {
  const proxy = await startTamperingProxy(stage.system.node.url);
  stage.stops.push(() => proxy.stop());
  const viewer = await startHeadlessViewer({
    node: proxy.url,
    stream: stream.id,
    suri,
    limit: UNIT,
    deposit: DEPOSIT,
    ...(file === undefined ? {} : { file }),
  });
  stage.stops.push(() => viewer.stop());
  return { viewer, proxy };
}

/** Distinct epochs whose keys the node handed out. */
function countKeys(proxy: TamperingProxy): number {
  const epochs = new Set<Epoch>();
  for (const message of proxy.fromNode) {
    if (message.type === "keys") for (const { epoch } of message.keys) epochs.add(epoch);
  }
  return epochs.size;
}

/** What a paying viewer wrote is one run of the very packets that the encoder sent, and as long as what it paid. */
async function expectFramesAsSent(received: string, sent: string, viewer: HeadlessViewer): Promise<void> {
  const [got, had] = await Promise.all([readPackets(received), readPackets(sent)]);
  const video = locateRun(got.video, had.video);
  const audio = locateRun(got.audio, had.audio);
  const seconds = viewer.epochs.size;
  // 30 frames a second; the first and the last epoch are bought whole and may be watched in part.
  expect(video.count).toBeGreaterThan((seconds - 2) * 30 - 30);
  expect(video.count).toBeLessThanOrEqual(seconds * 30 + 8);
  // 48,000 samples a second, 1,024 a packet.
  expect(audio.count).toBeGreaterThan((seconds - 2) * 46 - 46);
}

/** Takes every part and segment that is listed, as they are. */
async function downloadWithoutPaying(playlistUrl: string, file: string): Promise<Uint8Array> {
  const playlist = await (await fetch(playlistUrl)).text();
  const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)?.[1];
  const parts = [...playlist.matchAll(/^#EXT-X-PART:.*?URI="([^"]+)"/gm)].map((match) => match[1] as string);
  const segments = playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(init).toBeDefined();
  expect(parts.length).toBeGreaterThan(3);
  const output = createWriteStream(file);
  output.write(await bytesOf(new URL(init as string, playlistUrl)));
  const cipher: Uint8Array[] = [];
  for (const uri of [...segments, ...parts]) {
    const media = parseMediaUri(uri);
    expect(media.kind !== "init" && media.cipher.length > 0).toBe(true);
    const bytes = await bytesOf(new URL(uri, playlistUrl));
    cipher.push(bytes);
    output.write(bytes);
  }
  await new Promise((resolve) => output.end(resolve));
  return Buffer.concat(cipher);
}

async function bytesOf(url: URL): Promise<Uint8Array> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

/** Every owner closes their tab: in the page by its button, the others by their wallets. */
async function refundTabs(system: TestSystem, audit: Audit, inPage: PageViewer): Promise<void> {
  const ferdie = accountHex(await account("//Ferdie"));
  expect(await inPage.refund()).toMatch(/came back to your wallet/);
  for (const suri of ["//Bob", "//Charlie"]) {
    const owner = await account(suri);
    const [id] = [...audit.tabs].find(([, tab]) => tab.owner === accountHex(owner)) ?? [];
    const close = system.api.tx.tickStream?.closeTab?.(id);
    if (close === undefined) throw new Error(`${suri} has no tab`);
    await sendFinal(system.api, close, owner);
  }
  expect([...audit.tabs.values()].some(({ owner }) => owner === ferdie)).toBe(true);
}

/** Ticks × rate, split by the terms, is what each side has; and each tab is empty by exactly that and its fee. */
async function expectExact(audit: Audit, viewers: { owner: string; ticks: number }[]): Promise<void> {
  const terms = { rate: RATE, operatorShare: OPERATOR_SHARE, payees: PAYEES.map(({ share }) => share) };
  const payees = PAYEES.map(() => 0n);
  let [operator, openFees] = [0n, 0n];
  for (const { owner, ticks } of viewers) {
    const address = accountHex(await account(owner));
    const [id, tab] = [...audit.tabs].find(([, found]) => found.owner === address) ?? [];
    const channels = [...audit.channels.values()].filter((channel) => channel.tab === id);
    expect(channels).toHaveLength(1);
    const [channel] = channels as [AuditedChannel];
    expect({ owner, ticks: channel.ticks }).toEqual({ owner, ticks });
    const split = splitTicks(terms, 0, ticks);
    expect(split.total).toBe(BigInt(ticks) * RATE);
    expect(channel.paid).toBe(split.total);
    expect(channel.operatorPaid).toBe(split.operator);
    expect(channel.payeesPaid).toEqual(split.payees);
    expect(tab?.deposited).toBe(DEPOSIT);
    expect(tab?.spent).toBe(split.total + channel.openFee);
    expect(tab?.returned).toBe(DEPOSIT - split.total - channel.openFee);
    split.payees.forEach((amount: Planck, i) => (payees[i] = (payees[i] ?? 0n) + amount));
    operator += split.operator;
    openFees += channel.openFee;
  }
  for (const [i, { suri }] of PAYEES.entries()) {
    expect(audit.flow(accountHex(await account(suri))).payee).toBe(payees[i]);
  }
  const { operator: earned, openFees: fees } = audit.flow(accountHex(await account(OPERATOR)));
  expect({ earned, fees }).toEqual({ earned: operator, fees: openFees });
}
