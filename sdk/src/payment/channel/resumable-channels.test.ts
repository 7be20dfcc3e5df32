// SPDX-License-Identifier: Apache-2.0
import {
  accountId,
  channelId,
  hexToBytes,
  planck,
  streamId,
  toSs58,
  type AccountId,
  type Hex,
  type NodeInfo,
} from "@tickstream/contracts-types";
import { beforeEach, expect, test } from "vitest";
import { createMemoryStore } from "../../store/memory.ts";
import type { ChannelRecord } from "../session-store.ts";
import { lockChannel } from "./channel-lock.ts";
import { resumableChannels, resumableRest } from "./resumable-channels.ts";

const GENESIS: Hex = `0x${"07".repeat(32)}`;
const OPERATOR = accountId(new Uint8Array(32).fill(2));
const STREAM = { id: "1", operator: toSs58(OPERATOR), rate: planck(10n) };

let store: ReturnType<typeof createMemoryStore>;
beforeEach(() => void (store = createMemoryStore()));

type Changes = Partial<Omit<ChannelRecord, "commitment">> & {
  n?: number;
  commitment?: Partial<ChannelRecord["commitment"]>;
};

/** Puts a channel of 100 ticks into the store. */
const put = async (id: number, { n = 0, commitment, ...changes }: Changes = {}): Promise<ChannelRecord> => {
  const record: ChannelRecord = {
    channel: channelId(new Uint8Array(32).fill(id)),
    genesisHash: GENESIS,
    node: "http://localhost:8080",
    stream: streamId(1n),
    operator: OPERATOR,
    commitment: {
      tab: 5n,
      nonce: id,
      openBy: 40,
      stream: streamId(1n),
      terms: 1,
      rate: planck(10n),
      operator: OPERATOR,
      openFee: planck(3n),
      anchor: new Uint8Array(32).fill(4),
      maxTicks: 100,
      expiresAt: 7_000,
      ...commitment,
    },
    sessionKey: `0x${"0b".repeat(32)}`,
    signature: `0x${"05".repeat(64)}`,
    seed: new Uint8Array(32).fill(6),
    state: "open",
    progress: { n, answered: n, unverified: [] },
    ...changes,
  };
  await store.putChannel(record);
  return record;
};
type Query = { tab?: bigint; owner?: AccountId; rate?: bigint };
const resumable = async (query: Query = {}): Promise<number[]> => {
  const rate = query.rate === undefined ? undefined : planck(query.rate);
  const channels = await resumableChannels(store, { genesisHash: GENESIS, stream: STREAM, ...query, rate });
  return channels.map(({ commitment }) => commitment.nonce);
};

test("only channels that can still pay this stream to its node", async () => {
  await put(1);
  await put(2, { state: "offered", n: 99 });
  await put(3, { state: "left" });
  await put(4, { state: "refused" });
  await put(5, { n: 100 });
  await put(6, { stream: streamId(2n) });
  await put(7, { operator: accountId(new Uint8Array(32).fill(3)) });
  await put(8, { genesisHash: `0x${"08".repeat(32)}` });
  expect(await resumable()).toEqual([1, 2]);
});

test("of one tab, and at no higher rate, where these are asked for", async () => {
  await put(1, { commitment: { tab: 6n, rate: planck(11n) } });
  await put(2);
  expect(await resumable()).toEqual([1, 2]);
  expect(await resumable({ tab: 6n })).toEqual([1]);
  expect(await resumable({ rate: 10n })).toEqual([2]);
});

test("of one account's tabs, where that is asked for", async () => {
  const [bob, dave] = [accountId(new Uint8Array(32).fill(8)), accountId(new Uint8Array(32).fill(9))];
  const deposit = planck(1_000n);
  const sessionKey: Hex = `0x${"0b".repeat(32)}`;
  const tab = { genesisHash: GENESIS, deposit, expiresAt: 9_000, sessionKey };
  await store.putTab({ ...tab, tab: 5n, owner: bob });
  await store.putTab({ ...tab, tab: 6n, owner: dave });
  await put(1);
  await put(2, { commitment: { tab: 6n } });
  expect(await resumable({ owner: bob })).toEqual([1]);
  expect(await resumable({ owner: dave })).toEqual([2]);
  expect(await resumable({ owner: OPERATOR })).toEqual([]);
});

test("the rest is the fullest channel's that nobody pays with, at a rate the stream still has", async () => {
  const client = {
    info: async () => ({ genesisHash: hexToBytes(GENESIS) }) as NodeInfo,
    store: async () => store,
  };
  const rest = (): Promise<bigint> => resumableRest({ client, stream: STREAM });
  expect(await rest()).toBe(0n);
  await put(1, { n: 90 });
  const fullest = await put(2, { n: 40 });
  await put(3, { commitment: { rate: planck(11n) } });
  expect(await rest()).toBe(600n);
  const lock = await lockChannel(store, fullest.channel);
  expect(await rest()).toBe(100n);
  await lock?.release();
  expect(await rest()).toBe(600n);
});
