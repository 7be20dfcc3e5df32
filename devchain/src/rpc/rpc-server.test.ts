// SPDX-License-Identifier: Apache-2.0
import { createConnection } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { storageValueKey } from "../execution/storage-keys.ts";
import { startDevchain } from "../start-devchain.ts";
import type { Devchain } from "../start-devchain.ts";
import type { RawClient } from "../testing/test-support.ts";
import { Cleanup, resultOf } from "../testing/test-support.ts";

// Starting a chain takes a second, but many on a machine that also compiles.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const cleanup = new Cleanup();
let chain: Devchain;
let client: RawClient;

beforeAll(async () => {
  chain = await startDevchain({ dataDir: await cleanup.folder(), port: 0, blockTimeMs: 500 });
  cleanup.add(() => chain.stop());
  client = await cleanup.client(chain.url);
});
afterAll(() => cleanup.run());

/** Whether the chain still answers others. */
async function isWell(): Promise<void> {
  expect(await client.ask("system_health")).toEqual({ peers: 0, isSyncing: false, shouldHavePeers: false });
}

describe("what wallets ask", () => {
  test("who the chain is", async () => {
    expect(await client.ask("system_chain")).toBe("Tickstream Development");
    expect(await client.ask("system_properties")).toEqual({
      ss58Format: 42,
      tokenDecimals: 12,
      tokenSymbol: "UNIT",
    });
    expect(await client.ask("system_chainType")).toBe("Development");
    const { methods } = (await client.ask("rpc_methods")) as { methods: string[] };
    expect(methods).toContain("author_submitAndWatchExtrinsic");
    expect(methods).toContain("rpc_methods");
  });

  test("metadata of versions 14 and 15, and the runtime's version", async () => {
    expect(String(await client.ask("state_getMetadata")).slice(0, 12)).toBe("0x6d6574610e");
    const v15 = String(await client.ask("state_call", "Metadata_metadata_at_version", "0x0f000000"));
    expect(v15.slice(2, 24)).toContain("6d6574610f");
    expect(await client.ask("state_getRuntimeVersion")).toMatchObject({
      specName: "tickstream",
      transactionVersion: 1,
    });
  });

  test("storage: values, keys by pages, sizes, several at once, and as it was", async () => {
    const number = storageValueKey("System", "Number");
    // The chain builds on while the test asks: one head is looked at, whatever comes after it.
    const head = chain.head();
    const hash = head.hash;
    const value = await client.ask("state_getStorage", number, hash);
    expect(value).toBe(`0x${head.number.toString(16).padStart(2, "0")}000000`);
    expect(await client.ask("state_getStorageSize", number)).toBe(4);
    expect(await client.ask("state_queryStorageAt", [number], hash)).toEqual([
      { block: hash, changes: [[number, value]] },
    ]);
    const prefix = number.slice(0, 34);
    const all = (await client.ask("state_getKeysPaged", prefix, 100)) as string[];
    const firstPage = (await client.ask("state_getKeysPaged", prefix, 3)) as string[];
    const rest = await client.ask("state_getKeysPaged", prefix, 100, firstPage.at(-1));
    expect([...firstPage, ...(rest as string[])]).toEqual(all);
    expect(await client.ask("state_getStorage", number, chain.genesisHash)).toBeNull();
  });

  test("heads, final heads and storage as they change; the answer comes before the first notice", async () => {
    const own = await cleanup.client(chain.url);
    const heads = await own.ask("chain_subscribeNewHeads");
    const finals = await own.ask("chain_subscribeFinalizedHeads");
    const number = storageValueKey("System", "Number");
    const values = await own.ask("state_subscribeStorage", [number]);
    const numbers: number[] = [];
    while (numbers.length < 3) {
      const head = await own.next(({ params }) => params?.subscription === heads);
      numbers.push(Number(resultOf<{ number: string }>(head).number));
    }
    expect(numbers).toEqual([numbers[0], (numbers[0] ?? 0) + 1, (numbers[0] ?? 0) + 2]);
    await own.next(({ params }) => params?.subscription === finals);
    await own.next(({ params }) => params?.subscription === finals);
    await own.next(({ params }) => params?.subscription === values);
    const change = await own.next(({ params }) => params?.subscription === values);
    expect(resultOf<{ changes: string[][] }>(change).changes[0]?.[0]).toBe(number);
    expect(await own.ask("chain_unsubscribeNewHeads", heads)).toBe(true);
    expect(await own.ask("chain_unsubscribeNewHeads", heads)).toBe(false);
  });
});

describe("hostile input", () => {
  test("what is no JSON, no request, no method, no parameters", async () => {
    for (const text of ["{", "", "\u0000", "[1,", Buffer.from([1, 2, 3])]) {
      client.send(text);
      expect((await client.next(({ id, error }) => id === null && error !== undefined)).error?.code).toBe(
        -32700,
      );
    }
    for (const text of ["1", "null", '"x"', "{}", '{"method":5}', "[]"]) {
      client.send(text);
      expect((await client.next(({ id, error }) => id === null && error !== undefined)).error?.code).toBe(
        -32600,
      );
    }
    for (const method of ["nothing", "__proto__", "constructor", "toString", ""]) {
      expect((await client.call(method)).error?.code).toBe(-32601);
    }
    const cases: [string, unknown[]][] = [
      ["state_getStorage", []],
      ["state_getStorage", ["0xzz"]],
      ["state_getStorage", ["0x00", "0x12"]],
      ["state_getKeysPaged", ["0x", -1]],
      ["state_queryStorageAt", [Array(1_001).fill("0x00")]],
      ["chain_getBlockHash", ["x"]],
      ["chain_getBlockHash", [1e300]],
      ["chain_getBlockHash", [Array(1_000).fill(1)]],
      ["system_accountNextIndex", ["nobody"]],
      ["system_accountNextIndex", ["0x12"]],
      ["state_call", [1, 2]],
    ];
    for (const [method, params] of cases)
      expect((await client.call(method, params)).error?.code, method).toBe(-32602);
    client.send('{"jsonrpc":"2.0","id":900000,"method":"system_chain","params":{"a":1}}');
    expect((await client.next(({ id }) => id === 900_000)).error?.code).toBe(-32602);
    await isWell();
  });

  test("states and blocks that nobody knows", async () => {
    const unknown = `0x${"ab".repeat(32)}`;
    expect((await client.call("state_getStorage", ["0x00", unknown])).error?.code).toBe(4003);
    expect((await client.call("state_call", ["Core_version", "0x", unknown])).error?.code).toBe(4003);
    expect(await client.ask("chain_getBlock", unknown)).toBeNull();
    expect(await client.ask("chain_getBlockHash", 4_000_000_000)).toBeNull();
    expect((await client.call("state_call", ["No_such_call", "0x"])).error?.code).toBe(-32603);
    expect((await client.call("state_call", ["AccountNonceApi_account_nonce", "0x12"])).error?.code).toBe(
      -32603,
    );
    await isWell();
  });

  test("a batch is answered as one, a huge one refused", async () => {
    client.send('[{"id":900001,"method":"system_chain"},{"id":900002,"method":"system_name"}]');
    const batch = (await client.next((answer) => Array.isArray(answer))) as unknown as { id: number }[];
    expect(batch.map(({ id }) => id)).toEqual([900_001, 900_002]);
    client.send(`[${Array(101).fill('{"id":1,"method":"system_chain"}').join()}]`);
    expect((await client.next(({ id, error }) => id === null && error !== undefined)).error?.code).toBe(
      -32600,
    );
  });

  test("a message over the limit closes that client only", async () => {
    const own = await cleanup.client(chain.url);
    own.send(`"${"x".repeat(17 * 1024 * 1024)}"`);
    expect(await own.closed).toBe(1009);
    await isWell();
  });

  test("subscriptions are bounded", async () => {
    const own = await cleanup.client(chain.url);
    const answers = await Promise.all(
      Array.from({ length: 1_030 }, () => own.call("chain_subscribeFinalizedHeads")),
    );
    const codes = answers.flatMap(({ error }) => error?.code ?? []);
    expect(codes.length).toBeGreaterThanOrEqual(6);
    expect(codes.every((code) => code === -32005)).toBe(true);
    await isWell();
  });

  test("bytes that are no WebSocket, and plain HTTP", async () => {
    const port = Number(new URL(chain.url).port);
    const socket = createConnection(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.end(Buffer.from("\u0016\u0003\u0001 no HTTP at all\r\n\r\n"));
    await once(socket.resume(), "close");
    expect((await fetch(chain.url.replace("ws:", "http:"))).status).toBe(426);
    await isWell();
  });
});

test("a port that is taken is named", async () => {
  const port = Number(new URL(chain.url).port);
  await expect(startDevchain({ dataDir: await cleanup.folder(), port })).rejects.toMatchObject({
    code: "port-taken",
    message: expect.stringContaining(String(port)),
  });
});
