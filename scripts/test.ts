// SPDX-License-Identifier: Apache-2.0
// `npm test`: every test of the project, Rust and TypeScript. `npm test -- PATH…` runs only the vitest files that match.
// Its last line is "N passed, N failed".
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareTestTools } from "./test-tools.ts";

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const filters = process.argv.slice(2);
const strict = process.env.CI === "true";

/** Runs a command, passing its output on; resolves with the exit code and what it printed. */
function run(
  command: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      process.stdout.write(chunk);
      output += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      process.stderr.write(chunk);
      output += chunk.toString();
    });
    child.on("error", failed);
    child.on("close", (code, signal) => done({ code: code ?? (signal === null ? 1 : 128), output }));
  });
}

async function rust(): Promise<Count> {
  if (spawnSync("cargo", ["--version"]).status !== 0) {
    const how = "cargo is not installed (https://rustup.rs), so the pallet's Rust tests cannot run";
    if (strict) {
      console.error(`FAILED: ${how}.`);
      return { passed: 0, failed: 1, skipped: 0 };
    }
    console.log(`SKIPPED: ${how}; all other tests do.`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  console.log("Rust: the pallet and the runtime (the first build takes some minutes)");
  const { code, output } = await run(
    "cargo",
    ["test", "--locked", "--quiet"],
    join(root, "runtime"),
    process.env,
  );
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const line of output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm)) {
    count.passed += Number(line[1]);
    count.failed += Number(line[2]);
    count.skipped += Number(line[3]);
  }
  if (code !== 0 && count.failed === 0) count.failed = 1;
  return count;
}

async function typescript(): Promise<Count> {
  const tools = await prepareTestTools({ root, strict });
  const folder = mkdtempSync(join(tmpdir(), "tickstream-test-"));
  const report = join(folder, "vitest.json");
  try {
    const { code } = await run(
      process.execPath,
      [
        join(root, "node_modules/vitest/vitest.mjs"),
        "run",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report}`,
        ...filters,
      ],
      root,
      { ...process.env, ...tools },
    );
    const result = JSON.parse(readFileSync(report, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
    };
    const count = {
      passed: result.numPassedTests,
      failed: result.numFailedTests,
      skipped: result.numPendingTests,
    };
    if (code !== 0 && count.failed === 0) count.failed = 1; // an unhandled error, or a file that could not be collected
    return count;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const counts = filters.length > 0 ? [await typescript()] : [await rust(), await typescript()];
const total = counts.reduce((sum, count) => ({
  passed: sum.passed + count.passed,
  failed: sum.failed + count.failed,
  skipped: sum.skipped + count.skipped,
}));
console.log(
  `${total.passed} passed, ${total.failed} failed` + (total.skipped > 0 ? `, ${total.skipped} skipped` : ""),
);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
