// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnDevchain } from "@tickstream/devchain";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CliError, errorLine } from "../cli-error.ts";
import { runVerifyReceipt } from "./run-verify-receipt.ts";

vi.setConfig({ testTimeout: 120_000 });

const vectors = new URL("../../../../tests/vectors/receipts.json", import.meta.url);

let folder: string;
let receipts: object[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tickstream-receipts-"));
  const { cases } = JSON.parse(await readFile(vectors, "utf8")) as { cases: { receipt: object }[] };
  receipts = cases.map(({ receipt }) => receipt);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command on a file with this in it, and gives what it said. */
async function verify(content: unknown, chainUrl?: string): Promise<{ lines: string[]; error: unknown }> {
  const file = join(folder, "receipts.json");
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  const lines: string[] = [];
  const say = (line = "") => void lines.push(line);
  const options = chainUrl === undefined ? { json: false } : { json: true, chainUrl };
  const error: unknown = await runVerifyReceipt(file, options, { step: say, warn: say, print: say }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { lines, error };
}

test("receipts that hold are told line by line", async () => {
  const { lines, error } = await verify(receipts.slice(0, 4));
  expect(error).toBeNull();
  expect(lines).toMatchSnapshot();
});

test("one that does not says why, and fails the command", async () => {
  const { lines, error } = await verify(receipts[5]);
  expect(lines).toContain("not valid: the signature is not the session key's");
  expect(error).toEqual(new CliError("the receipt does not hold"));
});

test("a stranger's title does not command the terminal", async () => {
  const [first] = receipts as [{ about: object }];
  const { lines } = await verify({ ...first, about: { ...first.about, title: "\u001b[2J\u009b2J" } });
  expect(lines[1]).toBe(String.raw`about      "\u001b[2J?2J" (nothing proves a title)`);
});

test.each([
  ["an empty list", "[]", "there is no receipt in it"],
  ["broken JSON", "{", "This is no receipt of Tickstream, version 1."],
])("%s is one line", async (_name, content, sentence) => {
  expect(errorLine((await verify(content)).error)).toBe(sentence);
});

test("a file that can't be read is named", async () => {
  await expect(runVerifyReceipt(join(folder, "none"), { json: false })).rejects.toThrow(
    /none can't be read \(ENOENT\)/,
  );
});

test("a chain that it is not for does not confirm it", async () => {
  const chain = await spawnDevchain({ dataDir: join(folder, "chain"), port: 0, blockTimeMs: 1_000 });
  try {
    const { lines, error } = await verify(receipts[0], chain.url);
    expect(error).toEqual(new CliError("the receipt does not hold"));
    expect(JSON.parse(lines[0]!)).toMatchObject({
      valid: true,
      ticks: 43,
      amount: "43000000000",
      chain: { state: "other-chain", confirmed: false },
    });
  } finally {
    await chain.stop();
  }
});
