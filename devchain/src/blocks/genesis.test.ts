// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { fromHex } from "../codec/hex.ts";
import { DEFAULT_WASM_PATH } from "../execution/runtime-code.ts";
import { startDevchain } from "../start-devchain.ts";
import type { Devchain } from "../start-devchain.ts";
import { Cleanup } from "../testing/test-support.ts";
import { mergePatch } from "./genesis.ts";
import { decodeHeader, encodeHeader, hashHeader } from "./header.ts";

// Starting a chain takes a second, but many on a machine that also compiles.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function start(dataDir: string, wasmPath = DEFAULT_WASM_PATH): Promise<Devchain> {
  const chain = await startDevchain({ dataDir, port: 0, wasmPath });
  cleanup.add(() => chain.stop());
  return chain;
}

test("RPC, client, header and runtime agree on one genesis hash, which is a real one", async () => {
  const chain = await start(await cleanup.folder());
  const api = await cleanup.api(chain.url);
  expect(api.genesisHash.toHex()).toBe(chain.genesisHash);
  expect((await api.rpc.chain.getBlockHash(0)).toHex()).toBe(chain.genesisHash);
  expect((await api.query["system"]!["blockHash"]!(0)).toHex()).toBe(chain.genesisHash);
  const header = await api.rpc.chain.getHeader(chain.genesisHash);
  // @polkadot/types hashes the header by itself.
  expect(header.hash.toHex()).toBe(chain.genesisHash);
  expect(header.stateRoot.isEmpty).toBe(false);
  // By its number: the chain builds on while the test asks.
  const firstHash = (await api.rpc.chain.getBlockHash(1)).toHex();
  const first = await api.rpc.chain.getHeader(firstHash);
  expect(first.hash.toHex()).toBe(firstHash);
  expect(first.parentHash.toHex()).toBe(chain.genesisHash);
  expect(hashHeader(decodeHeader(first.toU8a()))).toBe(firstHash);
  expect(Buffer.from(encodeHeader(decodeHeader(fromHex(first.toHex()))))).toEqual(Buffer.from(first.toU8a()));
});

test("a chain that is started again keeps its genesis, another chain has another", async () => {
  const folder = await cleanup.folder();
  const first = await start(folder);
  await first.stop();
  const again = await start(folder);
  expect(again.genesisHash).toBe(first.genesisHash);
  expect(again.head().number).toBeGreaterThanOrEqual(first.head().number);
  const other = await start(await cleanup.folder());
  expect(other.genesisHash).not.toBe(first.genesisHash);
});

test("another runtime in the same folder is refused in one clear sentence", async () => {
  const folder = await cleanup.folder();
  await (await start(folder)).stop();
  const path = join(folder, "genesis.json");
  const genesis = JSON.parse(await readFile(path, "utf8")) as { codeHash: string };
  await writeFile(path, JSON.stringify({ ...genesis, codeHash: `0x${"12".repeat(32)}` }));
  await expect(start(folder)).rejects.toMatchObject({
    code: "genesis-mismatch",
    message: expect.stringContaining(`delete ${folder}`),
  });
  await writeFile(path, "{");
  await expect(start(folder)).rejects.toMatchObject({ code: "data-damaged" });
});

test("what is no runtime is refused", async () => {
  const folder = await cleanup.folder();
  await expect(start(folder, join(folder, "missing.wasm"))).rejects.toMatchObject({ code: "wasm-unusable" });
  await writeFile(join(folder, "text.wasm"), "not wasm");
  await expect(start(folder, join(folder, "text.wasm"))).rejects.toMatchObject({ code: "wasm-unusable" });
});

test("a preset patches the default genesis as RFC 7396 says", () => {
  expect(mergePatch({ a: { b: 1, c: 2 }, d: [1] }, { a: { b: null, e: 3 }, d: [2] })).toEqual({
    a: { c: 2, e: 3 },
    d: [2],
  });
});
