// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamId } from "./ids.ts";
import { formatKeyHashes, formatProtectionHeader, parseProtection, PlaylistError } from "./playlist.ts";
import * as any from "./testing/arbitraries.ts";

const header = fc.record({
  stream: any.streamId,
  tickMs: fc.integer({ min: 1, max: 0xffff_ffff }),
  rendition: any.u32,
  genesisHash: any.bytes(32),
});
const keyHashes = fc.record({
  first: fc.nat({ max: Number.MAX_SAFE_INTEGER - 100 }),
  hashes: fc.array(any.bytes(32), { maxLength: 100 }),
});

describe("the playlist's tags", () => {
  test("what is written is read back, among a playlist's other lines and either line end", () => {
    fc.assert(
      fc.property(header, keyHashes, fc.constantFrom("\n", "\r\n"), (header, keyHashes, end) => {
        const playlist = [
          "#EXTM3U",
          formatProtectionHeader(header),
          "#EXT-X-TARGETDURATION:2",
          formatKeyHashes(keyHashes),
          "#EXTINF:2,",
          "s1.m4s",
        ].join(end);
        expect(parseProtection(playlist)).toEqual({ header, keyHashes });
      }),
    );
  });

  test("a clear playlist has none", () => {
    expect(parseProtection("#EXTM3U\n#EXT-X-VERSION:9\n")).toEqual({ header: null, keyHashes: null });
  });

  test("an attribute that this version does not know is skipped", () => {
    const line = formatProtectionHeader({
      stream: streamId(1),
      tickMs: 1_000,
      rendition: 1,
      genesisHash: new Uint8Array(32),
    });
    expect(parseProtection(`${line},NEW="a,b"`).header?.tickMs).toBe(1_000);
  });

  const genesis = `GENESIS=0x${"00".repeat(32)}`;
  test.each([
    ["another version", `#EXT-X-TICKSTREAM:VERSION=2,STREAM=1,TICK-MS=1000,RENDITION=1,${genesis}`],
    ["no stream", `#EXT-X-TICKSTREAM:VERSION=1,TICK-MS=1000,RENDITION=1,${genesis}`],
    ["a tick of nothing", `#EXT-X-TICKSTREAM:VERSION=1,STREAM=1,TICK-MS=0,RENDITION=1,${genesis}`],
    ["a short genesis", "#EXT-X-TICKSTREAM:VERSION=1,STREAM=1,TICK-MS=1000,RENDITION=1,GENESIS=0x00"],
    ["an attribute twice", `#EXT-X-TICKSTREAM:VERSION=1,STREAM=1,STREAM=2,TICK-MS=1,RENDITION=1,${genesis}`],
    ["no attribute list", "#EXT-X-TICKSTREAM:hello"],
    ["a hash cut short", '#EXT-X-TICKSTREAM-KEYHASHES:FIRST=1,HASHES="AAAA"'],
    ["no first epoch", '#EXT-X-TICKSTREAM-KEYHASHES:HASHES=""'],
    ["an epoch beyond what is exact", '#EXT-X-TICKSTREAM-KEYHASHES:FIRST=9007199254740993,HASHES=""'],
    ["too many hashes", `#EXT-X-TICKSTREAM-KEYHASHES:FIRST=1,HASHES="${"A,".repeat(100_000)}"`],
    ["the tag twice", '#EXT-X-TICKSTREAM-KEYHASHES:FIRST=1,HASHES=""\n'.repeat(2)],
    ["endless", "#EXTM3U\n".repeat(200_000)],
  ])("a playlist with %s is refused", (_what, playlist) => {
    expect(() => parseProtection(playlist)).toThrow(PlaylistError);
  });

  test("garbage behind a tag is a typed refusal, never anything else", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("", "-KEYHASHES"), (garbage, tag) => {
        try {
          parseProtection(`#EXT-X-TICKSTREAM${tag}:${garbage}`);
        } catch (error) {
          expect(error).toBeInstanceOf(PlaylistError);
        }
      }),
    );
  });
});
