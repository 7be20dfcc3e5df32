// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test, vi } from "vitest";
import { MediaIndex } from "../media/media-index.ts";
import { parseMediaPlaylist } from "../media/media-playlist.ts";
import { PaySocket } from "../payment/session/pay-socket.ts";
import { createTestNode } from "../testing/test-node.ts";
import { createPreviewSession } from "./preview-session.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function setUp(previewTicks: number) {
  // No viewer of these tests pays.
  const node = await createTestNode({ sessionPublicKey: new Uint8Array(32), previewTicks });
  const socket = new PaySocket({ url: node.payUrl, minRetryMs: 20, maxRetryMs: 100 });
  const media = new MediaIndex(node.stream, node.genesisHash);
  const { stream, playlistUrl, tickMs } = node;
  const preview = createPreviewSession({ socket, media, stream, playlistUrl, tickMs, previewTicks });
  cleanups.push(
    () => node.stop(),
    async () => {
      await preview.dispose();
      socket.close();
    },
  );
  const goLive = (epoch: number): void => {
    node.media.setEdge(epoch);
    media.update(parseMediaPlaylist(node.media.playlist()), node.playlistUrl);
  };
  goLive(3);
  return { node, preview, goLive };
}

const soon = () => AbortSignal.timeout(5_000);

test("gives the first seconds, tells how many are left, and says when they are over", async () => {
  const { node, preview, goLive } = await setUp(3);
  const left: number[] = [];
  preview.on("preview", ({ ticksLeft }) => left.push(ticksLeft));
  for (const epoch of [3, 4, 5]) {
    goLive(epoch);
    expect(Buffer.from(await preview.key(epoch, soon()))).toEqual(Buffer.from(node.media.keyOf(epoch)));
    preview.proved(epoch);
  }
  expect(left.at(-1)).toBe(0);
  goLive(6);
  preview.key(6, soon()).catch(() => undefined);
  await vi.waitFor(() => expect(preview.state).toMatchObject({ name: "blocked", reason: "preview-over" }));
  expect(node.previewed.size).toBe(3);
  expect(node.paid()).toBe(0);
});

test("takes the next second ahead of need", async () => {
  const { node, preview } = await setUp(5);
  await preview.key(3, soon());
  preview.proved(3);
  await vi.waitFor(() => expect([...node.previewed]).toEqual([3, 4]));
  await preview.key(4);
});

test("a paused preview takes nothing", async () => {
  const { node, preview, goLive } = await setUp(5);
  await preview.key(3, soon());
  preview.pause();
  const key = preview.key(5, soon());
  goLive(5);
  expect(preview.state.name).toBe("paused");
  preview.resume();
  await key;
  expect([...node.previewed]).toEqual([3, 5]);
});

test("goes on after the connection drops", async () => {
  const { node, preview, goLive } = await setUp(5);
  await preview.key(3, soon());
  node.dropConnections();
  goLive(4);
  await preview.key(4, soon());
  expect(preview.state.name).toBe("active");
});

test("a node that gives none ends it before it begins", async () => {
  const { preview } = await setUp(0);
  await vi.waitFor(() => expect(preview.state).toMatchObject({ name: "blocked", reason: "preview-over" }));
});
