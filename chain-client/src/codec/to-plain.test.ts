// SPDX-License-Identifier: Apache-2.0
import { TypeRegistry } from "@polkadot/types";
import { describe, expect, test } from "vitest";
import { fromPlain } from "./from-plain.ts";
import { toPlain } from "./to-plain.ts";

const registry = new TypeRegistry();
const plain = (type: string, value: unknown) => toPlain(registry.createTypeUnsafe(type, [value]));

describe("toPlain", () => {
  test.each([
    ["u8", 5, 5],
    ["u32", 0xffff_ffff, 0xffff_ffff],
    ["u64", 5, 5n],
    ["u128", (1n << 128n) - 1n, (1n << 128n) - 1n],
    ["i16", -5, -5],
    ["Compact<u32>", 7, 7],
    ["Compact<u128>", 7, 7n],
    ["Perbill", 50_000_000, 50_000_000],
    ["bool", true, true],
    ["Text", "Grüße", "Grüße"],
    ["Bytes", "0x0102", "0x0102"],
    ["[u8; 4]", "0x01020304", "0x01020304"],
    ["H256", `0x${"ab".repeat(32)}`, `0x${"ab".repeat(32)}`],
    [
      "AccountId32",
      "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
      "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
    ],
    ["Option<u32>", null, null],
    ["Option<u32>", 3, 3],
    ["Option<bool>", true, true],
    ["Vec<u64>", [1, 2], [1n, 2n]],
    ["[u16; 2]", [1, 2], [1, 2]],
    ["(u8, Text)", [1, "a"], [1, "a"]],
    ["Null", null, null],
    ["BTreeMap<u8, Text>", new Map([[1, "a"]]), [[1, "a"]]],
  ])("%s", (type, value, expected) => {
    expect(plain(type, value)).toEqual(expected);
  });

  test("structs and enums keep their names", () => {
    registry.register({
      Inner: { maxTicks: "u32", deposit: "u128" },
      Choice: { _enum: { Nothing: "Null", Key: "[u8; 2]", Both: "Inner" } },
    });
    const inner = { maxTicks: 1, deposit: 2n };
    expect(plain("Inner", inner)).toEqual(inner);
    for (const choice of [
      { type: "Nothing" },
      { type: "Key", value: "0x0102" },
      { type: "Both", value: inner },
    ]) {
      expect(plain("Choice", fromPlain(choice))).toEqual(choice);
    }
    expect(plain("Vec<Choice>", fromPlain([{ type: "Nothing" }]))).toEqual([{ type: "Nothing" }]);
  });
});
