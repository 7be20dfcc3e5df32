// SPDX-License-Identifier: Apache-2.0
import { planck } from "@tickstream/contracts-types";
import { expect, test, vi } from "vitest";
import { parseMediaPlaylist } from "../../media/media-playlist.ts";
import { createMemoryStore } from "../../store/memory.ts";
import { goLive, play, setUp, startSession, state } from "../../testing/paying-session.ts";
import type { SessionStore } from "../session-store.ts";

test("pays one tick for each epoch it takes, and buys one ahead", async () => {
  const { node, session } = await setUp();
  await play(session, node, 3);
  // The next one is bought by itself, beyond the live edge, and nothing after it.
  await vi.waitFor(() => expect(node.paid()).toBe(2));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(node.paid()).toBe(2);
  expect(node.keysGiven()).toBe(2);
  goLive(node, session.media, 4);
  await play(session, node, 4);
  await vi.waitFor(() => expect(node.paid()).toBe(3));
  expect(session.stats).toMatchObject({ ticks: 3, spent: 30n, exposure: 1 });
  expect(state(session)).toBe("active");
});

test("an epoch's key is paid once, however often it is asked for", async () => {
  const { node, session } = await setUp();
  await Promise.all([play(session, node, 2), play(session, node, 2), session.key(2)]);
  await play(session, node, 2);
  await session.key(2);
  expect(node.ticks().filter((tick) => tick.type === "tick" && tick.epochs.includes(2))).toHaveLength(1);
});

test("a node that withholds keys gets the exposure window, and not a tick more", async () => {
  for (const exposureWindow of [1, 3]) {
    const { node, session } = await setUp({ exposureWindow: 5 }, { exposureWindow });
    node.misbehave({ giveKeys: () => false });
    for (const epoch of [0, 1, 2, 3]) void session.key(epoch).catch(() => undefined);
    await vi.waitFor(() => expect(state(session)).toBe("blocked: keys-withheld"), { timeout: 5_000 });
    goLive(node, session.media, 9);
    expect(node.paid()).toBe(exposureWindow);
    // It sees reason: what was paid is delivered, and payment goes on.
    node.misbehave({});
    await vi.waitFor(() => expect(node.keysGiven()).toBeGreaterThanOrEqual(exposureWindow), {
      timeout: 5_000,
    });
    await play(session, node, 0);
    expect(state(session)).toBe("active");
  }
}, 20_000);

test("a node that hands out wrong keys gets the exposure window, and not a tick more", async () => {
  const { node, session } = await setUp();
  node.misbehave({ changeKey: (_epoch, key) => key.map((byte) => byte ^ 1) });
  const key = session.key(3);
  key.catch(() => undefined);
  void session.key(2).catch(() => undefined);
  await vi.waitFor(() => expect(state(session)).toBe("blocked: wrong-key"), { timeout: 5_000 });
  expect(node.paid()).toBe(1);
  expect(session.stats.exposure).toBe(1);
});

test("keys that open no media block payment", async () => {
  const { node, session } = await setUp();
  await session.key(2);
  session.disproved(2);
  void session.key(3).catch(() => undefined);
  await vi.waitFor(() => expect(state(session)).toBe("blocked: wrong-key"));
  expect(node.paid()).toBe(1);
});

test("garbage behind a true key blocks payment for good, though it leaves the window; the viewer's word ends it", async () => {
  const { node, session, media } = await setUp();
  const states: string[] = [];
  await session.key(3);
  session.on("state", () => states.push(state(session)));
  session.disproved(3);
  // The true key comes again, and what it opens is gone: nobody can tell any more.
  const asked = node.ticks().length;
  await vi.waitFor(() => expect(node.ticks().length).toBeGreaterThan(asked), { timeout: 10_000 });
  goLive(node, media, 30);
  const next = session.key(30, AbortSignal.timeout(20_000));
  await vi.waitFor(() => expect(media.isGone(3)).toBe(true));
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // as long as a look for proof takes
  expect(states).toEqual(["blocked: wrong-key"]);
  expect(session.stats).toMatchObject({ exposure: 1, lost: 0 });
  expect(node.paid()).toBe(1);
  session.retry();
  await next;
  expect(session.stats.lost).toBe(1);
  expect(state(session)).toBe("active");
}, 30_000);

test("warns of the spending limit before it is reached", async () => {
  const { node, session } = await setUp({ rate: 10n }, { limit: 60n });
  const low: unknown[] = [];
  session.on("low", (coverage) => low.push(coverage));
  await play(session, node, 1);
  await vi.waitFor(() => expect(low).toEqual([{ ticksLeft: expect.any(Number), reason: "limit" }]));
});

test("a key the player passed over is proved by the session itself", async () => {
  const { node, session } = await setUp();
  await session.key(1);
  await session.key(3, AbortSignal.timeout(5_000));
  expect(node.paid()).toBe(2);
});

test("media that never comes is written off, a few times only", async () => {
  const { node, session, media } = await setUp();
  const losses: number[] = [];
  session.on("loss", ({ epochs }) => losses.push(...epochs));
  let epoch = 4;
  for (let lost = 0; lost < 6; lost++) {
    await session.key(epoch);
    node.media.lose(epoch);
    goLive(node, media, epoch + 1);
    epoch += 2;
  }
  expect(losses).toEqual([4, 6, 8, 10, 12, 14]);
  await session.key(epoch);
  node.media.lose(epoch);
  goLive(node, media, epoch + 1);
  const next = session.key(epoch + 2);
  next.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(node.paid()).toBe(7);
  expect(session.stats.exposure).toBe(1);
});

test("media that was gone before its key came is written off, though nobody loads a playlist any more", async () => {
  const { node, session, media } = await setUp();
  node.misbehave({ giveKeys: () => false });
  void session.key(4).catch(() => undefined);
  await vi.waitFor(() => expect(node.paid()).toBe(1));
  node.media.lose(4);
  goLive(node, media, 6);
  // The player waits for this key, and for nothing else.
  const next = session.key(6, AbortSignal.timeout(10_000));
  node.misbehave({});
  await next;
  expect(node.paid()).toBe(2);
  expect(session.stats).toMatchObject({ exposure: 1, lost: 1 });
}, 15_000);

test("stops at the spending limit, and goes on when it is raised", async () => {
  const { node, session } = await setUp({}, { limit: 20n });
  await play(session, node, 1);
  await play(session, node, 2);
  const key = session.key(3);
  await vi.waitFor(() => expect(state(session)).toBe("blocked: limit-reached"));
  expect(node.paid()).toBe(2);
  session.setLimit(planck(30n));
  await key;
  expect(node.paid()).toBe(3);
  expect(session.stats.spent).toBe(30n);
});

test("pays no faster than wall time, beyond a lead-in", async () => {
  let now = 0;
  const { node, session, media } = await setUp({}, { maxLeadInMs: 2_000, now: () => now });
  for (let epoch = 0; epoch < 4; epoch++) await play(session, node, epoch);
  goLive(node, media, 20);
  const key = session.key(20);
  await vi.waitFor(() => expect(state(session)).toBe("blocked: pace-exceeded"));
  expect(node.paid()).toBe(4);
  now += 1_000;
  media.update(parseMediaPlaylist(node.media.playlist()), node.playlistUrl);
  await key;
  expect(node.paid()).toBe(5);
});

test("resumes after the connection drops, without paying anything twice", async () => {
  const { node, session, media } = await setUp();
  for (let epoch = 4; epoch < 12; epoch++) {
    goLive(node, media, epoch);
    if (epoch % 2 === 0) node.dropConnections();
    await play(session, node, epoch);
  }
  await vi.waitFor(() => expect(node.keysGiven()).toBe(9));
  expect(node.paid()).toBe(9);
  expect(node.channels.size).toBe(1);
});

test("a tick whose answer was lost is answered after the resume", async () => {
  const { node, session } = await setUp();
  await play(session, node, 2);
  let dropped = false;
  node.misbehave({
    drop: (message) => message.type === "tick" && !dropped && (dropped = true),
  });
  await play(session, node, 3);
  expect(dropped).toBe(true);
  expect(node.paid()).toBe(node.keysGiven());
});

test("another session of this device goes on with the channel", async () => {
  const { node, store, session } = await setUp();
  await play(session, node, 2);
  await vi.waitFor(() => expect(node.paid()).toBe(2));
  await session.dispose();
  const [record] = await store.channels(node.genesisHash);
  const second = startSession(node, store, { resume: record });
  await play(second.session, node, 3);
  expect(node.channels.size).toBe(1);
  // Epoch 3 had been bought ahead: it costs nothing now, and the next one a tick.
  await vi.waitFor(() => expect(node.paid()).toBe(3));
  expect(node.keysGiven()).toBe(3);
});

test("a higher n is taken from the node only with its proof", async () => {
  const { node, session, socket } = await setUp();
  await play(session, node, 2);
  node.misbehave({
    answer: (message) => (message.type === "opened" ? { ...message, n: message.n + 5 } : message),
  });
  node.dropConnections();
  await vi.waitFor(() => expect(state(session)).toBe("blocked: refused"));
  const paid = node.paid();
  void session.key(3).catch(() => undefined);
  expect(socket.isOpen).toBe(true);
  expect(node.paid()).toBe(paid);
});

/** Ticks so long that a channel has six of them, and none is bought ahead of the live edge. */
const SIX_TICK_CHANNELS = [{ tickMs: 600_000 }, { maxLeadInMs: 600_000 * 60 }] as const;

test("asks before paying a new rate, keeps the old one for the open channel", async () => {
  const { node, session } = await setUp(...SIX_TICK_CHANNELS);
  const changes: unknown[] = [];
  session.on("terms-changed", (change) => changes.push(change));
  node.media.setEdge(11);
  session.media.update(parseMediaPlaylist(node.media.playlist()), node.playlistUrl);
  await play(session, node, 0);
  node.setRate(25n);
  await vi.waitFor(() => expect(changes).toEqual([{ from: 10n, to: 25n, terms: 2 }]));
  // What was promised at the old rate stays at the old rate: this channel, and the next, offered before the change.
  for (let epoch = 1; epoch < 11; epoch++) await play(session, node, epoch);
  const keys = [11, 12].map((epoch) => session.key(epoch));
  await keys[0];
  goLive(node, session.media, 12);
  await play(session, node, 11);
  await vi.waitFor(() => expect(state(session)).toBe("blocked: terms-changed"));
  expect(node.paid()).toBe(12);
  expect(session.stats.spent).toBe(120n);
  session.acceptTerms();
  await keys[1];
  expect(session.stats.spent).toBe(145n);
});

test("opens the next channel before the current one is used up, without a break", async () => {
  const { node, store, session, media } = await setUp(
    { ...SIX_TICK_CHANNELS[0], openFee: 3n },
    SIX_TICK_CHANNELS[1],
  );
  const states: string[] = [];
  session.on("state", () => states.push(state(session)));
  for (let epoch = 4; epoch < 24; epoch++) {
    goLive(node, media, epoch);
    await play(session, node, epoch);
  }
  expect(states).toEqual(["opening", "active"]);
  expect(node.paid()).toBe(20);
  expect(node.keysGiven()).toBe(20);
  // Three used up, one in use, perhaps one offered ahead; every fee was counted.
  const channels = await store.channels(node.genesisHash);
  expect(channels.filter((channel) => channel.state === "left")).toHaveLength(3);
  expect(session.stats.spent).toBe(200n + 3n * BigInt(node.channels.size));
});

test("says when the tab cannot cover another channel, stops there, and goes on after a top-up", async () => {
  const { node, store, session, media } = await setUp(
    { ...SIX_TICK_CHANNELS[0], openFee: 3n },
    { ...SIX_TICK_CHANNELS[1], deposit: 63n },
  );
  const low: number[] = [];
  session.on("low", ({ ticksLeft }) => low.push(ticksLeft));
  // A channel takes at most half of what is free: three ticks, one, one, and 4 plancks are no channel.
  for (let epoch = 4; epoch < 9; epoch++) {
    goLive(node, media, epoch);
    await play(session, node, epoch);
  }
  expect(low).toEqual([1]);
  const key = session.key(9);
  goLive(node, media, 9);
  await vi.waitFor(() => expect(state(session)).toBe("blocked: tab-empty"));
  expect(node.paid()).toBe(5);
  const [tab] = await store.tabs(node.genesisHash);
  await store.putTab({ ...tab!, deposit: planck(1_000n) });
  session.retry();
  await key;
  expect(node.paid()).toBe(6);
});

test("leaving tells the node, and pays nothing more", async () => {
  const { node, store, session } = await setUp();
  await play(session, node, 3);
  await session.leave();
  await vi.waitFor(() => expect(node.received.at(-1)).toMatchObject({ type: "leave" }));
  expect((await store.channels(node.genesisHash))[0]).toMatchObject({ state: "left" });
  await expect(session.key(4)).rejects.toMatchObject({ code: "disposed" });
});

test("what was spent when the viewer leaves is what the node was paid, a tick that is being stored too", async () => {
  const inner = createMemoryStore();
  const storing = Promise.withResolvers<void>();
  const store: SessionStore = {
    ...inner,
    async advance(channel, progress) {
      if (progress.n === 2) {
        storing.resolve();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await inner.advance(channel, progress);
    },
  };
  const { node, session } = await setUp({}, { store });
  session.key(2).catch(() => undefined);
  await storing.promise;
  await session.leave();
  await vi.waitFor(() => expect(node.received.at(-1)).toMatchObject({ type: "leave" }));
  expect(session.stats.ticks).toBe(2);
  expect(node.paid()).toBe(2);
});

test("reveals an index only once it is stored; a store that fails stops payment until it works", async () => {
  const inner = createMemoryStore();
  let broken = false;
  let durable = 0;
  const store: SessionStore = {
    ...inner,
    async advance(channel, progress) {
      // Later than any message could overtake it.
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (broken) throw new Error("disk full");
      await inner.advance(channel, progress);
      durable = Math.max(durable, progress.n);
    },
  };
  const { node, session } = await setUp({}, { store });
  node.misbehave({
    drop: (message) => {
      if (message.type === "tick") expect(message.n).toBeLessThanOrEqual(durable);
      return false;
    },
  });
  await play(session, node, 0);
  await play(session, node, 1);
  broken = true;
  const key = session.key(3);
  await vi.waitFor(() => expect(state(session)).toBe("blocked: store-failed"), { timeout: 5_000 });
  expect(node.paid()).toBe(durable);
  broken = false;
  await key;
  expect(node.paid()).toBeLessThanOrEqual(durable);
  expect(state(session)).toBe("active");
});

test("another window that takes the channel over keeps it, until the viewer wants it back", async () => {
  const { node, session } = await setUp();
  await play(session, node, 2);
  const [channel] = node.channels.keys();
  node.say({ type: "closing", channel: channel!, code: "superseded", message: "Another connection." });
  await vi.waitFor(() => expect(state(session)).toBe("blocked: superseded"));
  const before = node.received.length;
  node.setRate(10n);
  node.dropConnections();
  await vi.waitFor(() => expect(node.connections).toBe(1));
  expect(node.received.slice(before).filter((message) => message.type === "resume")).toEqual([]);
  session.retry();
  await vi.waitFor(() => expect(state(session)).toBe("active"));
  await play(session, node, 3);
});

test("a paused viewer buys nothing", async () => {
  const { node, session, media } = await setUp();
  await play(session, node, 3);
  await vi.waitFor(() => expect(node.paid()).toBe(2));
  session.pause();
  const paused = session.key(5).catch((error: unknown) => error);
  goLive(node, media, 8);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(node.paid()).toBe(2);
  session.resume();
  await paused;
  expect(node.paid()).toBe(3);
});
