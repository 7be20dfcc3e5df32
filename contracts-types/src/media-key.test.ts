// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex, hexToBytes } from "./hex.ts";
import { streamId } from "./ids.ts";
import { CipherCoordinatesError, counterBlock, deriveEpochKey, keyHash } from "./media-key.ts";
import { u32, u64 } from "./testing/arbitraries.ts";
import { readVectors } from "./testing/read-vectors.ts";

const vectors = readVectors("media-keys");

describe("media keys", () => {
  test.each(vectors.cases)("the vector of stream $stream, epoch $epoch", (vector) => {
    const key = deriveEpochKey(
      hexToBytes(vector.streamSecret),
      hexToBytes(vector.genesisHash),
      streamId(vector.stream),
      Number(vector.epoch),
    );
    expect(bytesToHex(key)).toBe(vector.key);
    expect(bytesToHex(keyHash(key))).toBe(vector.keyHash);
  });

  test("a key, a secret or a genesis hash of another length is refused", () => {
    const bytes = new Uint8Array(32);
    expect(() => deriveEpochKey(bytes.subarray(1), bytes, streamId(0), 0)).toThrow("streamSecret");
    expect(() => deriveEpochKey(bytes, bytes.subarray(1), streamId(0), 0)).toThrow("genesisHash");
    expect(() => deriveEpochKey(bytes, bytes, streamId(0), -1)).toThrow("epoch");
    expect(() => keyHash(bytes)).toThrow("expected 16, got 32");
  });
});

describe("a part's cipher", () => {
  // The vectors come from OpenSSL; here WebCrypto decrypts them, as a browser does.
  test.each(vectors.ciphers)("run $run, block $block of rendition $rendition", async (vector) => {
    const key = await crypto.subtle.importKey("raw", hexToBytes(vector.key), "AES-CTR", false, ["decrypt"]);
    const counter = counterBlock({ ...vector, block: BigInt(vector.block) });
    const plaintext = await crypto.subtle.decrypt(
      { name: "AES-CTR", counter, length: 64 },
      key,
      hexToBytes(vector.ciphertext),
    );
    expect(bytesToHex(new Uint8Array(plaintext))).toBe(vector.plaintext);
  });

  test("different places have different counters", () => {
    fc.assert(
      fc.property(u32, u32, u64, (rendition, run, block) => {
        const text = [rendition, run].map((x) => x.toString(16).padStart(8, "0")).join("");
        expect(bytesToHex(counterBlock({ rendition, run, block }))).toBe(
          `0x${text}${block.toString(16).padStart(16, "0")}`,
        );
      }),
    );
  });

  test("a place out of range is refused", () => {
    for (const bad of [
      { rendition: -1 },
      { run: 2 ** 32 },
      { block: -1 },
      { block: 1n << 64n },
      { block: 0.5 },
    ]) {
      expect(() => counterBlock({ rendition: 0, run: 0, block: 0, ...bad })).toThrow(CipherCoordinatesError);
    }
  });
});
