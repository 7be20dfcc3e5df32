// SPDX-License-Identifier: Apache-2.0
// `npm run check:wasm`: says whether runtime/wasm is what these sources build, without needing Rust.
// `--write` (called by build-wasm.sh) records a build just made in runtime/wasm/manifest.json.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const runtime = join(root, "runtime");
const manifestPath = join(runtime, "wasm", "manifest.json");
const shippedName = "tickstream_runtime.compact.compressed.wasm";

/** Folders that hold no source of the wasm: outputs, and tests (compiled under `cfg(test)` only). */
const skipped = new Set(["target", "wasm", "tests", "node_modules", "proptest-regressions"]);

const isSource = (name) =>
  name.endsWith(".rs") || name === "Cargo.toml" || name === "Cargo.lock" || name === "rust-toolchain.toml";

/** Every file the bytes depend on, as paths from the repository's root with forward slashes, sorted by code unit. */
function sourceFiles() {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) walk(join(folder, entry.name));
      } else if (isSource(entry.name)) found.push(join(folder, entry.name));
    }
  };
  walk(runtime);
  found.push(join(root, "scripts", "build-wasm.sh"));
  return found.map((path) => relative(root, path).split(sep).join("/")).toSorted((a, b) => (a < b ? -1 : 1));
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** SHA-256 over each file's path, a NUL, its length in bytes, a NUL, and its text with LF line ends. */
function sourceHash(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const text = Buffer.from(readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n"));
    hash.update(`${file}\0${text.length}\0`).update(text);
  }
  return hash.digest("hex");
}

/** The toolchain that runtime/rust-toolchain.toml names. */
function pinnedChannel() {
  const channel = /^channel = "([^"]+)"$/m.exec(
    readFileSync(join(runtime, "rust-toolchain.toml"), "utf8"),
  )?.[1];
  if (channel === undefined) throw new Error("runtime/rust-toolchain.toml names no channel");
  return channel;
}

function write(options) {
  const files = sourceFiles();
  const raw = readFileSync(options.raw);
  const shipped = readFileSync(join(runtime, "wasm", shippedName));
  const manifest = {
    sources: { sha256: sourceHash(files), files: files.length },
    toolchain: { rustc: options.rustc, wasmOpt: options["wasm-opt"], zstd: options.zstd },
    flags: { rust: options["rust-flags"].split(" "), wasmOpt: options["wasm-opt-flags"].split(" ") },
    raw: { sha256: sha256(raw), bytes: raw.length },
    shipped: { file: shippedName, sha256: sha256(shipped), bytes: shipped.length },
  };
  writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(
    `wrote runtime/wasm/${shippedName}: ${shipped.length} bytes, sha256 ${manifest.shipped.sha256}`,
  );
}

/** @returns {string[]} what is wrong, one sentence each; empty when the wasm is what the sources build */
function problems() {
  const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
  const wrong = [];
  const files = sourceFiles();
  if (manifest.sources.sha256 !== sourceHash(files)) {
    wrong.push("the runtime's sources have changed since the wasm was built");
  }
  const shipped = readFileSync(join(runtime, "wasm", shippedName));
  if (manifest.shipped.file !== shippedName || manifest.shipped.sha256 !== sha256(shipped)) {
    wrong.push(`runtime/wasm/${shippedName} is not the file that the manifest describes`);
  }
  if (!manifest.toolchain.rustc.startsWith(`rustc ${pinnedChannel()} `)) {
    wrong.push(`the wasm was built by ${manifest.toolchain.rustc}, not by the pinned ${pinnedChannel()}`);
  }
  return wrong;
}

const { values } = parseArgs({
  options: {
    write: { type: "boolean", default: false },
    raw: { type: "string" },
    rustc: { type: "string" },
    "wasm-opt": { type: "string" },
    zstd: { type: "string" },
    "rust-flags": { type: "string" },
    "wasm-opt-flags": { type: "string" },
  },
});

if (values.write) write(values);
else {
  const wrong = problems();
  for (const sentence of wrong) console.error(`check:wasm: ${sentence}`);
  if (wrong.length > 0) {
    console.error("check:wasm: run `npm run build:wasm` and commit runtime/wasm");
    process.exitCode = 1;
  } else console.log("check:wasm: the wasm is what these sources build");
}
