// SPDX-License-Identifier: Apache-2.0

// What every session store must do, in words that run in Node and in a browser alike.

import { accountId, channelId, planck, streamId, type Hex } from "@tickstream/contracts-types";
import type {
  ChannelRecord,
  ReceiptRecord,
  SessionStore,
  TabRecord,
  WatchRecord,
} from "../payment/session-store.ts";
import { receiptOfRecord } from "../receipts/receipt-of-record.ts";

/** Opens the store, each time on what was stored before. */
type OpenStore = () => SessionStore;

export interface StoreCase {
  name: string;
  run: (open: OpenStore) => Promise<void>;
}

const GENESIS: Hex = `0x${"07".repeat(32)}`;
const OTHER_GENESIS: Hex = `0x${"08".repeat(32)}`;

const OTHER_CHANNEL = channelId(new Uint8Array(32).fill(10));

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

const receipt: ReceiptRecord = {
  channel: channel.channel,
  genesisHash: GENESIS,
  savedAt: 1_700_000_000_000,
  receipt: receiptOfRecord({ ...channel, progress: { n: 3, answered: 3, unverified: [] } }, []),
};

const visit: WatchRecord = {
  id: "visit-1",
  genesisHash: GENESIS,
  node: "http://localhost:8080",
  stream: "1",
  title: "Grüße",
  creator: null,
  startedAt: 1_700_000_000_000,
  watchedMs: 3_000,
  ticks: 3,
  tickMs: 1_000,
  spent: planck(2n ** 70n),
  channels: [channel.channel],
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
    name: "puts a new session key in the place of the old one, once it is told that the chain has it",
    async run(open) {
      const store = open();
      const old = await store.sessionKey();
      const next = await store.nextSessionKey();
      same(next.publicKeyHex === old.publicKeyHex, false);
      same((await store.nextSessionKey()).publicKeyHex, next.publicKeyHex);
      await store.adoptSessionKey(`0x${"00".repeat(32)}`);
      same((await store.sessionKey()).publicKeyHex, old.publicKeyHex);
      await store.close();
      // A crash before it was told forgets neither.
      const again = open();
      await again.adoptSessionKey(next.publicKeyHex);
      await again.adoptSessionKey(next.publicKeyHex);
      same((await again.sessionKey()).publicKeyHex, next.publicKeyHex);
      const third = await again.nextSessionKey();
      same([old.publicKeyHex, next.publicKeyHex].includes(third.publicKeyHex), false);
      await again.close();
    },
  },
  {
    name: "keeps receipts by chain, byte for byte",
    async run(open) {
      const store = open();
      await store.putReceipt(receipt);
      await store.putReceipt({ ...receipt, channel: OTHER_CHANNEL, genesisHash: OTHER_GENESIS });
      await store.close();
      const again = open();
      same(await again.receipts(GENESIS), [receipt]);
      same((await again.receipts(OTHER_GENESIS)).length, 1);
      await again.close();
    },
  },
  {
    name: "keeps visits, the newest first and not for ever, until they are to be forgotten",
    async run(open) {
      const store = open();
      await store.putVisit(visit);
      const later = { ...visit, id: "visit-2", startedAt: visit.startedAt + 1 };
      await store.putVisit(later);
      await store.putVisit({ ...visit, ticks: 4 });
      await store.close();
      const again = open();
      same(await again.visits(), [later, { ...visit, ticks: 4 }]);
      await again.putReceipt(receipt);
      await again.forgetVisits();
      same(await again.visits(), []);
      same((await again.receipts(GENESIS)).length, 1);
      await again.close();
    },
  },
  {
    name: "knows which key signed a channel from before keys could be replaced",
    async run(open) {
      const store = open();
      const { publicKeyHex } = await store.sessionKey();
      const { sessionKey: _, ...before } = channel;
      await store.putChannel(before as ChannelRecord);
      same((await store.channels(GENESIS))[0]?.sessionKey, publicKeyHex);
      await store.close();
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
