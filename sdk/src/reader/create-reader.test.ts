// SPDX-License-Identifier: Apache-2.0
import { accountId, planck } from "@tickstream/contracts-types";
import { afterEach, expect, test } from "vitest";
import { MediaIndex } from "../media/media-index.ts";
import { createPaySession } from "../payment/session/create-pay-session.ts";
import { PaySocket } from "../payment/session/pay-socket.ts";
import { createMemoryStore } from "../store/memory.ts";
import { createTestNode } from "../testing/test-node.ts";
import { createReader, type ReaderPart } from "./create-reader.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function setUp() {
  const store = createMemoryStore();
  const key = await store.sessionKey();
  const node = await createTestNode({ sessionPublicKey: key.publicKey });
  await store.putTab({
    genesisHash: node.genesisHash,
    tab: 1n,
    owner: accountId(new Uint8Array(32)),
    deposit: planck(100_000n),
    expiresAt: 100_000,
    sessionKey: key.publicKeyHex,
  });
  const socket = new PaySocket({ url: node.payUrl, minRetryMs: 20, maxRetryMs: 100 });
  const media = new MediaIndex(node.stream, node.genesisHash);
  const session = createPaySession({
    ...node,
    node: node.url,
    store,
    socket,
    media,
    rate: planck(10n),
    limit: planck(100_000n),
  });
  const reader = createReader({ session });
  cleanups.push(async () => {
    await reader.dispose();
    await session.dispose();
    socket.close();
    await node.stop();
  });
  return { node, session, reader };
}

test("joins at the latest independent part, follows the live edge, and pays what it reads", async () => {
  const { node, session, reader } = await setUp();
  node.media.setEdge(5, 2);
  const parts: ReaderPart[] = [];
  for await (const part of reader) {
    parts.push(part);
    expect(Buffer.from(part.bytes).equals(node.media.plainPart(part.msn, part.index))).toBe(true);
    if (part.msn === 5 && part.index === 1) node.media.setEdge(6, 1);
    if (part.msn === 6 && part.index === 0) node.media.setEdge(7, 3);
    if (part.msn === 7 && part.index === 2) break;
  }
  expect(parts.map(({ msn, index }) => `${msn}.${index}`)).toEqual([
    "5.0",
    "5.1",
    "5.2",
    "5.3",
    "6.0",
    "6.1",
    "6.2",
    "6.3",
    "7.0",
    "7.1",
    "7.2",
  ]);
  expect(parts[0]).toMatchObject({ epoch: 5, discontinuity: true, independent: true });
  expect(Buffer.from(parts[0]!.init!).toString()).toBe("init");
  expect(parts.slice(1).every((part) => part.init === null && !part.discontinuity)).toBe(true);
  expect(parts[2]!.mediaTime! - parts[1]!.mediaTime!).toBe(250);
  expect(session.stats.ticks).toBeLessThanOrEqual(4);
  expect(session.stats.lost).toBe(0);
});

test("goes on at the live edge after a long time without keys, without paying for what it missed", async () => {
  const { node, session, reader } = await setUp();
  const read: number[] = [];
  const joins: number[] = [];
  reader.on("join", ({ msn }) => joins.push(msn));
  let withheld = false;
  node.misbehave({ giveKeys: () => !withheld });
  for await (const part of reader) {
    read.push(part.epoch!);
    if (part.epoch === 3 && part.index === 3) {
      withheld = true;
      node.media.setEdge(4);
      session.once("state", () => {
        // Withheld and known to be: meanwhile the stream goes on without this viewer.
        node.media.setEdge(30);
        withheld = false;
      });
    }
    if (part.epoch === 30) break;
  }
  expect(joins).toEqual([3, 30]);
  expect(read.every((epoch) => epoch <= 4 || epoch === 30)).toBe(true);
  expect(node.paid()).toBeLessThanOrEqual(4);
}, 15_000);

test("survives a node that goes away and comes back", async () => {
  const { node, reader } = await setUp();
  const retries: string[] = [];
  reader.on("retry", ({ error }) => retries.push(error.code));
  let read = 0;
  for await (const part of reader) {
    read++;
    if (part.msn === 3 && part.index === 3) {
      node.dropConnections();
      node.media.setEdge(4);
    }
    if (part.msn === 4 && part.index === 3) break;
  }
  expect(read).toBe(8);
});

test("disposing ends a waiting iteration", async () => {
  const { reader } = await setUp();
  const reading = (async () => {
    for await (const part of reader)
      if (part.msn === 3 && part.index === 3) setTimeout(() => void reader.dispose(), 50);
  })();
  await expect(reading).resolves.toBeUndefined();
});
