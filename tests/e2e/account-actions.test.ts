// SPDX-License-Identifier: Apache-2.0
// What a viewer does with their own money beside watching, by the SDK on a real chain: tabs, channels, session key, tips,
// and receipts that the chain confirms.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ChainClient,
  createChainClient,
  getBalance,
  getChannel,
  getTab,
  openChannel,
  registerStream,
  settle,
  settleBatch,
  watchEvents,
} from "@tickstream/chain-client";
import {
  accountId,
  bytesToHex,
  channelIdOf,
  type Commitment,
  encodeCommitment,
  fromSs58,
  HashChain,
  hexToBytes,
  planck,
  type StreamId,
} from "@tickstream/contracts-types";
import {
  closeTab,
  endChannel,
  estimateFee,
  listChannels,
  listReceipts,
  listTabs,
  locateReceipt,
  openTab,
  receiptOf,
  replaceSessionKey,
  type SessionStore,
  takeBackTab,
  tip,
  topUpTab,
  type TickstreamClient,
  type TransactionStep,
  verifyReceipt,
  verifyReceiptOnChain,
  type WalletAction,
} from "@tickstream/sdk";
import { createFileStore, createMemoryStore } from "@tickstream/sdk/node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTestChain, type TestChain } from "../support/system/chain.ts";
import { account } from "../support/money/raw-chain.ts";

vi.setConfig({ testTimeout: 180_000 });

const UNIT = 1_000_000_000_000n;
const RATE = planck(1_000_000_000n);

let testChain: TestChain;
let chain: ChainClient;
let stream: StreamId;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tickstream-account-"));
  testChain = await startTestChain("devchain", { blockTimeMs: 500 });
  chain = await createChainClient({ url: testChain.url });
  const alice = await account("//Alice");
  const { included } = registerStream(chain, {
    signer: alice,
    rate: RATE,
    operatorShare: 0,
    payees: [{ account: accountId(alice.publicKey), share: 1_000_000_000 }],
  });
  stream = (await included).value.stream;
}, 120_000);

afterAll(async () => {
  await chain?.disconnect();
  await testChain?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** A device of a viewer: what these actions ask of a client, without a node. */
function device(store: SessionStore = createMemoryStore()): TickstreamClient {
  const info = async () => ({ genesisHash: hexToBytes(chain.genesisHash) });
  return { chain: async () => chain, store: async () => store, info } as unknown as TickstreamClient;
}

/** Opens a channel of the device's tab on the chain, as a node would, and pays so many ticks with it. */
async function pay(client: TickstreamClient, params: { tab: bigint; ticks: number; openBy?: number }) {
  const store = await client.store();
  const key = await store.sessionKey();
  const operator = await account("//Charlie");
  const head = chain.bestHead().number;
  const hashes = HashChain.create(crypto.getRandomValues(new Uint8Array(32)), 100);
  const commitment: Commitment = {
    tab: params.tab,
    nonce: await store.takeNonce(chain.genesisHash, params.tab),
    openBy: params.openBy ?? head + 40,
    stream,
    terms: 1,
    rate: RATE,
    operator: accountId(operator.publicKey),
    openFee: planck(0n),
    anchor: hashes.anchor,
    maxTicks: 100,
    expiresAt: head + 1_000,
  };
  const encoded = encodeCommitment(hexToBytes(chain.genesisHash), commitment);
  const signature = await key.sign(encoded);
  const channel = channelIdOf(encoded);
  await store.putChannel({
    channel,
    genesisHash: chain.genesisHash,
    node: "http://node.example",
    stream,
    operator: commitment.operator,
    commitment,
    sessionKey: key.publicKeyHex,
    signature: bytesToHex(signature),
    seed: hashes.preimage(100),
    state: "open",
    progress: { n: params.ticks, answered: params.ticks, unverified: [] },
  });
  const open = () => openChannel(chain, { signer: operator, commitment, signature }).included;
  return { channel, hashes, operator, open };
}

async function funded(uri: string, client = device()) {
  const wallet = await account(uri);
  const steps: TransactionStep[] = [];
  const { tab } = await openTab({
    client,
    wallet,
    deposit: planck(UNIT),
    onStep: (step) => steps.push(step),
  });
  return { client, wallet, tab, steps };
}

describe("a tab", () => {
  test("is opened, topped up, listed with what the chain has, here and everywhere, and closed", async () => {
    const { client, wallet, tab, steps } = await funded("//Bob");
    expect(steps.slice(0, 4)).toEqual(["connecting", "signing", "broadcast", "in-block"]);
    await topUpTab({ client, wallet, tab, amount: planck(5n) });
    expect(await listTabs({ client })).toMatchObject([
      { tab, free: UNIT + 5n, deposit: UNIT + 5n, setAside: 0n, closed: false, ours: true },
    ]);
    const elsewhere = device();
    expect(await listTabs({ client: elsewhere, owner: wallet.address })).toEqual([]);
    expect(await listTabs({ client: elsewhere, owner: wallet.address, everywhere: true })).toMatchObject([
      { tab, ours: false },
    ]);
    expect(await closeTab({ client, wallet, tab })).toBe(UNIT + 5n);
    expect(await listTabs({ client })).toEqual([]);
  });

  test("gets another session key; the old one is worth nothing, open channels go on with the new one", async () => {
    const { client, wallet, tab } = await funded("//Dave");
    const store = await client.store();
    const { channel, open } = await pay(client, { tab, ticks: 3 });
    await open();
    const old = await store.sessionKey();
    expect(await replaceSessionKey({ client, wallet })).toEqual([tab]);
    const key = await store.sessionKey();
    expect(key.publicKeyHex).not.toBe(old.publicKeyHex);
    expect((await getTab(chain, { tab }))?.sessionKey.value).toBe(key.publicKeyHex);
    expect(await listTabs({ client })).toMatchObject([{ tab, sessionKey: key.publicKeyHex, ours: true }]);
    const refused = await pay(client, { tab, ticks: 1 });
    await refused.open();
    // What the old key promised is still proved by the old key.
    expect((await verifyReceipt(await receiptOf({ client, channel }))).valid).toBe(true);
    const stolen = { ...device(), store: async () => ({ ...store, sessionKey: async () => old }) };
    const theirs = await pay(stolen, { tab, ticks: 1 });
    await expect(theirs.open()).rejects.toMatchObject({ failure: { name: "InvalidSignature" } });
    expect(await endChannel({ client, channel })).toBeGreaterThan(chain.bestHead().number);
  });

  test("whose page was closed before the new key was noted finds it on the chain", async () => {
    const store = createFileStore(join(folder, "interrupted"));
    const { client, wallet, tab } = await funded("//Eve", device(store));
    // The tab gets its key, and then the lights go out.
    const adoptSessionKey = () => Promise.reject(new Error("closed"));
    const interrupted = { ...client, store: async () => ({ ...store, adoptSessionKey }) };
    await expect(replaceSessionKey({ client: interrupted, wallet })).rejects.toThrow("closed");
    const next = (await getTab(chain, { tab }))?.sessionKey.value;
    expect((await store.sessionKey()).publicKeyHex).not.toBe(next);
    expect(await listTabs({ client })).toMatchObject([{ tab, ours: true, sessionKey: next }]);
    expect((await store.sessionKey()).publicKeyHex).toBe(next);
    await store.close();
  });

  test("is taken back: its free part at once, its channels' rest as they end", async () => {
    const { client, wallet, tab } = await funded("//Bob");
    const { channel, open } = await pay(client, { tab, ticks: 3 });
    await open();
    const { returned, locked } = await takeBackTab({ client, wallet, tab });
    expect(returned).toBe(UNIT - 100n * RATE);
    expect(locked).toMatchObject([{ channel, locked: 100n * RATE, hold: "closing", ours: true }]);
    expect(locked[0]?.end).toBe((await getChannel(chain, { channel }))?.end);
  });
});

describe("channels", () => {
  test("are told with what they lock, until when and why; one in use is not ended behind its page's back", async () => {
    const { client, wallet, tab } = await funded("//Dave");
    const { channel, open } = await pay(client, { tab, ticks: 7 });
    await open();
    expect(await listChannels({ client })).toMatchObject([
      {
        channel,
        tab,
        stream,
        rate: RATE,
        maxTicks: 100,
        settled: 0,
        paid: 7,
        locked: 100n * RATE,
        hold: "open",
      },
    ]);
    // Another device of the same owner sees it, but can't end it without the wallet.
    const elsewhere = device();
    const seen = await listChannels({ client: elsewhere, owner: wallet.address });
    expect(seen.find((one) => one.channel === channel)).toMatchObject({
      paid: null,
      ours: false,
      rate: RATE,
    });
    await expect(endChannel({ client: elsewhere, channel })).rejects.toMatchObject({ code: "wallet-needed" });

    const lock = await (await client.store()).tryLock(`channel-${channel}`);
    await expect(endChannel({ client, channel })).rejects.toMatchObject({ code: "channel-in-use" });
    await lock?.release();
    const end = await endChannel({ client: elsewhere, channel, wallet });
    expect(await endChannel({ client, channel })).toBe(end);
    expect(await listChannels({ client })).toMatchObject([{ channel, hold: "closing", end }]);
    const unknown = channelIdOf(new Uint8Array(1));
    await expect(endChannel({ client, channel: unknown })).rejects.toMatchObject({ code: "channel-unknown" });
  });
});

test.each<WalletAction>(["open-tab", "top-up-tab", "close-tab", "replace-session-key", "tip"])(
  "what it costs to %s can be said before",
  async (action) => {
    const { address } = await account("//Bob");
    const fee = await estimateFee({ client: device(), address, action });
    expect(fee).toBeGreaterThan(0n);
    expect(fee).toBeLessThan(UNIT / 10n);
  },
);

describe("a tip", () => {
  test("goes to the payees, with a note that everybody can read", async () => {
    const wallet = await account("//Bob");
    const creator = accountId((await account("//Alice")).publicKey);
    const before = await getBalance(chain, { account: creator });
    const { block } = await tip({
      client: device(),
      wallet,
      stream: stream.toString(),
      amount: planck(3n * UNIT),
      note: "Bravo — ça va?",
    });
    for await (const { events } of watchEvents(chain, { finalized: false, from: block })) {
      const tipped = events.find(({ name }) => name === "Tipped");
      expect(tipped?.data).toMatchObject({
        stream,
        from: fromSs58(wallet.address),
        amount: 3n * UNIT,
        note: `0x${Buffer.from("Bravo — ça va?").toString("hex")}`,
      });
      break;
    }
    expect((await getBalance(chain, { account: creator })).free - before.free).toBe(3n * UNIT);
  });

  test("with too long a note, or for a free stream, is refused before anybody is asked", async () => {
    const give = async (change: object) =>
      tip({ client: device(), wallet: await account("//Bob"), stream: "1", amount: planck(1n), ...change });
    await expect(give({ note: "ä".repeat(129) })).rejects.toMatchObject({ code: "tip-note-too-long" });
    await expect(give({ stream: "fabcdefghijkl" })).rejects.toMatchObject({ code: "stream-free" });
  });
});

describe("a receipt", () => {
  test("is confirmed by the chain from the opening to the end, and kept when the channel is gone", async () => {
    const store = createFileStore(join(folder, "receipts"));
    const { client, tab } = await funded("//Bob", device(store));
    const openBy = chain.bestHead().number + 25;
    const { channel, hashes, operator, open } = await pay(client, { tab, ticks: 43, openBy });
    const [receipt] = await listReceipts({ client });
    expect(receipt).toMatchObject({ proof: { channel, ticks: 43, amount: 43n * RATE } });
    expect(await verifyReceipt(receipt!)).toMatchObject({ valid: true, ticks: 43, amount: 43n * RATE });
    expect(await verifyReceiptOnChain({ chain, receipt: receipt! })).toMatchObject({
      state: "not-yet",
      confirmed: false,
    });

    const opened = await open();
    const final = async (block: number) => {
      while (chain.finalizedHead().number < block) {
        await new Promise<void>((resolve) => {
          const off = chain.onFinalizedHead(() => {
            off();
            resolve();
          });
        });
      }
    };
    await final(opened.block.number);
    expect(await verifyReceiptOnChain({ chain, receipt: receipt! })).toMatchObject({
      state: "open",
      confirmed: true,
      opened: { block: opened.block.number, extrinsic: opened.index },
      settled: null,
    });

    const first = { signer: operator, channel, ticks: 10, preimage: hashes.preimage(10), hashes: 10 };
    const settled = await settle(chain, first).finalized;
    const partly = await verifyReceiptOnChain({ chain, receipt: receipt! });
    expect(partly.settled).toMatchObject({
      ticks: 10,
      block: settled.block.number,
      extrinsic: settled.index,
    });

    const last = { channel, ticks: 43, preimage: hashes.preimage(43), hashes: 33, close: true };
    const ended = await settleBatch(chain, { signer: operator, items: [last] }).finalized;
    const located = await locateReceipt({ client, receipt: receipt! });
    expect(located.onChain).toMatchObject({ state: "ended", confirmed: true });
    expect(located.receipt.chain).toMatchObject({
      opened: { block: opened.block.number },
      settled: { ticks: 43, block: ended.block.number },
    });
    expect(bytesToHex(located.receipt.chain.settled!.hash)).toBe(ended.block.hash);

    // It may still be opened by then, as far as this device knows: wait it out, as a page does that comes back later.
    await final(openBy + 1);
    expect(await listChannels({ client })).toEqual([]);
    expect(await store.channels(chain.genesisHash)).toEqual([]);
    const kept = await receiptOf({ client, channel });
    expect(kept.proof).toEqual(receipt!.proof);
    expect((await store.tabs(chain.genesisHash))[0]?.deposit).toBe(UNIT - 43n * RATE);
    await locateReceipt({ client, receipt: kept });
    expect((await receiptOf({ client, channel })).chain.settled?.ticks).toBe(43);
    await store.close();
  });

  test("of a channel that never came, of another chain, or changed, is not confirmed", async () => {
    const { client, tab } = await funded("//Dave");
    const { channel } = await pay(client, { tab, ticks: 2, openBy: chain.bestHead().number + 1 });
    const receipt = await receiptOf({ client, channel });
    await expect
      .poll(() => verifyReceiptOnChain({ chain, receipt }), { timeout: 90_000 })
      .toMatchObject({ state: "never-opened", confirmed: false });
    // The promise is void, and the tab has all of it again.
    expect(await listChannels({ client })).toEqual([]);
    expect(await listTabs({ client })).toMatchObject([{ tab, deposit: UNIT, free: UNIT }]);
    const elsewhere = { ...receipt, proof: { ...receipt.proof, genesisHash: new Uint8Array(32) } };
    expect(await verifyReceiptOnChain({ chain, receipt: elsewhere })).toMatchObject({ state: "other-chain" });

    const other = await pay(client, { tab, ticks: 2 });
    const { block } = await other.open();
    await expect.poll(() => chain.finalizedHead().number, { timeout: 90_000 }).toBeGreaterThan(block.number);
    const good = await receiptOf({ client, channel: other.channel });
    const commitment = { ...good.proof.commitment, rate: planck(2n) };
    const forged = { ...good, proof: { ...good.proof, commitment } };
    expect(await verifyReceiptOnChain({ chain, receipt: forged })).toMatchObject({
      state: "open",
      confirmed: false,
    });
  });
});
