// SPDX-License-Identifier: Apache-2.0
import { compactToU8a } from "@polkadot/util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compact, lengthPrefixed, ScaleReader, u64le, vec } from "./scale.ts";

test("compact integers are what @polkadot/util makes of them, and read back", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (value) => {
      expect(Buffer.from(compact(value))).toEqual(Buffer.from(compactToU8a(value)));
      expect(new ScaleReader(compact(value)).compact()).toBe(value);
    }),
  );
  for (const value of [0, 63, 64, 16_383, 16_384, 2 ** 30 - 1, 2 ** 30]) {
    expect(Buffer.from(compact(value))).toEqual(Buffer.from(compactToU8a(value)));
  }
});

test("bytes, vectors and integers read back in order", () => {
  const reader = new ScaleReader(
    Buffer.concat([lengthPrefixed(Buffer.from("tick")), vec([u64le(1), u64le(2n ** 64n - 1n)])]),
  );
  expect(Buffer.from(reader.bytes()).toString()).toBe("tick");
  expect(reader.compact()).toBe(2n);
  expect(reader.u64()).toBe(1n);
  expect(reader.u64()).toBe(2n ** 64n - 1n);
  expect(reader.done).toBe(true);
});

test("input that ends too early is an error", () => {
  expect(() => new ScaleReader(Uint8Array.of(8, 1)).bytes()).toThrow(RangeError);
});
