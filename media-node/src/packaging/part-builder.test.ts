// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { CLOCK_RATE, type Track, type TrackKind } from "../media/frame.ts";
import { AUDIO, VIDEO } from "../testing/tracks.ts";
import { PartBuilder, type BuiltPart } from "./part-builder.ts";
import { PartTarget } from "./part-target.ts";

const MS = CLOCK_RATE / 1_000;

interface Built {
  /** Parts of each segment, ended ones first. */
  segments: BuiltPart[][];
  builder: PartBuilder;
  partTarget: PartTarget;
}

function builderFor(tracks: Track[], maxSegmentMs = 12_000): Built {
  const segments: BuiltPart[][] = [[]];
  const partTarget = new PartTarget(250);
  const builder = new PartBuilder({
    partTarget,
    segmentTargetMs: 1_000,
    maxSegmentMs: () => maxSegmentMs,
    onPart: (part) => segments.at(-1)?.push(part),
    onSegmentEnd: () => void segments.push([]),
  });
  builder.setTracks(tracks);
  return { segments, builder, partTarget };
}

function picture(builder: PartBuilder, ms: number, keyframe: boolean): boolean {
  return builder.push("video", { dts: Math.round(ms) * MS, cts: 0, keyframe, data: Uint8Array.of(1) });
}

function sound(builder: PartBuilder, n: number): boolean {
  return builder.push("audio", { dts: n * 1_024, cts: 0, keyframe: true, data: Uint8Array.of(2) });
}

test.for([10, 12.5, 15, 20, 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60, 120])(
  "at %s pictures a second every part but a segment's last is within 85 and 100 % of the part target",
  (fps) => {
    const { segments, builder, partTarget } = builderFor([VIDEO]);
    for (let n = 0; n < fps * 10; n++) picture(builder, (n * 1_000) / fps, n % Math.round(fps * 2) === 0);
    builder.flush();
    expect(partTarget.seconds).toBeGreaterThan(0.199);
    expect(partTarget.seconds).toBeLessThan(0.334);
    for (const parts of segments) {
      for (const [i, part] of parts.entries()) {
        expect(part.duration).toBeLessThanOrEqual(partTarget.ticks);
        if (i < parts.length - 1)
          expect(part.duration).toBeGreaterThanOrEqual(0.85 * partTarget.ticks - 2 * MS);
        expect(part.independent).toBe(i === 0);
      }
    }
  },
);

test("every sample comes out once, in order, in the part it starts in; parts follow each other without a hole", () => {
  const scenario = fc.record({
    fps: fc.constantFrom(15, 25, 30, 60),
    gop: fc.integer({ min: 1, max: 200 }),
    seconds: fc.integer({ min: 1, max: 15 }),
    audioDelayMs: fc.integer({ min: -400, max: 400 }),
    maxSegmentMs: fc.constantFrom(2_490, 12_000),
  });
  fc.assert(
    fc.property(scenario, ({ fps, gop, seconds, audioDelayMs, maxSegmentMs }) => {
      const { segments, builder } = builderFor([VIDEO, AUDIO], maxSegmentMs);
      let n = 0;
      let m = 0;
      for (let ms = 0; ms < seconds * 1_000; ms++) {
        while ((n * 1_000) / fps <= ms)
          expect(picture(builder, (n * 1_000) / fps, n++ % gop === 0)).toBe(true);
        // Sound may come earlier or later than the pictures of its time.
        while ((m * 1_024) / 48 <= ms + audioDelayMs) expect(sound(builder, m++)).toBe(true);
      }
      builder.flush();
      const parts = segments.flat();
      for (const [i, part] of parts.entries()) {
        const before = parts[i - 1];
        if (before !== undefined) expect(part.start).toBe(before.start + before.duration);
        for (const sample of part.runs.find((run) => run.kind === "video")?.samples ?? []) {
          expect(sample.dts).toBeGreaterThanOrEqual(part.start);
          expect(sample.dts).toBeLessThan(part.start + part.duration);
        }
      }
      const times = (kind: TrackKind): number[] =>
        parts.flatMap((part) =>
          part.runs.filter((run) => run.kind === kind).flatMap((run) => run.samples.map((s) => s.dts)),
        );
      expect(times("video")).toEqual(Array.from({ length: n }, (_, i) => Math.round((i * 1_000) / fps) * MS));
      const heard = times("audio");
      expect(heard).toEqual(Array.from({ length: heard.length }, (_, i) => i * 1_024));
      for (const segment of segments) {
        const duration = segment.reduce((sum, part) => sum + part.duration, 0);
        expect(duration).toBeLessThanOrEqual(maxSegmentMs * MS);
      }
    }),
    { numRuns: 60 },
  );
});

test("pictures that stop do not stop the sound", () => {
  const { segments, builder } = builderFor([VIDEO, AUDIO]);
  for (let ms = 0, n = 0, m = 0; ms < 6_000; ms++) {
    while (n < 60 && (n * 1_000) / 30 <= ms) picture(builder, (n * 1_000) / 30, n++ === 0);
    while ((m * 1_024) / 48 <= ms) sound(builder, m++);
  }
  const parts = segments.flat();
  const last = parts.at(-1) as BuiltPart;
  expect((last.start + last.duration) / CLOCK_RATE).toBeGreaterThan(5);
  expect(last.runs.map((run) => run.kind)).toEqual(["audio"]);
  expect(last.independent).toBe(false);
});

test("more frames than time can hold are refused", () => {
  const { builder } = builderFor([VIDEO]);
  let taken = 0;
  while (
    taken < 100_000 &&
    builder.push("video", { dts: taken, cts: 0, keyframe: false, data: Uint8Array.of(1) })
  )
    taken++;
  expect(taken).toBeLessThan(10_000);
});
