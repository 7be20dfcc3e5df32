// SPDX-License-Identifier: Apache-2.0
// Chromium plays what ffmpeg publishes, by hls.js as it is; and the browser's own cryptography decrypts a protected stream.
import { setTimeout as delay } from "node:timers/promises";
import { parseMediaUri, streamId } from "@tickstream/contracts-types";
import { createKeyVault } from "@tickstream/media-node/streaming";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { readPlaylist } from "../support/media/ll-hls-validator.ts";
import { play, playerState, servePlayerPage } from "../support/browser/player-page.ts";
import { startStreamingNode, type StreamingNode } from "../support/system/streaming-node.ts";

let browser: Chromium;
let page: Page;
let node: StreamingNode;
let encoder: Encoder;

beforeEach(async () => {
  browser = await startChromium();
  page = await browser.context.newPage();
});
afterEach(async () => {
  await browser.close();
  await encoder.stop();
  await node.stop();
});

test("hls.js plays near its target latency without a stall", { timeout: 60_000 }, async () => {
  node = await startStreamingNode({ page: servePlayerPage });
  encoder = startEncoder({ url: node.publishUrl(), gopSeconds: 1 });
  await expect.poll(() => node.streams.get("demo")?.edgeEpoch() ?? 0, { timeout: 15_000 }).toBeGreaterThan(3);
  await play(page, node.origin, node.playlistUrl());
  await expect.poll(async () => (await playerState(page)).firstFrameMs, { timeout: 10_000 }).not.toBeNull();
  await expect.poll(async () => (await playerState(page)).time, { timeout: 10_000 }).toBeGreaterThan(0);
  const before = await playerState(page);
  await delay(8_000); // what is looked at is eight seconds of playing
  const after = await playerState(page);
  expect(after.fatalErrors).toEqual([]);
  expect(after.width).toBe(320);
  expect(after.time - before.time).toBeGreaterThan(7);
  expect(after.stalls).toBeLessThanOrEqual(1);
  expect(after.targetLatency).toBeLessThan(1);
  expect(after.latency).toBeLessThan(after.targetLatency + 1.5);
});

test("a player goes on by itself after its publisher was gone", { timeout: 90_000 }, async () => {
  node = await startStreamingNode({ page: servePlayerPage });
  encoder = startEncoder({ url: node.publishUrl(), gopSeconds: 1 });
  await expect.poll(() => node.streams.get("demo")?.edgeEpoch() ?? 0, { timeout: 15_000 }).toBeGreaterThan(3);
  await play(page, node.origin, node.playlistUrl());
  await expect.poll(async () => (await playerState(page)).time, { timeout: 10_000 }).toBeGreaterThan(0);
  await encoder.program.stop("SIGKILL");
  await expect.poll(() => node.streams.get("demo")?.state).toBe("waiting");
  await delay(15_000); // longer than any request is held
  const stopped = await playerState(page);
  expect(stopped.fatalErrors).toEqual([]);
  encoder = startEncoder({ url: node.publishUrl(), gopSeconds: 1 });
  await expect.poll(() => node.streams.get("demo")?.state, { timeout: 10_000 }).toBe("live");
  await expect
    .poll(async () => (await playerState(page)).time - stopped.time, { timeout: 10_000 })
    .toBeGreaterThan(1);
  await delay(4_000);
  const after = await playerState(page);
  expect(after.fatalErrors).toEqual([]);
  expect(after.time - stopped.time).toBeGreaterThan(4);
  expect(after.latency).toBeLessThan(4);
});

test(
  "a protected stream decrypts by the coordinates in its URLs, and by nothing else",
  { timeout: 60_000 },
  async () => {
    const genesisHash = new Uint8Array(32).fill(3);
    const stream = streamId(12n);
    const vault = createKeyVault({ streamSecret: new Uint8Array(32).fill(4), genesisHash, stream });
    node = await startStreamingNode({
      page: servePlayerPage,
      stream: { protection: { kind: "epoch", stream, genesisHash, vault, rendition: 1 } },
    });
    encoder = startEncoder({ url: node.publishUrl(), gopSeconds: 1 });
    await expect
      .poll(() => node.streams.get("demo")?.edgeEpoch() ?? 0, { timeout: 15_000 })
      .toBeGreaterThan(3);
    const text = await (await fetch(node.playlistUrl())).text();
    const segments = readPlaylist(text).segments.filter((segment) => segment.uri !== undefined);
    const uris = [
      ...segments.map((segment) => segment.uri as string),
      ...segments.flatMap((s) => s.parts.map((p) => p.uri)),
    ];
    const jobs = uris.map((uri) => {
      const media = parseMediaUri(uri);
      const ranges = media.kind === "init" ? [] : media.cipher;
      return { uri, ranges: ranges.map((range) => ({ ...range, key: [...vault.key(range.epoch)] })) };
    });
    await page.goto(`${node.origin}/`);
    const boxes = await page.evaluate(
      async ({ base, jobs, rendition }) => {
        const names = (bytes: Uint8Array): string => {
          const found: string[] = [];
          const view = new DataView(bytes.buffer);
          for (
            let at = 0;
            at + 8 <= bytes.length && found.length < 100;
            at += Math.max(8, view.getUint32(at))
          ) {
            found.push(String.fromCharCode(...bytes.subarray(at + 4, at + 8)));
          }
          return found.join(" ");
        };
        const results: { uri: string; before: string; after: string; parts: number }[] = [];
        for (const { uri, ranges } of jobs) {
          const ciphertext = await (await fetch(new URL(uri, base))).arrayBuffer();
          const plaintext = new Uint8Array(ciphertext.byteLength);
          let at = 0;
          for (const { key, run, block, bytes = ciphertext.byteLength } of ranges) {
            const counter = new Uint8Array(16);
            const view = new DataView(counter.buffer);
            view.setUint32(0, rendition);
            view.setUint32(4, run);
            view.setBigUint64(8, BigInt(block));
            const imported = await crypto.subtle.importKey("raw", Uint8Array.from(key), "AES-CTR", false, [
              "decrypt",
            ]);
            const piece = ciphertext.slice(at, at + bytes);
            plaintext.set(
              new Uint8Array(
                await crypto.subtle.decrypt({ name: "AES-CTR", counter, length: 64 }, imported, piece),
              ),
              at,
            );
            at += bytes;
          }
          results.push({
            uri,
            before: names(new Uint8Array(ciphertext)),
            after: names(plaintext),
            parts: ranges.length,
          });
        }
        return results;
      },
      { base: node.playlistUrl(), jobs, rendition: 1 },
    );
    expect(boxes.length).toBeGreaterThan(4);
    for (const { uri, before, after, parts } of boxes) {
      expect(after, uri).toBe(Array.from({ length: parts }, () => "moof mdat").join(" "));
      expect(before).not.toContain("moof");
    }
  },
);
