// SPDX-License-Identifier: Apache-2.0
/// <reference lib="dom" />
import { zstdDecompressSync } from "node:zlib";

/** What Substrate puts before a compressed runtime: https://docs.rs/sp-maybe-compressed-blob */
const ZSTD_MAGIC = Buffer.from("52bc537646db8e05", "hex");
const MAX_RUNTIME_BYTES = 64 << 20;
const PAGE = 65_536;
const LOG_OFF = 0;

/** Bytes that Substrate's allocator keeps before each block. Runtimes write there (seen), so it can't be left out. */
const BLOCK_HEADER = 8;

/**
 * The metadata that a runtime gives of itself, by running its `Metadata_metadata`: no node, no chain, no Rust.
 *
 * That function needs next to nothing of its host, so this one gives just that: memory, an empty state, no
 * log. Any other host function throws its name when it is called.
 *
 * @param runtime a runtime's wasm, compressed as chains store it or plain
 * @returns the SCALE-encoded, prefixed metadata, version 14
 */
export async function readRuntimeMetadata(runtime: Buffer): Promise<Uint8Array> {
  const wasm = runtime.subarray(0, ZSTD_MAGIC.length).equals(ZSTD_MAGIC)
    ? zstdDecompressSync(runtime.subarray(ZSTD_MAGIC.length), { maxOutputLength: MAX_RUNTIME_BYTES })
    : runtime;
  const module = await WebAssembly.compile(Uint8Array.from(wasm));
  const memory = new WebAssembly.Memory({ initial: 64 });
  let heap = 0;
  const host: WebAssembly.ModuleImports = { memory };
  for (const { name, kind } of WebAssembly.Module.imports(module)) {
    if (kind !== "function") continue;
    host[name] = () => {
      throw new Error(`the runtime's metadata needs the host function ${name}`);
    };
  }
  // Nothing is ever freed: the instance lives for one call.
  const allocate = (size: number) => {
    const start = heap + BLOCK_HEADER;
    heap = (start + size + 7) & ~7;
    const missing = heap - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return start;
  };
  host["ext_allocator_malloc_version_1"] = allocate;
  host["ext_allocator_free_version_1"] = () => {};
  // A SCALE `None`, which is one zero byte: memory comes zeroed.
  host["ext_storage_get_version_1"] = () => (1n << 32n) | BigInt(allocate(1));
  host["ext_logging_max_level_version_1"] = () => LOG_OFF;
  // It logs nothing but the reason of a panic.
  host["ext_logging_log_version_1"] = (_level: number, _target: bigint, message: bigint) => {
    throw new Error(`the runtime panicked: ${Buffer.from(bytesAt(memory, message)).toString()}`);
  };

  const { exports } = await WebAssembly.instantiate(module, { env: host });
  const heapBase = exports["__heap_base"];
  const metadata = exports["Metadata_metadata"];
  if (!(heapBase instanceof WebAssembly.Global) || typeof metadata !== "function") {
    throw new Error("the wasm is no Substrate runtime");
  }
  heap = ((heapBase.value as number) + 7) & ~7;
  const result = bytesAt(memory, (metadata as (data: number, length: number) => bigint)(0, 0));
  // SCALE bytes: a compact length and the metadata.
  return result.subarray([1, 2, 4, 5][result[0]! & 3]);
}

/** What a runtime's packed pointer points at: the address in the lower half, the length in the upper. */
function bytesAt(memory: WebAssembly.Memory, packed: bigint): Uint8Array {
  const pointer = Number(BigInt.asUintN(32, packed));
  return new Uint8Array(memory.buffer.slice(pointer, pointer + Number(BigInt.asUintN(32, packed >> 32n))));
}
