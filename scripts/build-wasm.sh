#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the runtime's wasm into runtime/wasm and writes its manifest (npm run build:wasm).
# Needs: rustup's cargo with the toolchain of runtime/rust-toolchain.toml and its wasm32v1-none target, wasm-opt (binaryen),
# zstd, node. The bytes do not depend on the folder, the user or the crate cache: every path is remapped.
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
RUNTIME=$ROOT/runtime
OUT=$RUNTIME/wasm
TRIPLE=wasm32v1-none
# A folder of its own, so that a test run and a wasm build do not wait for each other's lock.
: "${CARGO_TARGET_DIR:=$RUNTIME/target/wasm-build}"
CARGO_HOME=${CARGO_HOME:-$HOME/.cargo}
export CARGO_TARGET_DIR CARGO_HOME

cd "$RUNTIME" # rustup reads rust-toolchain.toml here
for tool in cargo rustc wasm-opt zstd node; do
  command -v "$tool" >/dev/null || { echo "build-wasm: '$tool' is not on PATH" >&2; exit 2; }
done
if [ ! -d "$(rustc --print target-libdir --target $TRIPLE 2>/dev/null || echo /nonexistent)" ]; then
  echo "build-wasm: this toolchain cannot build $TRIPLE; run: rustup target add $TRIPLE --toolchain $(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)" >&2
  exit 2
fi

# What the host expects of a runtime: its table, heap base and an imported memory. The manifest records these.
FLAGS="-Clink-arg=--export-table -Clink-arg=--export=__heap_base -Clink-arg=--import-memory --cfg=substrate_runtime"
WASM_OPT_FLAGS="-Oz --mvp-features --enable-mutable-globals --strip-debug"

cargo fetch --locked --target "$TRIPLE" # the registry's folder must exist before it can be remapped
SEP=$(printf '\037') # cargo's own separator: paths may hold spaces
ENCODED=$(printf '%s' "$FLAGS" | tr ' ' '\037')
for registry in "$CARGO_HOME"/registry/src/*/; do
  ENCODED="$ENCODED$SEP--remap-path-prefix=${registry%/}=/crates"
done
ENCODED="$ENCODED$SEP--remap-path-prefix=$RUNTIME=/tickstream$SEP--remap-path-prefix=$CARGO_TARGET_DIR=/target"

env -u RUSTFLAGS CARGO_ENCODED_RUSTFLAGS="$ENCODED" \
  cargo rustc --locked --release -p tickstream-runtime --lib --crate-type cdylib --no-default-features --target "$TRIPLE"

RAW=$CARGO_TARGET_DIR/$TRIPLE/release/tickstream_runtime.wasm
COMPACT=$CARGO_TARGET_DIR/tickstream_runtime.compact.wasm
SHIPPED=$OUT/tickstream_runtime.compact.compressed.wasm
mkdir -p "$OUT"
# shellcheck disable=SC2086 # flags are words
wasm-opt $WASM_OPT_FLAGS "$RAW" -o "$COMPACT"
# The magic of sp-maybe-compressed-blob, then one zstd frame.
{ printf '\122\274\123\166\106\333\216\005'; zstd -q -c --ultra -22 "$COMPACT"; } >"$SHIPPED.tmp"
mv "$SHIPPED.tmp" "$SHIPPED"

node "$ROOT/scripts/check-wasm.mjs" --write \
  --raw="$RAW" --rustc="$(rustc --version)" --wasm-opt="$(wasm-opt --version)" --zstd="$(zstd --version | sed -n 's|.* v\([0-9.]*\),.*|zstd \1|p')" \
  --rust-flags="$FLAGS" --wasm-opt-flags="$WASM_OPT_FLAGS"
