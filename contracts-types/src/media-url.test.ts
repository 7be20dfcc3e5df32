// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encodePartCipher,
  encodeSegmentCipher,
  initUri,
  MAX_CIPHER_RANGES,
  MediaUrlError,
  parseCipherQuery,
  parseMediaUri,
  partUri,
  segmentUri,
} from "./media-url.ts";
import { epoch, u32 } from "./testing/arbitraries.ts";

const place = fc.record({ epoch, run: u32, block: epoch });
const placeAndLength = fc.record({ epoch, run: u32, block: epoch, bytes: epoch });
const msn = fc.nat({ max: 1e9 });

describe("media URLs", () => {
  test("a part's", () => {
    expect(partUri(12, 3, { epoch: 48, run: 2, block: 9_001 })).toBe("p12.3.m4s?c=48.2.9001");
    fc.assert(
      fc.property(msn, fc.nat({ max: 999 }), place, (msn, index, cipher) => {
        expect(parseMediaUri(partUri(msn, index, cipher))).toEqual({
          kind: "part",
          msn,
          index,
          cipher: [cipher],
        });
        expect(parseCipherQuery(encodePartCipher(cipher))).toEqual([cipher]);
      }),
    );
  });

  test("a segment's", () => {
    const cipher = [
      { epoch: 48, run: 2, block: 9_001, bytes: 500 },
      { epoch: 49, run: 2, block: 9_033, bytes: 7 },
    ];
    expect(segmentUri(12, cipher)).toBe("s12.m4s?c=48.2.9001.500_49.2.9033.7");
    fc.assert(
      fc.property(msn, fc.array(placeAndLength, { minLength: 1, maxLength: 40 }), (msn, cipher) => {
        expect(parseMediaUri(segmentUri(msn, cipher))).toEqual({ kind: "segment", msn, cipher });
        expect(parseCipherQuery(encodeSegmentCipher(cipher))).toEqual(cipher);
      }),
    );
  });

  test("of clear media, and of an init section", () => {
    expect(parseMediaUri(partUri(1, 0))).toEqual({ kind: "part", msn: 1, index: 0, cipher: [] });
    expect(parseMediaUri(segmentUri(1))).toEqual({ kind: "segment", msn: 1, cipher: [] });
    expect(parseMediaUri(initUri("00c0ffee00c0ffee"))).toEqual({ kind: "init", id: "00c0ffee00c0ffee" });
  });

  test("with a host, a folder and a player's own query", () => {
    const uri = `http://example.org/live/7/${partUri(1, 0, { epoch: 5, run: 1, block: 2 })}&_HLS_x=1#t`;
    expect(parseMediaUri(uri)).toMatchObject({ kind: "part", cipher: [{ epoch: 5 }] });
  });

  test.each([
    "p1.m4s",
    "s1.mp4",
    "init.mp4",
    "p1.0.m4s?c=1.2",
    "p1.0.m4s?c=",
    "p1.0.m4s?c=01.2.3",
    "p1.0.m4s?c=1.4294967296.3",
    "p1.0.m4s?c=9007199254740993.1.3",
    "p1.0.m4s?c=1.2.3.4_1.2.3.4",
    "s1.m4s?c=1.2.3",
    "s1.m4s?c=1.2.3.4_1.2.3",
    `s1.m4s?c=${Array(MAX_CIPHER_RANGES + 1)
      .fill("1.2.3.4")
      .join("_")}`,
    `s1.m4s?c=${"1".repeat(40_000)}`,
  ])("%.60s is refused", (uri) => {
    expect(() => parseMediaUri(uri)).toThrow(MediaUrlError);
  });

  test("a segment's part needs a length", () => {
    expect(() => segmentUri(1, [{ epoch: 1, run: 1, block: 1 }])).toThrow(MediaUrlError);
  });

  test("garbage is a typed refusal, never anything else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (uri) => {
        try {
          parseMediaUri(uri);
        } catch (error) {
          expect(error).toBeInstanceOf(MediaUrlError);
        }
      }),
    );
  });
});
