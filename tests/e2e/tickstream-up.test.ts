// SPDX-License-Identifier: Apache-2.0
// The one command: starts everything, stops everything in time, and goes on from there.
import { afterEach, beforeEach, expect, test } from "vitest";
import { isListening, leftovers, markProcesses } from "../support/system/leftovers.ts";
import { makeDataFolder, startUp, tickstream, type Up } from "../support/system/up.ts";

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let up: Up | undefined;
let mark: string;

beforeEach(async () => {
  folder = await makeDataFolder();
  mark = markProcesses();
});

afterEach(async () => {
  if (up?.program.process.exitCode === null) await up.interrupt();
  await folder.remove();
}, 60_000);

/** The last line of `watch --json`. */
async function watch(up: Up, seconds: number, ...more: string[]): Promise<{ ticks: number; spent: bigint }> {
  const output = await tickstream(
    "watch",
    up.demoStream,
    "--node",
    up.page,
    "--seconds",
    String(seconds),
    "--json",
    ...more,
  );
  const end = JSON.parse(output.trim().split("\n").at(-1) ?? "") as {
    event: string;
    ticks: number;
    spent: string;
  };
  expect(end.event).toBe("end");
  return { ticks: end.ticks, spent: BigInt(end.spent) };
}

test("starts, sells, stops within 3 s of one Ctrl-C leaving nothing, and resumes chain, ledger and streams", async () => {
  up = await startUp(folder.path);
  const viewer = ["--data-dir", `${folder.path}/viewer`];
  const first = await watch(up, 3, "--suri", "//Bob", ...viewer);
  expect(first.ticks).toBeGreaterThanOrEqual(3);
  expect(first.ticks).toBeLessThanOrEqual(7);

  const pressed = performance.now();
  expect(await up.interrupt()).toBe(0);
  expect(performance.now() - pressed).toBeLessThan(3_000);
  expect(up.program.output()).toMatch(/stopped\n$/);
  expect(await leftovers(mark)).toEqual([]);
  expect(await isListening(Number(new URL(up.page).port))).toBe(false);

  const again = await startUp(folder.path);
  expect(again.program.output()).not.toContain("creating the database");
  expect(again.program.output()).not.toContain("registering streams");
  expect([again.demoStream, again.streamKey]).toEqual([up.demoStream, up.streamKey]);
  up = again;
  // The tab is still there: no account is needed.
  expect((await watch(up, 2, ...viewer)).ticks).toBeGreaterThanOrEqual(2);
}, 180_000);

test("killed without warning, nothing runs on, and the next start goes on", async () => {
  up = await startUp(folder.path, ["--no-demo"]);
  const { streamKey } = up;
  process.kill(up.program.pid, "SIGKILL");
  await up.program.exited;
  expect(await leftovers(mark, 8_000)).toEqual([]);
  up = await startUp(folder.path, ["--no-demo"]);
  expect(up.streamKey).toBe(streamKey);
}, 180_000);

test("a second program on the same data folder is refused in one line", async () => {
  up = await startUp(folder.path, ["--no-demo"]);
  const ports = ["--http-port", "0", "--rtmp-port", "0", "--chain-port", "0"];
  await expect(tickstream("up", "--data-dir", folder.path, ...ports)).rejects.toThrow(
    new RegExp(`process ${up.program.pid} is using the data folder`),
  );
}, 120_000);
