// SPDX-License-Identifier: Apache-2.0
// `npm run check`: every check that is not a test, one after the other. Its last line is "N passed, N failed".
import { spawnSync } from "node:child_process";

/** Name of the check → the npm script that makes it. */
const CHECKS = {
  format: "check:format",
  lint: "check:lint",
  types: "check:types",
  architecture: "check:architecture",
  sources: "check:sources",
  "dead code": "check:dead-code",
  "generated types": "check:generated",
  "wasm manifest": "check:wasm",
};

const failed: string[] = [];
for (const [name, script] of Object.entries(CHECKS)) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", script], { encoding: "utf8" });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (status !== 0) {
    failed.push(name);
    console.log(`${stdout}${stderr}`.trimEnd().replaceAll(/^/gm, "    "));
  }
}
console.log(`${Object.keys(CHECKS).length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
