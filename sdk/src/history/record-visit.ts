// SPDX-License-Identifier: Apache-2.0
import { planck, type Hex, type StreamDetail } from "@tickstream/contracts-types";
import type { PaySession } from "../payment/session/pay-session.ts";
import type { SessionStore, WatchRecord } from "../payment/session-store.ts";

/** How often a visit that goes on is written. */
const WRITE_EVERY_MS = 10_000;

/**
 * Keeps a paid visit in this device's history, until its session ends: what was watched, how long, what it cost, and which
 * receipts prove it. A visit without a second paid is not kept. History that can't be written is no reason to stop watching.
 */
export function recordVisit(options: {
  store: SessionStore;
  genesisHash: Hex;
  node: string;
  stream: StreamDetail;
  session: PaySession;
}): void {
  const { store, genesisHash, node, stream, session } = options;
  const visit: WatchRecord = {
    id: crypto.randomUUID(),
    genesisHash,
    node,
    stream: stream.id,
    title: stream.title,
    creator: stream.creator,
    startedAt: Date.now(),
    watchedMs: 0,
    ticks: 0,
    tickMs: stream.tickMs,
    spent: planck(0n),
    channels: [],
  };
  let writtenAt = -Infinity;
  let writing = Promise.resolve();

  const write = () => {
    writtenAt = performance.now();
    const record = { ...visit, channels: [...visit.channels] };
    writing = writing.then(() => store.putVisit(record)).catch(() => undefined);
  };
  const offTick = session.on("tick", ({ channel, spent }) => {
    if (!visit.channels.includes(channel)) visit.channels.push(channel);
    visit.ticks = session.stats.ticks;
    visit.watchedMs = visit.ticks * visit.tickMs;
    visit.spent = spent;
    if (performance.now() - writtenAt >= WRITE_EVERY_MS) write();
  });
  const offState = session.on("state", ({ name }) => {
    // Whatever comes next, a crash or a closed page, what was paid so far is told.
    if (name !== "active" && visit.ticks > 0) write();
    if (name !== "ended") return;
    offTick();
    offState();
  });
}
