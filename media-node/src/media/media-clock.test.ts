// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Frame } from "./frame.ts";
import { AUDIO, VIDEO } from "../testing/tracks.ts";
import { MediaClock } from "./media-clock.ts";

const frameOf = (kind: "video" | "audio", dts: number): Frame => ({
  kind,
  dts,
  cts: 0,
  keyframe: true,
  data: new Uint8Array(1),
});
const picture = (ms: number): Frame => frameOf("video", ms * 90);
const sound = (sample: number): Frame => frameOf("audio", sample);

test("a publish begins where the stream stands, and both tracks keep their distance", () => {
  const clock = new MediaClock(90_000_000);
  clock.begin(VIDEO, picture(5_000));
  expect(clock.place(VIDEO, picture(5_000))).toEqual({ kind: "placed", dts: 90_000_000 });
  expect(clock.place(AUDIO, sound(5 * 48_000 + 480))).toEqual({ kind: "placed", dts: 48_000_000 + 480 });
  expect(clock.place(VIDEO, picture(5_040))).toEqual({ kind: "placed", dts: 90_003_600 });
});

test("sound from before the first picture is not wanted", () => {
  const clock = new MediaClock(0);
  clock.begin(VIDEO, picture(1_000));
  expect(clock.place(AUDIO, sound(47_000))).toEqual({ kind: "stale" });
  expect(clock.place(AUDIO, sound(48_000))).toEqual({ kind: "placed", dts: 0 });
});

test("steps back and equal times keep the order; a leap either way is a jump", () => {
  const clock = new MediaClock(0);
  clock.begin(VIDEO, picture(0));
  for (let n = 0; n < 10; n++) clock.place(VIDEO, picture(n * 40));
  expect(clock.place(VIDEO, picture(360))).toEqual({ kind: "placed", dts: 360 * 90 + 1 });
  expect(clock.place(VIDEO, picture(100))).toEqual({ kind: "placed", dts: 360 * 90 + 2 });
  expect(clock.place(VIDEO, picture(400))).toEqual({ kind: "placed", dts: 400 * 90 });
  expect(clock.place(VIDEO, picture(60_000))).toEqual({ kind: "jump" });
  expect(clock.place(VIDEO, picture(-60_000))).toEqual({ kind: "jump" });
});

test("one picture a second is slow, not jumping", () => {
  const clock = new MediaClock(0);
  clock.begin(VIDEO, picture(0));
  const placed = [0, 1_000, 2_000, 4_500, 5_500].map((ms) => clock.place(VIDEO, picture(ms)).kind);
  expect(placed).toEqual(["placed", "placed", "placed", "placed", "placed"]);
});

test("after a stop the next publish begins where the cut media ended, never earlier", () => {
  const clock = new MediaClock(0);
  clock.begin(VIDEO, picture(0));
  clock.place(VIDEO, picture(0));
  clock.extend(123_456.4);
  clock.extend(1_000);
  clock.stop();
  expect(clock.place(VIDEO, picture(40))).toEqual({ kind: "stale" });
  clock.begin(VIDEO, picture(777_000));
  expect(clock.place(VIDEO, picture(777_000))).toEqual({ kind: "placed", dts: 123_457 });
});
