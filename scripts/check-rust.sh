#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `npm run check:rust`: format and lint of the Rust sources. Its last line is "N passed, N failed".
cd "$(dirname "$0")/../runtime" || exit 1
passed=0 failed=0
check() {
  name=$1
  shift
  if "$@"; then passed=$((passed + 1)); echo "ok     $name"; else failed=$((failed + 1)); echo "FAILED $name"; fi
}
check "rust format" cargo fmt --all --check
check "rust lint" cargo clippy --locked --quiet --workspace --all-targets -- -D warnings
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
