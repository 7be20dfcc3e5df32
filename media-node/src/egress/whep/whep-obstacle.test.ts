// SPDX-License-Identifier: Apache-2.0
import type { WhepObstacle } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import type { Track } from "../../media/frame.ts";
import { AUDIO, VIDEO } from "../../testing/tracks.ts";
import { whepObstacle, type ObservedStream } from "./whep-obstacle.ts";

const HEVC: Track = { ...VIDEO, codec: "hvc1" } as Track;

const cases: [name: string, stream: Partial<ObservedStream>, makesOpus: boolean, WhepObstacle | null][] = [
  ["H.264 with AAC, whether there is ffmpeg or not", {}, false, null],
  ["a publisher that may come back", { state: "waiting" }, true, null],
  ["nobody who ever published", { state: "idle", tracks: () => [] }, true, "off-air"],
  ["a publisher who is gone for good", { state: "idle" }, true, "off-air"],
  ["a stream that has ended", { state: "ended" }, true, "off-air"],
  ["a stream on air whose tracks nobody knows yet", { tracks: () => [] }, true, "off-air"],
  ["pictures in another order", { hasBFrames: true }, true, "b-frames"],
  ["HEVC, even where its sound could be had", { tracks: () => [HEVC, AUDIO] }, true, "codec"],
  ["AAC alone that is made into Opus", { tracks: () => [AUDIO] }, true, null],
  ["AAC alone that is not", { tracks: () => [AUDIO] }, false, "codec"],
];

test.each(cases)("%s", (_name, stream, makesOpus, expected) => {
  const whole = { state: "live", hasBFrames: false, tracks: () => [VIDEO, AUDIO], ...stream };
  expect(whepObstacle(whole, makesOpus)).toBe(expected);
});
