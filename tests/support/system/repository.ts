// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";

/** A file or folder of the repository, as an absolute path. */
export function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

/** The built runtime that every chain of the tests executes. */
export const RUNTIME_WASM = inRepository("runtime/wasm/tickstream_runtime.compact.compressed.wasm");
