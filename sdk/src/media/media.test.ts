// SPDX-License-Identifier: Apache-2.0
import {
  bytesToHex,
  formatKeyHashes,
  formatProtectionHeader,
  keyHash,
  streamId,
} from "@tickstream/contracts-types";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseJoin } from "./choose-join.ts";
import { isMediaFragment } from "./decrypt-part.ts";
import { MediaIndex } from "./media-index.ts";
import { parseMediaPlaylist } from "./media-playlist.ts";

const GENESIS = new Uint8Array(32).fill(7);
const STREAM = streamId(5n);
const keyHashOf = (epoch: number) => keyHash(new Uint8Array(16).fill(epoch));
const hashes = (first: number, count: number) =>
  formatKeyHashes({ first, hashes: Array.from({ length: count }, (_, i) => keyHashOf(first + i)) });

const HEAD = [
  "#EXTM3U",
  "#EXT-X-VERSION:9",
  "#EXT-X-TARGETDURATION:2",
  "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,PART-HOLD-BACK=0.9",
  "#EXT-X-PART-INF:PART-TARGET=0.5",
  "#EXT-X-MEDIA-SEQUENCE:10",
  formatProtectionHeader({ stream: STREAM, tickMs: 1_000, rendition: 3, genesisHash: GENESIS }),
];

/** Segment 10 without parts, 11 with, 12 growing; keyframes at 11.0, 11.2 and 12.0; an epoch is two parts. */
const PLAYLIST = [
  ...HEAD,
  hashes(19, 8),
  '#EXT-X-MAP:URI="i00c0ffee00c0ffee.mp4"',
  "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:00:00.000Z",
  "#EXTINF:2.0,",
  "s10.m4s?c=19.1.0.160_20.1.10.160",
  "#EXT-X-DISCONTINUITY",
  "#EXT-X-PROGRAM-DATE-TIME:2026-11-21T12:00:02.000Z",
  '#EXT-X-PART:DURATION=0.5,URI="p11.0.m4s?c=21.1.20",INDEPENDENT=YES',
  '#EXT-X-PART:DURATION=0.5,URI="p11.1.m4s?c=21.1.30"',
  '#EXT-X-PART:DURATION=0.5,URI="p11.2.m4s?c=22.1.40",INDEPENDENT=YES',
  '#EXT-X-PART:DURATION=0.5,URI="p11.3.m4s?c=22.1.50",GAP=YES',
  "#EXTINF:2.0,",
  "s11.m4s?c=21.1.20.160_21.1.30.160_22.1.40.160_22.1.50.160",
  '#EXT-X-PART:DURATION=0.5,URI="p12.0.m4s?c=23.1.60",INDEPENDENT=YES',
  '#EXT-X-PART:DURATION=0.5,URI="p12.1.m4s?c=23.1.70"',
  '#EXT-X-PART:DURATION=0.5,URI="p12.2.m4s?c=24.1.80"',
  '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p12.3.m4s?c=24.1.90"',
].join("\n");

const URL_OF_PLAYLIST = "http://node.example/live/5/index.m3u8";

describe("a playlist", () => {
  test("is read into segments and parts", () => {
    const playlist = parseMediaPlaylist(PLAYLIST);
    expect(playlist).toMatchObject({
      targetDurationMs: 2_000,
      partTargetMs: 500,
      partHoldBackMs: 900,
      canBlockReload: true,
      mediaSequence: 10,
      skipped: 0,
      ended: false,
    });
    expect(playlist.header).toMatchObject({ stream: STREAM, tickMs: 1_000, rendition: 3 });
    expect(playlist.segments.map(({ msn, parts, uri }) => [msn, parts.length, uri !== null])).toEqual([
      [10, 0, true],
      [11, 4, true],
      [12, 3, false],
    ]);
    expect(playlist.segments[1]).toMatchObject({
      discontinuity: true,
      init: "i00c0ffee00c0ffee.mp4",
      wallTimeMs: Date.parse("2026-11-21T12:00:02Z"),
    });
    expect(playlist.segments[1]!.parts[3]).toMatchObject({
      gap: true,
      cipher: { epoch: 22, run: 1, block: 50 },
    });
  });

  test("of another kind, or damaged, is refused with a typed error", () => {
    for (const text of [
      "",
      "<html>",
      PLAYLIST.replace("p11.1", "p99.1"),
      PLAYLIST.replace("DURATION=0.5", "DURATION=x"),
      PLAYLIST.replace("TICK-MS=1000", "TICK-MS=0"),
      PLAYLIST.replace("s11.m4s", "s13.m4s"),
      `#EXTM3U${" ".repeat(2 ** 21)}`,
    ]) {
      expect(() => parseMediaPlaylist(text)).toThrow(expect.objectContaining({ code: "playlist-invalid" }));
    }
  });

  test("of random damage never breaks the reader otherwise", () => {
    fc.assert(
      fc.property(fc.nat(PLAYLIST.length), fc.nat(40), fc.string({ maxLength: 30 }), (at, cut, put) => {
        try {
          parseMediaPlaylist(PLAYLIST.slice(0, at) + put + PLAYLIST.slice(at + cut));
        } catch (error) {
          expect(error).toMatchObject({ code: "playlist-invalid" });
        }
      }),
    );
  });
});

describe("the media index", () => {
  test("knows key hashes, the live edge, and where ciphertext of each listed epoch is", () => {
    const index = new MediaIndex(STREAM, bytesToHex(GENESIS));
    index.update(parseMediaPlaylist(PLAYLIST), URL_OF_PLAYLIST);
    expect(index.edge).toBe(24);
    expect(index.rendition).toBe(3);
    expect(index.keyHash(26)).toBe(bytesToHex(keyHashOf(26)));
    expect(index.keyHash(27)).toBeUndefined();
    expect(index.sampleOf(23)!.url).toBe("http://node.example/live/5/p12.0.m4s?c=23.1.60");
    expect(index.sampleOf(20)).toMatchObject({ range: { from: 160, to: 320 }, place: { block: 10 } });
    expect([18, 19, 24, 25].map((epoch) => index.isGone(epoch))).toEqual([true, false, false, false]);
  });

  test("keeps what a delta update skips, and forgets what left the window", () => {
    const index = new MediaIndex(STREAM, bytesToHex(GENESIS));
    index.update(parseMediaPlaylist(PLAYLIST), URL_OF_PLAYLIST);
    const delta = [
      ...HEAD.map((line) => line.replace("SEQUENCE:10", "SEQUENCE:11")),
      hashes(21, 6),
      "#EXT-X-SKIP:SKIPPED-SEGMENTS=1",
      "#EXTINF:2.0,",
      "s12.m4s?c=23.1.60.160_24.1.80.160",
    ].join("\n");
    index.update(parseMediaPlaylist(delta), URL_OF_PLAYLIST);
    expect([19, 20, 21, 22, 23].map((epoch) => index.isGone(epoch))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(index.sampleOf(21)!.url).toContain("p11.0.m4s");
  });

  test("goes on with delta updates where another index was", () => {
    const before = new MediaIndex(STREAM, bytesToHex(GENESIS));
    before.update(parseMediaPlaylist(PLAYLIST), URL_OF_PLAYLIST);
    const index = new MediaIndex(STREAM, bytesToHex(GENESIS));
    let news = 0;
    index.onUpdate(() => news++);
    index.adopt(before);
    expect(news).toBe(1);
    expect([index.edge, index.rendition]).toEqual([before.edge, before.rendition]);
    expect(index.keyHash(20)).toBe(before.keyHash(20));
    expect([18, 19, 24].map((epoch) => index.isGone(epoch))).toEqual([true, false, false]);
  });

  test("refuses another stream's playlist, and a hash that changed", () => {
    const index = new MediaIndex(STREAM, bytesToHex(GENESIS));
    index.update(parseMediaPlaylist(PLAYLIST), URL_OF_PLAYLIST);
    const changed = PLAYLIST.replace(hashes(19, 8), hashes(20, 8).replace("FIRST=20", "FIRST=19"));
    const foreign = PLAYLIST.replace("STREAM=5", "STREAM=6");
    for (const text of [changed, foreign]) {
      expect(() => index.update(parseMediaPlaylist(text), URL_OF_PLAYLIST)).toThrow(
        expect.objectContaining({ code: "playlist-invalid" }),
      );
    }
  });
});

describe("joining", () => {
  test("takes the latest independent part: it costs least", () => {
    const join = chooseJoin(parseMediaPlaylist(PLAYLIST), { wantedLatencyMs: 3_000, patienceMs: 2_000 });
    expect(join).toMatchObject({ segment: { msn: 12 }, index: 0, behindMs: 1_500, cost: 2, waitMs: 0 });
  });

  test("waits for the next keyframe where it is due soon and the latest is older than wanted", () => {
    const sparse = PLAYLIST.replace('22.1.40",INDEPENDENT=YES', '22.1.40"');
    const join = chooseJoin(parseMediaPlaylist(sparse), { wantedLatencyMs: 1_000, patienceMs: 2_000 });
    expect(join).toMatchObject({ segment: { msn: 12 }, index: 0, waitMs: 500 });
    expect(chooseJoin(parseMediaPlaylist(sparse), { wantedLatencyMs: 1_000, patienceMs: 400 })).toMatchObject(
      { waitMs: 0 },
    );
  });

  test("finds nothing where nothing is independent", () => {
    const none = PLAYLIST.replaceAll(",INDEPENDENT=YES", "");
    expect(chooseJoin(parseMediaPlaylist(none), { wantedLatencyMs: 1, patienceMs: 1 })).toBeNull();
  });
});

test("random bytes are no media fragment", () => {
  const box = (type: string, size: number) => {
    const bytes = new Uint8Array(size);
    new DataView(bytes.buffer).setUint32(0, size);
    bytes.set(new TextEncoder().encode(type), 4);
    return [...bytes];
  };
  expect(isMediaFragment(Uint8Array.from([...box("moof", 24), ...box("mdat", 40)]))).toBe(true);
  expect(isMediaFragment(Uint8Array.from([...box("mdat", 24), ...box("moof", 40)]))).toBe(false);
  expect(isMediaFragment(Uint8Array.from([...box("moof", 24), ...box("mdat", 40)].slice(0, -1)))).toBe(false);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => !isMediaFragment(bytes)));
});
