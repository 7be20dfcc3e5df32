// SPDX-License-Identifier: Apache-2.0
import type { ApiPromise } from "@polkadot/api";
import type { KeyringPair } from "@polkadot/keyring/types";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { concatHex, toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { compact } from "../codec/scale.ts";
import { startDevchain } from "../start-devchain.ts";
import type { Devchain } from "../start-devchain.ts";
import { account, Cleanup, send } from "../testing/test-support.ts";
import type { RawClient } from "../testing/test-support.ts";

// Starting a chain takes a second, but many on a machine that also compiles.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const cleanup = new Cleanup();
let chain: Devchain;
let api: ApiPromise;
let client: RawClient;
let alice: KeyringPair;
let bob: KeyringPair;
const logged: string[] = [];

beforeAll(async () => {
  chain = await startDevchain({
    dataDir: await cleanup.folder(),
    port: 0,
    blockTimeMs: 500,
    log: ({ msg }) => logged.push(msg),
  });
  cleanup.add(() => chain.stop());
  api = await cleanup.api(chain.url);
  client = await cleanup.client(chain.url);
  [alice, bob] = await Promise.all([account("Alice"), account("Bob")]);
});
afterAll(() => cleanup.run());

const transfer = (amount: number) => api.tx["balances"]!["transferKeepAlive"]!(bob.address, amount);
const nextNonce = async (who: KeyringPair) => (await api.rpc.system.accountNextIndex(who.address)).toNumber();

async function freeOf(who: KeyringPair): Promise<bigint> {
  const info = (await api.query["system"]!["account"]!(who.address)) as unknown as {
    data: { free: { toBigInt(): bigint } };
  };
  return info.data.free.toBigInt();
}

test("a transfer is in a block, with its events, and moves the money", async () => {
  const before = await freeOf(bob);
  const sent = await send(transfer(12_345), alice, { nonce: -1 });
  expect(sent.events).toContain("balances.Transfer");
  expect(sent.events).toContain("system.ExtrinsicSuccess");
  expect((await freeOf(bob)) - before).toBe(12_345n);
  const block = await api.rpc.chain.getBlock(sent.blockHash);
  expect(block.block.header.hash.toHex()).toBe(sent.blockHash);
});

test("twenty transactions of one account are in flight at once, and the next nonce counts them", async () => {
  const first = await nextNonce(alice);
  const before = await freeOf(bob);
  const all = Promise.all(
    Array.from({ length: 20 }, (_, i) => send(transfer(1_000 + i), alice, { nonce: first + i })),
  );
  const sent = await all;
  expect(sent.every(({ statuses }) => statuses.at(-1) === "Finalized")).toBe(true);
  expect((await freeOf(bob)) - before).toBe(20_190n);
  expect(await nextNonce(alice)).toBe(first + 20);
});

test("sent one after the other without waiting for blocks, each takes the next nonce", async () => {
  const first = await nextNonce(alice);
  for (let i = 0; i < 4; i++) {
    expect(await nextNonce(alice)).toBe(first + i);
    const tx = await transfer(1 + i).signAsync(alice, { nonce: first + i });
    await client.ask("author_submitExtrinsic", tx.toHex());
  }
  expect(await nextNonce(alice)).toBe(first + 4);
});

test("a watcher hears ready, in block, final in this order; the final head is announced in between", async () => {
  const tx = await transfer(5).signAsync(alice, { nonce: await nextNonce(alice) });
  const finals = await client.ask("chain_subscribeFinalizedHeads");
  const watch = await client.ask("author_submitAndWatchExtrinsic", tx.toHex());
  const status = async () =>
    (await client.next(({ params }) => params?.subscription === watch)).params?.result;
  expect(await status()).toBe("ready");
  const { inBlock } = (await status()) as { inBlock: Hex };
  const { number } = (await client.ask("chain_getHeader", inBlock)) as { number: string };
  await client.next(
    ({ params }) =>
      params !== undefined &&
      params.subscription === finals &&
      (params.result as { number: string }).number === number,
  );
  expect(await status()).toEqual({ finalized: inBlock });
  await client.ask("chain_unsubscribeFinalizedHeads", finals);
});

test("a nonce that lies ahead waits, one that was used is refused, the same bytes are known", async () => {
  const nonce = await nextNonce(bob);
  const later = send(transfer(2), bob, { nonce: nonce + 1 });
  const now = send(transfer(1), bob, { nonce });
  expect((await later).statuses.filter((status) => status !== "InBlock")).toEqual([
    "Future",
    "Ready",
    "Finalized",
  ]);
  expect((await now).statuses.at(-1)).toBe("Finalized");
  const stale = await transfer(3).signAsync(bob, { nonce });
  expect((await client.call("author_submitExtrinsic", [stale.toHex()])).error).toEqual({
    code: 1010,
    message: "Invalid Transaction",
    data: "Transaction is outdated",
  });
  const future = (await transfer(3).signAsync(bob, { nonce: nonce + 9 })).toHex();
  await client.ask("author_submitExtrinsic", future);
  expect((await client.call("author_submitExtrinsic", [future])).error?.code).toBe(1013);
});

test("what cannot be valid is refused with the reason", async () => {
  const nonce = await nextNonce(alice);
  const signed = (await transfer(1).signAsync(alice, { nonce })).toHex();
  const submit = async (bytes: string) => (await client.call("author_submitExtrinsic", [bytes])).error;
  expect((await submit(signed.replace(/.{8}$/, "00000000")))?.code).toBeGreaterThanOrEqual(1002);
  const broken = Buffer.from(signed.slice(2), "hex");
  broken[60] = (broken[60] ?? 0) ^ 1; // inside the signature
  expect(await submit(toHex(broken))).toMatchObject({ code: 1010, data: "Transaction has a bad signature" });
  expect(await submit("0x0123")).toEqual({ code: 1001, message: "Extrinsic has invalid format" });
  expect(await submit("0x")).toEqual({ code: 1001, message: "Extrinsic has invalid format" });
  expect((await submit("0x10ffffffff"))?.code).toBe(1002);
});

test("an unsigned transaction is asked of the runtime too, which knows none like this", async () => {
  const call = api.tx["system"]!["remark"]!("0x1234").method.toU8a();
  const bytes: Hex = concatHex(toHex(compact(call.length + 1)), "0x04", toHex(call));
  const { error } = await client.call("author_submitExtrinsic", [bytes]);
  expect(error?.code).toBeGreaterThanOrEqual(1010);
  expect(error?.code).toBeLessThanOrEqual(1011);
});

test("a transaction that no block can be closed with is reported, and the others go on", async () => {
  // Without this mark pallet-timestamp panics when the block is closed.
  const mark = api.query["timestamp"]!["didUpdate"]!.key();
  const breaker = api.tx["sudo"]!["sudo"]!(api.tx["system"]!["killStorage"]!([mark]));
  const [broken, other] = await Promise.all([
    send(breaker, alice, { nonce: await nextNonce(alice) }),
    send(transfer(7), bob, { nonce: await nextNonce(bob) }),
  ]);
  expect(broken.statuses).toEqual(["Ready", "Dropped"]);
  expect(other.statuses.at(-1)).toBe("Finalized");
  expect(logged.some((line) => line.includes("left out of block"))).toBe(true);
  expect((await send(transfer(8), alice, { nonce: -1 })).statuses.at(-1)).toBe("Finalized");
});

test("an account that cannot pay the fee is told so", async () => {
  const poor = await account("Ferdie//poor");
  await expect(send(transfer(1), poor, { nonce: -1 })).rejects.toThrow("Inability to pay some fees");
});

test("fees can be asked for, in both ways", async () => {
  const info = await transfer(1).paymentInfo(alice);
  expect(info.partialFee.toBigInt()).toBeGreaterThan(0n);
  const bytes = (await transfer(1).signAsync(alice, { nonce: -1 })).toHex();
  const direct = (await client.ask("payment_queryInfo", bytes)) as { partialFee: string; class: string };
  expect(direct.class).toBe("normal");
  expect(BigInt(direct.partialFee)).toBe(info.partialFee.toBigInt());
  const details = await api.rpc.payment.queryFeeDetails(bytes);
  expect(details.inclusionFee.unwrap().baseFee.toBigInt()).toBeGreaterThan(0n);
});
