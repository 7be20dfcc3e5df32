// SPDX-License-Identifier: Apache-2.0
import { sourceCheck, parseApiBody, formatApiBody } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import { CLOCK_RATE, type AudioTrack, type VideoTrack } from "../media/frame.ts";
import { checkSource, type CheckedSource } from "./check-source.ts";

const GOOD: CheckedSource = {
  figures: {
    publisher: { protocol: "rtmp", since: new Date(), connection: undefined },
    video: { kind: "video", codec: "avc1", width: 1_920, height: 1_080, timescale: CLOCK_RATE } as VideoTrack,
    audio: { kind: "audio", codec: "mp4a" } as AudioTrack,
    keyframeAgeMs: 900,
    audioAgeMs: 20,
    ageMs: 60_000,
    lateMs: 80,
    unsteady: 0.01,
    dropped: 0,
    jumps: 0,
  },
  bitrate: 6_000_000,
  gopMs: 2_000,
  hasBFrames: false,
  webrtc: true,
  uplink: 10_000_000,
  audioPeakDb: -12,
};
const check = (changes: Partial<CheckedSource>, figures: Partial<CheckedSource["figures"]> = {}) =>
  checkSource({ ...GOOD, ...changes, figures: { ...GOOD.figures, ...figures } }).map(
    ({ code, severity }) => `${code}:${severity}`,
  );

test("a good source has no problems", () => {
  expect(check({})).toEqual([]);
});

test.each<[string, string[], Partial<CheckedSource>, Partial<CheckedSource["figures"]>]>([
  ["no keyframe for long", ["no-keyframes:error"], {}, { keyframeAgeMs: 12_000 }],
  ["no keyframe ever", ["no-keyframes:error"], {}, { keyframeAgeMs: null }],
  ["no keyframe yet", [], {}, { keyframeAgeMs: null, ageMs: 5_000 }],
  ["a keyframe every eight seconds", ["keyframes-rare:warning"], { gopMs: 8_000 }, { keyframeAgeMs: 7_000 }],
  ["B-frames where viewers may choose WebRTC", ["b-frames:warning"], { hasBFrames: true }, {}],
  ["B-frames where they may not", ["b-frames:info"], { hasBFrames: true, webrtc: false }, {}],
  ["a line that is nearly full", ["bitrate-over-uplink:warning"], { uplink: 7_000_000 }, {}],
  ["more than the line carries", ["bitrate-over-uplink:error"], { uplink: 5_000_000 }, {}],
  ["a line that nobody measured", [], { uplink: null }, {}],
  ["a line that is too slow", ["late:warning"], {}, { lateMs: 1_500 }],
  ["a line that is much too slow", ["late:error"], {}, { lateMs: 9_000 }],
  ["pictures at odd times", ["unstable-fps:warning"], {}, { unsteady: 0.3 }],
  ["frames of no use", ["frames-dropped:warning"], {}, { dropped: 3 }],
  ["a clock that leaps", ["timestamp-jumps:warning"], {}, { jumps: 2 }],
  ["no sound", ["no-audio:warning"], {}, { audio: null }],
  ["sound that stopped", ["no-audio:warning"], {}, { audioAgeMs: 8_000 }],
  ["silence", ["silence:warning"], { audioPeakDb: -91 }, {}],
  ["sound that cannot be measured", ["audio-not-measured:info"], { audioPeakDb: null }, {}],
  ["sound only", ["no-video:info"], {}, { video: null }],
])("%s", (_, codes, changes, figures) => {
  expect(check(changes, figures)).toEqual(codes);
});

test("packets that got lost are told where the protocol counts them", () => {
  const came = { packets: 980, lost: 20, recovered: 5, jitterMs: 3, roundTripMs: 20, level: 30 };
  const publisher = (lost: number) => ({
    protocol: "whip",
    since: new Date(),
    connection: () => ({ ...came, lost }),
  });
  expect(check({}, { publisher: publisher(20) })).toEqual(["packets-lost:warning"]);
  expect(check({}, { publisher: publisher(2) })).toEqual([]);
});

test("the worst comes first; nobody there is one thing", () => {
  expect(check({ hasBFrames: true, audioPeakDb: null, uplink: 1_000_000 })).toEqual([
    "bitrate-over-uplink:error",
    "b-frames:warning",
    "audio-not-measured:info",
  ]);
  const problems = checkSource(null);
  expect(problems.map(({ code }) => code)).toEqual(["no-source"]);
  const body = { checkedAt: new Date().toISOString(), problems, audioPeakDb: null, bitrate: 0 };
  expect(parseApiBody(sourceCheck, JSON.parse(formatApiBody(sourceCheck, body)))).toEqual(body);
});
