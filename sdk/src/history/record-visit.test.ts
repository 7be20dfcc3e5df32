// SPDX-License-Identifier: Apache-2.0
import { channelId, planck, type StreamDetail } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import { Emitter } from "../events.ts";
import type { PaySession, PaySessionEvents } from "../payment/session/pay-session.ts";
import type { SessionStore } from "../payment/session-store.ts";
import { createMemoryStore } from "../store/memory.ts";
import { recordVisit } from "./record-visit.ts";

const CHANNELS = [1, 2].map((byte) => channelId(new Uint8Array(32).fill(byte)));
const stream = { id: "7", title: "Live", creator: "5Alice", tickMs: 500 } as StreamDetail;

/** A session, as far as a visit listens to it. */
function session() {
  const events = new Emitter<PaySessionEvents>();
  const stats = { ticks: 0 };
  return {
    session: Object.assign(events, { stats }) as unknown as PaySession,
    pay: (ticks: number, channel = 0) => {
      stats.ticks = ticks;
      const spent = planck(BigInt(ticks) * 10n);
      events.emit("tick", { channel: CHANNELS[channel]!, n: ticks, paid: 1, epochs: [], spent });
    },
    become: (name: "active" | "paused" | "ended") => events.emit("state", { name } as never),
  };
}

function begin(store: SessionStore) {
  const made = session();
  recordVisit({ store, genesisHash: "0x07", node: "http://node.example", stream, session: made.session });
  return made;
}

test("a visit is kept from its first paid tick, and written again when it pauses and ends", async () => {
  const store = createMemoryStore();
  const { pay, become } = begin(store);
  become("active");
  pay(1);
  await expect
    .poll(() => store.visits())
    .toMatchObject([{ title: "Live", stream: "7", ticks: 1, spent: 10n }]);
  pay(2);
  pay(3, 1);
  become("paused");
  await expect
    .poll(() => store.visits())
    .toMatchObject([{ ticks: 3, watchedMs: 1_500, spent: 30n, channels: CHANNELS }]);
  pay(4);
  become("ended");
  await expect.poll(() => store.visits()).toMatchObject([{ ticks: 4 }]);
  // What a session says after its end is no part of the visit.
  pay(5);
  become("ended");
  expect((await store.visits()).map(({ ticks }) => ticks)).toEqual([4]);
});

test("one that paid nothing is not kept", async () => {
  const store = createMemoryStore();
  const { become } = begin(store);
  become("active");
  become("ended");
  expect(await store.visits()).toEqual([]);
});

test("a store that fails stops nobody from watching", async () => {
  const failing = Promise.withResolvers<void>();
  const putVisit = () => {
    failing.resolve();
    return Promise.reject(new Error("the disk is full"));
  };
  const { pay, become } = begin({ ...createMemoryStore(), putVisit });
  pay(1);
  await failing.promise;
  become("ended");
});
