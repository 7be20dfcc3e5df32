// SPDX-License-Identifier: Apache-2.0

// What every session store must do, in words that run in Node and in a browser alike.

import { accountId, channelId, planck, streamId, type Hex } from "@tickstream/contracts-types";
import type { ChannelRecord, SessionStore, TabRecord } from "../payment/session-store.ts";

/** Opens the store, each time on what was stored before. */
type OpenStore = () => SessionStore;

export interface StoreCase {
  name: string;
  run: (open: OpenStore) => Promise<void>;
}

const GENESIS: Hex = `0x${"07".repeat(32)}`;
const OTHER_GENESIS: Hex = `0x${"08".repeat(32)}`;

const tab: TabRecord = {
  genesisHash: GENESIS,
  tab: 2n ** 64n - 1n,
  owner: accountId(new Uint8Array(32).fill(1)),
  deposit: planck(2n ** 128n - 1n),
  expiresAt: 1_000,
  sessionKey: `0x${"02".repeat(32)}`,
};

const channel: ChannelRecord = {
  channel: channelId(new Uint8Array(32).fill(9)),
  genesisHash: GENESIS,
  node: "http://localhost:8080",
  stream: streamId(1n),
  operator: accountId(new Uint8Array(32).fill(2)),
  commitment: {
    tab: 5n,
    nonce: 1,
    openBy: 40,
    stream: streamId(1n),
    terms: 1,
    rate: planck(10n),
    operator: accountId(new Uint8Array(32).fill(2)),
    openFee: planck(3n),
    anchor: new Uint8Array(32).fill(4),
    maxTicks: 100,
    expiresAt: 7_000,
  },
  sessionKey: `0x${"0b".repeat(32)}`,
  signature: `0x${"05".repeat(64)}`,
  seed: new Uint8Array(32).fill(6),
  state: "offered",
  progress: { n: 0, answered: 0, unverified: [] },
};

export const storeCases: StoreCase[] = [
  {
    name: "keeps one session key, which signs the same after reopening",
    async run(open) {
      const first = open();
      const [a, b] = await Promise.all([first.sessionKey(), first.sessionKey()]);
      const message = new Uint8Array([1, 2, 3]);
      const signature = await a.sign(message);
      same(a.publicKeyHex, b.publicKeyHex);
      same(signature.length, 64);
      await first.close();
      const second = open();
      const again = await second.sessionKey();
      same(again.publicKeyHex, a.publicKeyHex);
      // ed25519 is deterministic.
      same(await again.sign(message), signature);
      await second.close();
    },
  },
  {
    name: "keeps tabs by chain, in full precision",
    async run(open) {
      const store = open();
      await store.putTab(tab);
      await store.putTab({ ...tab, tab: 3n, genesisHash: OTHER_GENESIS });
      await store.close();
      const again = open();
      same(await again.tabs(GENESIS), [tab]);
      await again.removeTab(GENESIS, tab.tab);
      same(await again.tabs(GENESIS), []);
      same((await again.tabs(OTHER_GENESIS)).length, 1);
      await again.close();
    },
  },
  {
    name: "hands out each nonce once, from 1, also at the same moment and after reopening",
    async run(open) {
      const store = open();
      const taken = await Promise.all(Array.from({ length: 8 }, () => store.takeNonce(GENESIS, 1n)));
      same(
        taken.toSorted((a, b) => a - b),
        [1, 2, 3, 4, 5, 6, 7, 8],
      );
      same(await store.takeNonce(GENESIS, 2n), 1);
      await store.close();
      const again = open();
      same(await again.takeNonce(GENESIS, 1n), 9);
      await again.close();
    },
  },
  {
    name: "keeps channels with their seeds, and what changes of them",
    async run(open) {
      const store = open();
      await store.putChannel(channel);
      const unverified = [{ epoch: 2 ** 53 - 1, keyHash: `0x${"0a".repeat(32)}` as const }];
      await store.advance(channel.channel, { n: 3, answered: 2, unverified });
      await store.close();
      const again = open();
      same(await again.channels(GENESIS), [{ ...channel, progress: { n: 3, answered: 2, unverified } }]);
      await again.putChannel({ ...channel, state: "open" });
      same(await again.channels(GENESIS), [
        { ...channel, state: "open", progress: { n: 3, answered: 2, unverified } },
      ]);
      same(await again.channels(OTHER_GENESIS), []);
      await again.removeChannel(channel.channel);
      same(await again.channels(GENESIS), []);
      await again.close();
    },
  },
  {
    name: "never lets progress go back",
    async run(open) {
      const store = open();
      await store.putChannel(channel);
      const advance = (n: number, answered: number) =>
        store.advance(channel.channel, { n, answered, unverified: [] });
      await Promise.all([advance(5, 4), advance(2, 2), advance(7, 5), advance(6, 6)]);
      same((await store.channels(GENESIS))[0]!.progress, { n: 7, answered: 6, unverified: [] });
      await store.close();
    },
  },
  {
    name: "refuses progress of a channel it does not know",
    async run(open) {
      const store = open();
      const code = await store.advance(channel.channel, channel.progress).then(
        () => "none",
        (error: { code: string }) => error.code,
      );
      same(code, "store-failed");
      await store.close();
    },
  },
  {
    name: "gives a lock to one, until it is released or the store is closed",
    async run(open) {
      const [one, two] = [open(), open()];
      const lock = await one.tryLock("channel-1");
      same(lock === null, false);
      same(await two.tryLock("channel-1"), null);
      same(await one.tryLock("channel-1"), null);
      await lock!.release();
      const taken = await two.tryLock("channel-1");
      same(taken === null, false);
      await two.close();
      const third = await one.tryLock("channel-1");
      same(third === null, false);
      await one.close();
    },
  },
];

function same(actual: unknown, expected: unknown): void {
  const [a, b] = [show(actual), show(expected)];
  if (a !== b) throw new Error(`expected ${b}, got ${a}`);
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => {
    if (typeof field === "bigint") return `${field}n`;
    if (field instanceof Uint8Array) return `bytes ${Array.from(field).join()}`;
    if (typeof field === "object" && field !== null && !Array.isArray(field)) {
      return Object.fromEntries(Object.entries(field).toSorted(([x], [y]) => (x < y ? -1 : 1)));
    }
    return field;
  });
}
