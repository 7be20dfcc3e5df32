// SPDX-License-Identifier: Apache-2.0

// Writes contracts-types/src/generated/ from the metadata of the built runtime.
//
//     node scripts/generate-types.ts           writes the files
//     node scripts/generate-types.ts --check   fails where they are not what it would write

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decodeMetadata, describePallet, hashPallet } from "@tickstream/chain-client/metadata";
import { readRuntimeMetadata } from "./read-runtime-metadata.ts";
import { renderGeneratedTypes } from "./render-generated-types.ts";

const PALLET = "TickStream";
const runtime = new URL("../runtime/wasm/tickstream_runtime.compact.compressed.wasm", import.meta.url);
const folder = fileURLToPath(new URL("../contracts-types/src/generated/", import.meta.url));
const check = process.argv.includes("--check");

const encoded = await readRuntimeMetadata(readFileSync(runtime));
const pallet = describePallet(decodeMetadata(encoded), PALLET);
if (pallet === null) throw new Error(`the runtime has no pallet ${PALLET}`);
const files = renderGeneratedTypes(pallet, hashPallet(pallet));

mkdirSync(folder, { recursive: true });
const stale = [...files].filter(
  ([name, text]) => !existsSync(folder + name) || readFileSync(folder + name, "utf8") !== text,
);
const surplus = readdirSync(folder).filter((name) => !files.has(name));
if (check) {
  for (const name of [...stale.map(([name]) => name), ...surplus]) {
    console.error(`contracts-types/src/generated/${name} is stale: run npm run generate:types`);
    process.exitCode = 1;
  }
} else {
  for (const [name, text] of stale) writeFileSync(folder + name, text);
  for (const name of surplus) rmSync(folder + name);
  console.log(
    `contracts-types/src/generated: ${stale.length + surplus.length} of ${files.size} files changed`,
  );
}
