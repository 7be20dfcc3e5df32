// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { zstdDecompressSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { blake2AsHex } from "@polkadot/util-crypto/blake2";
import { toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { DevchainError } from "../errors.ts";

/** The wasm that the repository ships. */
export const DEFAULT_WASM_PATH = fileURLToPath(
  new URL("../../../runtime/wasm/tickstream_runtime.compact.compressed.wasm", import.meta.url),
);

/** Magic in front of a zstd-compressed runtime (`sp_maybe_compressed_blob`). */
const ZSTD_MAGIC = "52bc537646db8e05";
const WASM_MAGIC = "0061736d";
const MAX_CODE_BYTES = 50 * 1024 * 1024;

export interface RuntimeCode {
  /** The wasm, decompressed: the executor would otherwise unpack it again at each call. */
  readonly code: Hex;
  /** BLAKE2b-256 of the decompressed wasm. */
  readonly hash: Hex;
}

/** Reads a runtime's wasm, compressed or not. Throws DevchainError "wasm-unusable". */
export async function readRuntimeCode(path: string): Promise<RuntimeCode> {
  const file = await readFile(path).catch((cause: unknown) => {
    throw new DevchainError("wasm-unusable", `The runtime's wasm could not be read: ${path}`, { cause });
  });
  let wasm: Uint8Array = file;
  if (file.subarray(0, 8).toString("hex") === ZSTD_MAGIC) {
    try {
      wasm = zstdDecompressSync(file.subarray(8), { maxOutputLength: MAX_CODE_BYTES });
    } catch (cause) {
      throw new DevchainError("wasm-unusable", `The runtime's wasm is not valid zstd: ${path}`, { cause });
    }
  }
  if (Buffer.from(wasm.subarray(0, 4)).toString("hex") !== WASM_MAGIC) {
    throw new DevchainError("wasm-unusable", `This is no wasm: ${path}`);
  }
  return { code: toHex(wasm), hash: blake2AsHex(wasm, 256) };
}
