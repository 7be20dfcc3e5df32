// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseByteRange, slices } from "./byte-range.ts";

test.for([
  ["bytes=0-0", { start: 0, end: 0 }],
  ["bytes=5-", { start: 5, end: 9 }],
  ["bytes=-3", { start: 7, end: 9 }],
  ["bytes=-30", { start: 0, end: 9 }],
  ["bytes=2-100", { start: 2, end: 9 }],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=5-2", undefined],
  ["bytes=0-1,3-4", undefined],
  ["items=0-1", undefined],
  ["bytes=-", undefined],
  [undefined, undefined],
] as const)("%s of ten bytes", ([header, range]) => {
  expect(parseByteRange(header, 10)).toEqual(range);
});

test("slices are the bytes of the joined bodies", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), fc.nat(200), fc.nat(200), (parts, a, b) => {
      const bodies = parts.map((part) => Buffer.from(part));
      const range = { start: Math.min(a, b), end: Math.max(a, b) };
      const expected = Buffer.concat(bodies).subarray(range.start, range.end + 1);
      expect(Buffer.concat(slices(bodies, range))).toEqual(expected);
    }),
  );
});
