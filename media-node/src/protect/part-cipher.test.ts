// SPDX-License-Identifier: Apache-2.0
import { createDecipheriv } from "node:crypto";
import { readFile } from "node:fs/promises";
import { bytesToHex, counterBlock, hexToBytes, streamId } from "@tickstream/contracts-types";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createKeyVault } from "./key-vault.ts";
import { PartCipher } from "./part-cipher.ts";

interface Vectors {
  cases: {
    streamSecret: string;
    genesisHash: string;
    stream: string;
    epoch: string;
    key: string;
    keyHash: string;
  }[];
  ciphers: {
    key: string;
    rendition: number;
    run: number;
    block: string;
    plaintext: string;
    ciphertext: string;
  }[];
}
const vectors = JSON.parse(
  await readFile(new URL("../../../tests/vectors/media-keys.json", import.meta.url), "utf8"),
) as Vectors;

test("keys and their hashes are those of the shared vectors", () => {
  const usable = vectors.cases.filter(({ epoch }) => Number.isSafeInteger(Number(epoch)));
  expect(usable.length).toBeGreaterThan(2);
  for (const { streamSecret, genesisHash, stream, epoch, key, keyHash } of usable) {
    const vault = createKeyVault({
      streamSecret: hexToBytes(streamSecret),
      genesisHash: hexToBytes(genesisHash),
      stream: streamId(stream),
    });
    expect([bytesToHex(vault.key(Number(epoch))), bytesToHex(vault.keyHash(Number(epoch)))]).toEqual([
      key,
      keyHash,
    ]);
  }
});

test("a vault keeps few keys, and derives the others again", () => {
  const vault = createKeyVault({
    streamSecret: new Uint8Array(32).fill(1),
    genesisHash: new Uint8Array(32),
    stream: streamId(1n),
    cacheEpochs: 2,
  });
  const first = bytesToHex(vault.key(0));
  for (let epoch = 0; epoch < 10; epoch++) vault.key(epoch);
  expect(bytesToHex(vault.key(0))).toBe(first);
});

test("a part at the start of a run is encrypted as the shared vectors say", () => {
  const atStart = vectors.ciphers.filter(({ block }) => block === "0");
  expect(atStart.length).toBeGreaterThan(0);
  for (const { key, rendition, run, plaintext, ciphertext } of atStart) {
    const cipher = new PartCipher({ key: () => hexToBytes(key) }, rendition);
    cipher.startRun(run);
    expect(bytesToHex(cipher.encrypt(0, hexToBytes(plaintext)).ciphertext)).toBe(ciphertext);
  }
});

test("parts decrypt by their coordinates, and no counter comes twice under one run", () => {
  const part = fc.record({
    epoch: fc.nat(3),
    bytes: fc.uint8Array({ maxLength: 100 }),
    newRun: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const keys = { key: (epoch: number) => new Uint8Array(16).fill(epoch + 1) };
      const cipher = new PartCipher(keys, 2);
      const used = new Set<string>();
      let run = 5;
      cipher.startRun(run);
      for (const { epoch, bytes, newRun } of parts) {
        if (newRun) cipher.startRun(++run);
        const foretold = cipher.next(epoch);
        const { cipher: at, ciphertext } = cipher.encrypt(epoch, bytes);
        expect(at).toEqual({ ...foretold, bytes: bytes.length });
        const counter = counterBlock({ rendition: 2, run: at.run, block: at.block });
        expect(createDecipheriv("aes-128-ctr", keys.key(epoch), counter).update(ciphertext)).toEqual(
          Buffer.from(bytes),
        );
        for (let i = 0; i < Math.ceil(bytes.length / 16); i++) {
          const name = `${at.run}.${at.block + i}`;
          expect(used.has(name)).toBe(false);
          used.add(name);
        }
      }
    }),
  );
});

test("a run never begins again", () => {
  const cipher = new PartCipher({ key: () => new Uint8Array(16) }, 0);
  expect(() => cipher.encrypt(0, new Uint8Array(1))).toThrow(RangeError);
  cipher.startRun(3);
  expect(() => cipher.startRun(3)).toThrow(RangeError);
  expect(() => cipher.startRun(2)).toThrow(RangeError);
});
