// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { OggPackets } from "./ogg-packets.ts";

/** Pages of at most 255 segments with these packets. */
function oggOf(packets: readonly Buffer[]): Buffer {
  const segments = packets.flatMap((packet) => {
    const pieces: Buffer[] = [];
    for (let at = 0; at <= packet.length; at += 255) pieces.push(packet.subarray(at, at + 255));
    return pieces;
  });
  const pages: Buffer[] = [];
  for (let at = 0; at < segments.length; at += 255) {
    const own = segments.slice(at, at + 255);
    const header = Buffer.alloc(27 + own.length);
    header.write("OggS", 0, "latin1");
    header[26] = own.length;
    own.forEach(({ length }, i) => (header[27 + i] = length));
    pages.push(header, ...own);
  }
  return Buffer.concat(pages);
}

test("packets come out whole, whatever the pieces they come in", () => {
  const packets = fc.array(fc.integer({ min: 0, max: 1_200 }), { minLength: 1, maxLength: 90 });
  fc.assert(
    fc.property(packets, fc.integer({ min: 1, max: 5_000 }), (sizes, piece) => {
      const expected = sizes.map((size, i) => Buffer.alloc(size, i));
      const bytes = oggOf(expected);
      const got: Buffer[] = [];
      const ogg = new OggPackets((packet) => got.push(Buffer.from(packet)));
      for (let at = 0; at < bytes.length; at += piece) ogg.push(bytes.subarray(at, at + piece));
      expect(got).toEqual(expected);
    }),
  );
});

test("what is no Ogg stream is refused, and so is a packet without end", () => {
  expect(() => new OggPackets(() => {}).push(Buffer.alloc(100, "x"))).toThrow(RangeError);
  expect(() => new OggPackets(() => {}).push(oggOf([Buffer.alloc(70_000)]))).toThrow(RangeError);
});
