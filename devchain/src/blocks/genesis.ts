// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fromHex, isHex, toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { lengthPrefixed, ScaleReader, u64le } from "../codec/scale.ts";
import { DevchainError } from "../errors.ts";
import type { Executor } from "../execution/executor.ts";
import type { RuntimeCode } from "../execution/runtime-code.ts";
import { CHAIN_START_KEY, CODE_KEY } from "../execution/storage-keys.ts";
import { writeDurably } from "../storage/durable-file.ts";
import { EMPTY_TRIE_ROOT, hashHeader, ZERO_HASH } from "./header.ts";
import type { Header } from "./header.ts";

/** The runtime's own genesis preset that a chain starts from. */
const PRESET = "development";
/** `system_version` 1 and up: values over 32 bytes enter the trie as hashes. */
const STATE_VERSION = 1;
const FILE = "genesis.json";
const FORMAT = 1;

/** The first block of a chain: its state and its header. The hash differs for every runtime and every start. */
export interface Genesis {
  readonly hash: Hex;
  readonly header: Header;
  readonly entries: ReadonlyMap<Hex, Hex>;
}

/** What stands in the data folder; the code itself does not, only its hash. */
interface GenesisFile {
  readonly format: number;
  readonly codeHash: Hex;
  readonly stateRoot: Hex;
  readonly top: Record<Hex, Hex>;
}

/**
 * The genesis frozen in `dataDir`, or a new one there. It is the genesis a real node would have: header with the
 * real state root, hash of that header; block 1 then writes it to `System.BlockHash(0)` by itself.
 * Throws DevchainError "genesis-mismatch" where the folder belongs to another runtime.
 */
export async function openGenesis(
  dataDir: string,
  runtime: RuntimeCode,
  executor: Executor,
): Promise<Genesis> {
  const path = join(dataDir, FILE);
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw new DevchainError("data-unwritable", `Cannot read ${path}: ${cause.message}`, { cause });
  });
  if (text !== undefined) {
    const file = parseGenesisFile(text, path);
    if (file.codeHash !== runtime.hash) {
      throw new DevchainError(
        "genesis-mismatch",
        `The chain in ${dataDir} was started with another runtime (${file.codeHash.slice(0, 18)}…, now ${runtime.hash.slice(0, 18)}…). ` +
          `A data folder belongs to one genesis: delete ${dataDir} to start a new chain, or use another folder.`,
      );
    }
    return toGenesis(file, runtime.code);
  }
  const top = await buildState(runtime.code, executor);
  const stateRoot = await executor.root([...top, [CODE_KEY, runtime.code]], STATE_VERSION);
  const file: GenesisFile = {
    format: FORMAT,
    codeHash: runtime.hash,
    stateRoot,
    top: Object.fromEntries(top),
  };
  await writeDurably(dataDir, FILE, JSON.stringify(file, undefined, 1));
  return toGenesis(file, runtime.code);
}

function toGenesis(file: GenesisFile, code: Hex): Genesis {
  const header: Header = {
    parentHash: ZERO_HASH,
    number: 0,
    stateRoot: file.stateRoot,
    extrinsicsRoot: EMPTY_TRIE_ROOT,
    logs: [],
  };
  const entries = new Map(Object.entries(file.top) as [Hex, Hex][]).set(CODE_KEY, code);
  return { hash: hashHeader(header), header, entries };
}

async function buildState(code: Hex, executor: Executor): Promise<Map<Hex, Hex>> {
  executor.load(ZERO_HASH, [[CODE_KEY, code]]);
  const call = async (method: string, parameter: Uint8Array) =>
    executor.run(ZERO_HASH, [[method, toHex(parameter)]]);
  const preset = async (id: Uint8Array): Promise<unknown> => {
    const reader = new ScaleReader(fromHex((await call("GenesisBuilder_get_preset", id)).result));
    if (reader.u8() !== 1)
      throw new DevchainError("wasm-unusable", `The runtime has no genesis preset "${PRESET}"`);
    return JSON.parse(Buffer.from(reader.bytes()).toString("utf8"));
  };
  const config = mergePatch(
    await preset(Uint8Array.of(0)),
    await preset(Buffer.concat([Uint8Array.of(1), lengthPrefixed(Buffer.from(PRESET))])),
  );
  const built = await call("GenesisBuilder_build_state", lengthPrefixed(Buffer.from(JSON.stringify(config))));
  if (built.result !== "0x00") {
    const reason = Buffer.from(new ScaleReader(fromHex(built.result).subarray(1)).bytes()).toString("utf8");
    throw new DevchainError("wasm-unusable", `The runtime refuses its own genesis preset: ${reason}`);
  }
  const top = new Map<Hex, Hex>();
  for (const [key, value] of built.changes) if (value !== null) top.set(key, value);
  top.set(CHAIN_START_KEY, toHex(Buffer.concat([u64le(Date.now()), randomBytes(16)])));
  return top;
}

/** JSON merge patch (RFC 7396), which is how a preset changes the default genesis. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseGenesisFile(text: string, path: string): GenesisFile {
  const damaged = (cause?: unknown) =>
    new DevchainError("data-damaged", `${path} is damaged: delete its folder to start a new chain.`, {
      cause,
    });
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    throw damaged(cause);
  }
  if (!isObject(file) || file["format"] !== FORMAT || !isHex(file["codeHash"]) || !isHex(file["stateRoot"]))
    throw damaged();
  const top = file["top"];
  if (!isObject(top) || !Object.entries(top).every(([key, value]) => isHex(key) && isHex(value)))
    throw damaged();
  return file as unknown as GenesisFile;
}
