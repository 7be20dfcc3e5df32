// SPDX-License-Identifier: Apache-2.0
// A session that pays a test node, and what a player does with it.
import { accountId, planck } from "@tickstream/contracts-types";
import { afterEach, expect } from "vitest";
import { decryptPart, importMediaKey } from "../media/decrypt-part.ts";
import { MediaIndex } from "../media/media-index.ts";
import { parseMediaPlaylist } from "../media/media-playlist.ts";
import { createPaySession } from "../payment/session/create-pay-session.ts";
import type { PaySessionOptions } from "../payment/session/pay-session-options.ts";
import type { PaySession } from "../payment/session/pay-session.ts";
import { PaySocket } from "../payment/session/pay-socket.ts";
import type { SessionStore } from "../payment/session-store.ts";
import { createMemoryStore } from "../store/memory.ts";
import { createTestNode, type TestNode, type TestNodeOptions } from "./test-node.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A test node, and a session with money that pays it; both end with the test. */
export async function setUp(
  nodeOptions: Partial<TestNodeOptions> = {},
  options: { deposit?: bigint; limit?: bigint } & Omit<Partial<PaySessionOptions>, "limit"> = {},
) {
  const store = options.store ?? createMemoryStore();
  const sessionKey = await store.sessionKey();
  const node = await createTestNode({ sessionPublicKey: sessionKey.publicKey, ...nodeOptions });
  cleanups.push(() => node.stop());
  await store.putTab({
    genesisHash: node.genesisHash,
    tab: 1n,
    owner: accountId(new Uint8Array(32)),
    deposit: planck(options.deposit ?? 1_000_000n),
    expiresAt: 100_000,
    sessionKey: sessionKey.publicKeyHex,
  });
  const { session, socket, media } = startSession(node, store, options);
  return { node, store, session, socket, media };
}

/** One more session of the same device. */
export function startSession(
  node: TestNode,
  store: SessionStore,
  options: { limit?: bigint } & Omit<Partial<PaySessionOptions>, "limit"> = {},
) {
  const socket = new PaySocket({ url: node.payUrl, minRetryMs: 20, maxRetryMs: 100 });
  const media = new MediaIndex(node.stream, node.genesisHash);
  media.update(parseMediaPlaylist(node.media.playlist()), node.playlistUrl);
  const session = createPaySession({
    store,
    media,
    node: node.url,
    playlistUrl: node.playlistUrl,
    stream: node.stream,
    genesisHash: node.genesisHash,
    operator: node.operator,
    tickMs: node.tickMs,
    rate: planck(10n),
    socket,
    ...options,
    limit: planck(options.limit ?? 1_000_000n),
  });
  cleanups.push(async () => {
    await session.dispose();
    socket.close();
  });
  return { session, socket, media };
}

/** Moves the live edge, and lets the session see it as a player's playlist loader would. */
export function goLive(node: TestNode, media: MediaIndex, epoch: number): void {
  node.media.setEdge(epoch);
  media.update(parseMediaPlaylist(node.media.playlist()), node.playlistUrl);
}

/** What a player does with an epoch: gets the key, and decrypts a part with it. */
export async function play(session: PaySession, node: TestNode, epoch: number): Promise<void> {
  const key = await session.key(epoch, AbortSignal.timeout(5_000));
  const url = session.media.sampleOf(epoch)!.url;
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  const [run, block] = new URL(url).searchParams.get("c")!.split(".").slice(1).map(Number);
  const plain = await decryptPart(bytes, await importMediaKey(key), {
    rendition: 1,
    run: run!,
    block: block!,
  });
  expect(Buffer.from(plain).equals(node.media.plainPart(epoch, 0))).toBe(true);
  session.proved(epoch);
}

/** Its name, and what blocks it. */
export const state = (session: PaySession) =>
  session.state.name === "blocked" ? `blocked: ${session.state.reason}` : session.state.name;
