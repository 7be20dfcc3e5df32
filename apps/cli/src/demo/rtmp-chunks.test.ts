// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeAmf, encodeAmf } from "./amf0.ts";
import { ChunkReader, encodeMessage } from "./rtmp-chunks.ts";

test("messages survive chunking, whatever their size and time and however the bytes arrive", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          type: fc.constantFrom(8, 9, 18, 20),
          timestamp: fc.oneof(fc.nat({ max: 100_000 }), fc.integer({ min: 0xfffff0, max: 0xffffffff })),
          streamId: fc.nat({ max: 3 }),
          body: fc.uint8Array({ maxLength: 1000 }).map((bytes) => Buffer.from(bytes)),
        }),
        { maxLength: 6 },
      ),
      fc.integer({ min: 1, max: 400 }),
      (messages, step) => {
        // 128 is the chunk size both sides begin with.
        const bytes = Buffer.concat(messages.map((message) => encodeMessage(message, 4, 128)));
        const reader = new ChunkReader();
        const received = [];
        for (let at = 0; at < bytes.length; at += step)
          received.push(...reader.push(bytes.subarray(at, at + step)));
        expect(received).toEqual(messages);
      },
    ),
  );
});

test("hostile bytes are refused or awaited, never more", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      try {
        new ChunkReader().push(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
      try {
        decodeAmf(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});

test("AMF0 values survive", () => {
  const values = ["connect", 1, { app: "live", video: true, none: null, list: [1, "a"] }, null, undefined];
  expect(decodeAmf(encodeAmf(...values))).toEqual(values);
});
