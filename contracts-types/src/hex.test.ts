// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesEqual, bytesToHex, HexError, hexToBytes, isHex } from "./hex.ts";

describe("hex", () => {
  test("bytes come back from their text", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesEqual(hexToBytes(bytesToHex(bytes), bytes.length), bytes)).toBe(true);
        expect(isHex(bytesToHex(bytes), bytes.length)).toBe(true);
      }),
    );
  });

  test("upper case is read", () => {
    expect(hexToBytes("0xAbCD")).toEqual(Uint8Array.of(0xab, 0xcd));
  });

  test.each(["", "00", "0x0", "0xzz", "0x00\n", "0x 0", "0X00"])("%j is refused", (text) => {
    expect(() => hexToBytes(text)).toThrow(HexError);
    expect(isHex(text)).toBe(false);
  });

  test("another length than asked for is refused", () => {
    expect(() => hexToBytes("0x0011", 1)).toThrow("expected 1 bytes, got 2");
    expect(isHex("0x0011", 1)).toBe(false);
  });

  test("bytes of different length or content are not equal", () => {
    expect(bytesEqual(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
    expect(bytesEqual(Uint8Array.of(1), Uint8Array.of(2))).toBe(false);
  });
});
