// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test, vi } from "vitest";
import { Cleanup } from "../testing/test-support.ts";
import { Executor } from "./executor.ts";
import { DEFAULT_WASM_PATH, readRuntimeCode } from "./runtime-code.ts";
import { CODE_KEY } from "./storage-keys.ts";

// Starting a chain takes a second, but many on a machine that also compiles.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

test("a thread that breaks down is started anew, with its state", async () => {
  const { code } = await readRuntimeCode(DEFAULT_WASM_PATH);
  const output: string[] = [];
  const executor = new Executor((line) => output.push(line));
  cleanup.add(() => executor.stop());
  const load = (): void => executor.load("head", [[CODE_KEY, code]]);
  load();
  executor.onRestart(load);
  const version = await executor.run("head", [["Core_version"]]);
  // What no caller can do by the types: the thread throws on it.
  executor.apply("next", undefined as unknown as []);
  await expect(executor.run("head", [["Core_version"]])).rejects.toMatchObject({
    code: "runtime-call-failed",
  });
  expect(await executor.run("head", [["Core_version"]])).toEqual(version);
  expect(output.some((line) => line.includes("started anew"))).toBe(true);
});

test("calls that trap are errors, and calls at unknown states too; after stop() all are", async () => {
  const { code } = await readRuntimeCode(DEFAULT_WASM_PATH);
  const executor = new Executor(() => undefined);
  cleanup.add(() => executor.stop());
  executor.load("head", [[CODE_KEY, code]]);
  const failed = { code: "runtime-call-failed" };
  await expect(executor.run("head", [["Core_nothing"]])).rejects.toMatchObject(failed);
  await expect(executor.run("head", [["AccountNonceApi_account_nonce", "0x00"]])).rejects.toMatchObject(
    failed,
  );
  await expect(executor.run("elsewhere", [["Core_version"]])).rejects.toMatchObject(failed);
  const waiting = executor.run("head", [["Core_version"]]);
  const rejected = expect(waiting).rejects.toMatchObject({ code: "stopped" });
  await executor.stop();
  await rejected;
  await expect(executor.run("head", [["Core_version"]])).rejects.toMatchObject({ code: "stopped" });
});

test("the empty trie's root is the one that a genesis header carries", async () => {
  const executor = new Executor(() => undefined);
  cleanup.add(() => executor.stop());
  expect(await executor.root([], 0)).toBe(
    "0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314",
  );
});
