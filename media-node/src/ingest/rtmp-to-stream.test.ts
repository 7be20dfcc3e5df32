// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Frame, Track } from "../media/frame.ts";
import { RtmpError } from "./errors.ts";
import { RtmpToStream } from "./rtmp-to-stream.ts";

function collect(): { tracks: Track[]; frames: Frame[]; toStream: RtmpToStream } {
  const tracks: Track[] = [];
  const frames: Frame[] = [];
  const toStream = new RtmpToStream({
    track: (track) => tracks.push(track),
    frame: (frame) => frames.push(frame),
    close: () => undefined,
  });
  return { tracks, frames, toStream };
}

const AVC =
  "0164000cffe1001b6764000cacd941519e226c044000000300400000030283c50a658001000668ebe3cb22c0fdf8f800";
const tag = (hex: string): Buffer => Buffer.from(hex, "hex");
const AUDIO = 8;
const VIDEO = 9;

test("composition offsets are signed, and the engine's buffer may be used again", () => {
  const { frames, toStream } = collect();
  toStream.tag(VIDEO, 0, tag(`1700000000${AVC}`));
  const buffer = tag("27010000428899aa");
  toStream.tag(VIDEO, 40, buffer);
  buffer.fill(0);
  toStream.tag(VIDEO, 80, tag("2701ffffd88899"));
  expect(frames.map(({ dts, cts, keyframe }) => [dts, cts, keyframe])).toEqual([
    [3_600, 66 * 90, false],
    [7_200, -40 * 90, false],
  ]);
  expect(Buffer.from(frames[0]?.data ?? []).toString("hex")).toBe("8899aa");
});

test("timestamps go on over the end of their 32 bits", () => {
  const { frames, toStream } = collect();
  toStream.tag(VIDEO, 0, tag(`1700000000${AVC}`));
  const times = [4_294_967_256, 4_294_967_290, 28, 61, 4_294_967_295];
  for (const time of times) toStream.tag(VIDEO, time, tag("170100000001"));
  const steps = frames.slice(1).map((frame, i) => (frame.dts - (frames[i]?.dts ?? 0)) / 90);
  expect(steps).toEqual([34, 34, 33, -62]);
});

test("sound stays on its grid of samples while the timestamps round, and follows them where they leave it", () => {
  const { frames, toStream } = collect();
  toStream.tag(AUDIO, 0, tag("af001190"));
  const stamp = (n: number): number => Math.round((n * 1_024_000) / 48_000);
  for (let n = 0; n < 500; n++) toStream.tag(AUDIO, stamp(n), tag("af0121"));
  expect(frames.map((frame) => frame.dts)).toEqual(frames.map((_, n) => n * 1_024));
  toStream.tag(AUDIO, stamp(499) + 400, tag("af0121"));
  expect(frames.at(-1)?.dts).toBe(Math.round(((stamp(499) + 400) * 48_000) / 1_000));
});

test("enhanced RTMP: HEVC with and without an offset, AV1", () => {
  const { tracks, frames, toStream } = collect();
  const fourCc = (name: string): string => Buffer.from(name).toString("hex");
  toStream.tag(VIDEO, 0, tag(`90${fourCc("av01")}81000c000a0b000000043d06d4daf90040`));
  toStream.tag(VIDEO, 0, tag(`91${fourCc("av01")}0a0b0c`));
  toStream.tag(VIDEO, 0, tag(`a3${fourCc("hvc1")}0a0b0c`));
  expect(tracks.map((track) => track.codec)).toEqual(["av01"]);
  // A frame of another codec than the announced one is nobody's.
  expect(frames.map(({ keyframe, data }) => [keyframe, data.length])).toEqual([[true, 3]]);
});

test("whatever a publisher sends, frames come out or a typed refusal", () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc
      .record({
        head: fc.constantFrom(
          `1700000000${AVC}`,
          "1701000000",
          "af00",
          "af01",
          "90617630",
          "9068766331",
          "9f",
          "94",
        ),
        rest: fc.uint8Array({ maxLength: 20 }),
      })
      .map(({ head, rest }) => Buffer.concat([tag(head), rest])),
  );
  const tags = fc.array(fc.tuple(fc.constantFrom(AUDIO, VIDEO, 18), fc.nat(0xffff_ffff), body), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(tags, (sent) => {
      const { frames, toStream } = collect();
      try {
        for (const [type, time, bytes] of sent) toStream.tag(type, time, bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RtmpError);
      }
      for (const frame of frames)
        expect([Number.isSafeInteger(frame.dts), frame.data.length > 0]).toEqual([true, true]);
    }),
    { numRuns: 1_000 },
  );
});
