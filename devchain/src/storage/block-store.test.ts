// SPDX-License-Identifier: Apache-2.0
import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Genesis } from "../blocks/genesis.ts";
import { EMPTY_TRIE_ROOT, encodeHeader, hashHeader, ZERO_HASH } from "../blocks/header.ts";
import type { Header } from "../blocks/header.ts";
import { toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { CODE_KEY } from "../execution/storage-keys.ts";
import { Cleanup } from "../testing/test-support.ts";
import { encodeRecord } from "./block-record.ts";
import type { BlockRecord } from "./block-record.ts";
import { BlockStore } from "./block-store.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const genesisHeader: Header = {
  parentHash: ZERO_HASH,
  number: 0,
  stateRoot: ZERO_HASH,
  extrinsicsRoot: EMPTY_TRIE_ROOT,
  logs: [],
};
const genesis: Genesis = {
  hash: hashHeader(genesisHeader),
  header: genesisHeader,
  entries: new Map<Hex, Hex>([[CODE_KEY, "0xc0de"]]),
};
const COUNTER: Hex = "0x01";

function blockAfter(parentHash: Hex, number: number): BlockRecord {
  const header: Header = { ...genesisHeader, parentHash, number };
  return {
    number,
    hash: hashHeader(header),
    parentHash,
    header: toHex(encodeHeader(header)),
    extrinsics: ["0x0400"],
    changes: [[COUNTER, `0x${number.toString(16).padStart(8, "0")}`]],
  };
}

async function open(dir: string, blocksPerFile = 500) {
  const { store, chain } = await BlockStore.open(dir, genesis, blocksPerFile);
  cleanup.add(() => store.close());
  const state = new Map(chain.base.entries);
  for (const block of chain.blocks)
    for (const [key, value] of block.changes) if (value !== null) state.set(key, value);
  const head = chain.blocks.at(-1) ?? chain.base;
  return { store, chain, state, head };
}

async function extend(
  store: BlockStore,
  head: { number: number; hash: Hex },
  count: number,
): Promise<BlockRecord> {
  let last = head;
  for (let i = 0; i < count; i++) {
    const block = blockAfter(last.hash, last.number + 1);
    await store.append(block);
    last = block;
    const entries: [Hex, Hex][] = [
      [CODE_KEY, "0xc0de"],
      [COUNTER, `0x${block.number.toString(16).padStart(8, "0")}`],
    ];
    if (store.wantsSnapshot) await store.snapshot(entries);
  }
  return last as BlockRecord;
}

test("what was appended is there after opening again", async () => {
  const dir = await cleanup.folder();
  const first = await open(dir);
  const last = await extend(first.store, first.head, 5);
  await first.store.close();
  const again = await open(dir);
  expect(again.head).toEqual(last);
  expect(again.state.get(COUNTER)).toBe("0x00000005");
  expect(await again.store.blockAt(3)).toEqual(blockAfter((await again.store.hashAt(2)) ?? "0x", 3));
});

test("a torn last line is cut off, and the chain goes on from there", async () => {
  const dir = await cleanup.folder();
  const first = await open(dir);
  const last = await extend(first.store, first.head, 3);
  await first.store.close();
  const file = join(dir, "blocks", "0000000000.log");
  const line = encodeRecord(blockAfter(last.hash, 4));
  for (const torn of [line.slice(0, 20), line.slice(0, -1), `${line.slice(0, 30)}\0\0\0\n`]) {
    await appendFile(file, torn);
    const again = await open(dir);
    expect(again.head.number).toBe(3);
    await again.store.close();
  }
  const again = await open(dir);
  await extend(again.store, again.head, 2);
  await again.store.close();
  expect((await open(dir)).head.number).toBe(5);
});

test("damage anywhere else is an error that says what to do", async () => {
  const dir = await cleanup.folder();
  const first = await open(dir);
  await extend(first.store, first.head, 3);
  await first.store.close();
  const file = join(dir, "blocks", "0000000000.log");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("0x00000002", "0x00000009"));
  await expect(open(dir)).rejects.toMatchObject({
    code: "data-damaged",
    message: expect.stringContaining("delete"),
  });
});

test("snapshots bound what a start replays, and old blocks and states can still be read", async () => {
  const dir = await cleanup.folder();
  const first = await open(dir, 4);
  const last = await extend(first.store, first.head, 10);
  await first.store.close();
  const again = await open(dir, 4);
  expect(again.chain.base.number).toBe(8);
  expect(again.chain.blocks).toHaveLength(2);
  expect(again.chain.base.entries.get(CODE_KEY)).toBe("0xc0de");
  expect(again.head).toEqual(last);
  for (const number of [1, 4, 5, 8, 9, 10]) {
    const hash = (await again.store.hashAt(number)) ?? "0x";
    expect((await again.store.blockAt(number))?.hash).toBe(hash);
    expect(await again.store.numberOf(hash)).toBe(number);
    expect((await again.store.stateAt(number))?.get(COUNTER)).toBe(
      `0x${number.toString(16).padStart(8, "0")}`,
    );
  }
  expect(await again.store.blockAt(11)).toBeUndefined();
  expect(await again.store.numberOf(ZERO_HASH)).toBeUndefined();
});

test("a crash between a snapshot and its log file loses nothing", async () => {
  const dir = await cleanup.folder();
  const first = await open(dir);
  await extend(first.store, first.head, 3);
  await first.store.close();
  await writeFile(
    join(dir, "blocks", "0000000003.state"),
    JSON.stringify({ number: 3, hash: "0x", entries: [] }),
  );
  const again = await open(dir);
  expect(again.head.number).toBe(3);
  expect(await readdir(join(dir, "blocks"))).toEqual(["0000000000.log"]);
});

test("files that are too old are deleted", async () => {
  const dir = await cleanup.folder();
  const first = await open(dir, 1);
  await extend(first.store, first.head, 80);
  await first.store.close();
  const logs = (await readdir(join(dir, "blocks"))).filter((name) => name.endsWith(".log"));
  expect(logs).toHaveLength(64);
  const again = await open(dir, 1);
  expect(again.head.number).toBe(80);
  expect(await again.store.blockAt(3)).toBeUndefined();
});
