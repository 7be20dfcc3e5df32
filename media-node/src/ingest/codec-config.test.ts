// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { aacTrack, opusSamples, opusTrack, videoTrack } from "./codec-config.ts";
import { RtmpError } from "./errors.ts";

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");

/** As x264, x265 and libaom wrote them for pictures of 322 × 182, which need cropping in H.264 and HEVC. */
const AVC = bytes(
  "0164000cffe1001b6764000cacd941519e226c044000000300400000030283c50a658001000668ebe3cb22c0fdf8f800",
);
const HEVC = bytes(
  "0101600000009000000000003cf000fcfdf8f800000f04a00001001840010c01ffff01600000030090000003000003003c9598" +
    "09a10001002b42010101600000030090000003000003003ca00a480b9c9596566924caf016808000000300800000030284a2" +
    "000100074401c172b46240",
);
const AV1 = bytes("81000c000a0b000000043d06d4daf90040");

test("the size of pictures is read from each codec's own record", () => {
  expect(videoTrack("avc1", AVC)).toMatchObject({ width: 322, height: 182 });
  expect(videoTrack("hvc1", HEVC)).toMatchObject({ width: 322, height: 182 });
  expect(videoTrack("av01", AV1)).toMatchObject({ width: 322, height: 182 });
});

test("AAC: rate, channels and frame length, low complexity and high efficiency", () => {
  expect(aacTrack(bytes("1190"))).toMatchObject({ timescale: 48_000, channels: 2, frameDuration: 1_024 });
  expect(aacTrack(bytes("1208"))).toMatchObject({ timescale: 44_100, channels: 1 });
  // SBR: the core runs at 24 kHz, the doubled rate comes after it.
  expect(aacTrack(bytes("2b118800"))).toMatchObject({ timescale: 24_000, channels: 2 });
});

test("Opus: the identification header becomes dOps", () => {
  const head = Buffer.concat([Buffer.from("OpusHead"), bytes("0102380180bb0000000000")]);
  const track = opusTrack(head);
  expect(track).toMatchObject({ channels: 2, timescale: 48_000 });
  expect(Buffer.from(track.config).toString("hex")).toBe("000201380000bb80000000");
  expect(opusSamples(bytes("fc"))).toBe(960);
  expect(opusSamples(bytes("7802"))).toBe(960);
  expect(opusSamples(bytes("fb03"))).toBe(2_880);
});

test("whatever comes instead of a record is a typed refusal", () => {
  const readers = [
    aacTrack,
    opusTrack,
    ...(["avc1", "hvc1", "av01"] as const).map((codec) => (r: Buffer) => videoTrack(codec, r)),
  ];
  const records = [AVC, HEVC, AV1, bytes("1190")];
  const damaged = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc
      .record({ record: fc.constantFrom(...records), at: fc.nat(60), byte: fc.nat(255), cut: fc.nat(110) })
      .map(({ record, at, byte, cut }) => {
        const copy = Buffer.from(record.subarray(0, cut));
        if (at < copy.length) copy[at] = byte;
        return copy;
      }),
  );
  fc.assert(
    fc.property(damaged, (record) => {
      for (const read of readers) {
        try {
          const track = read(Buffer.from(record));
          if (track.kind === "video") expect(track.width * track.height).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RtmpError);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});
