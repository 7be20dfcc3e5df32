// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { AUDIO, VIDEO } from "../testing/tracks.ts";
import { FanOut, type FrameConsumer, type PlacedFrame } from "./fan-out.ts";
import type { Track } from "./frame.ts";

class Recorder implements FrameConsumer {
  readonly heard: string[] = [];

  track(track: Track): void {
    this.heard.push(`${track.kind} track`);
  }

  trackGone(kind: string): void {
    this.heard.push(`no ${kind}`);
  }

  frame({ kind, time }: PlacedFrame): void {
    this.heard.push(`${kind} ${time}`);
  }
}

const picture = (time: number, keyframe = false, cts = 0, size = 10): PlacedFrame => ({
  kind: "video",
  dts: time,
  cts,
  keyframe,
  data: new Uint8Array(size),
  time,
  epoch: Math.floor(time / 90_000),
});
const sound = (time: number): PlacedFrame => ({ ...picture(time, true), kind: "audio" });
const noFault = (error: unknown): never => {
  throw error;
};

test("a consumer is told the tracks first, then every frame until it has enough", () => {
  const fanOut = new FanOut(noFault);
  const recorder = new Recorder();
  fanOut.setTracks([AUDIO, VIDEO]);
  const off = fanOut.subscribe(recorder, { replay: false });
  fanOut.frame(picture(0, true));
  fanOut.frame(sound(10));
  off();
  fanOut.frame(picture(20));
  expect(recorder.heard).toEqual(["video track", "audio track", "video 0", "audio 10"]);
});

test("a late consumer begins with the last keyframe and all that came since", () => {
  const fanOut = new FanOut(noFault);
  fanOut.setTracks([VIDEO, AUDIO]);
  for (const frame of [sound(0), picture(1, true), sound(2), picture(3), picture(4, true), sound(5)]) {
    fanOut.frame(frame);
  }
  const late = new Recorder();
  fanOut.subscribe(late, { replay: true });
  expect(late.heard).toEqual(["video track", "audio track", "video 4", "audio 5"]);
  const later = new Recorder();
  fanOut.startRun();
  fanOut.subscribe(later, { replay: true });
  expect(later.heard).toEqual(["video track", "audio track"]);
});

test("what is kept for late consumers is bounded in frames and in bytes", () => {
  const fanOut = new FanOut(noFault);
  fanOut.setTracks([VIDEO]);
  const replayed = (): number => {
    const late = new Recorder();
    fanOut.subscribe(late, { replay: true })();
    return late.heard.length - 1;
  };
  fanOut.frame(picture(0, true));
  for (let i = 1; i < 512; i++) fanOut.frame(picture(i));
  expect(replayed()).toBe(512);
  fanOut.frame(picture(512));
  expect(replayed()).toBe(0);
  fanOut.frame(picture(513, true, 0, 4 << 20));
  expect(replayed()).toBe(1);
  fanOut.frame(picture(514));
  expect(replayed()).toBe(0);
});

test("tracks that change or go are told, those that stay the same are not told again", () => {
  const fanOut = new FanOut(noFault);
  const recorder = new Recorder();
  fanOut.subscribe(recorder, { replay: false });
  fanOut.setTracks([VIDEO, AUDIO]);
  fanOut.setTracks([VIDEO, AUDIO]);
  fanOut.setTracks([{ ...VIDEO, config: Uint8Array.of(1) }]);
  expect(recorder.heard).toEqual(["video track", "audio track", "no audio", "video track"]);
  expect(fanOut.tracks.map(({ kind }) => kind)).toEqual(["video"]);
});

test("a consumer that fails gets no more, and nobody else notices", () => {
  const faults: unknown[] = [];
  const fanOut = new FanOut((error) => faults.push(error));
  const recorder = new Recorder();
  const failure = new Error("no room");
  fanOut.subscribe(
    {
      track: () => {},
      frame: () => {
        throw failure;
      },
    },
    { replay: false },
  );
  fanOut.subscribe(recorder, { replay: false });
  fanOut.frame(picture(0, true));
  fanOut.frame(picture(1));
  expect(faults).toEqual([failure]);
  expect(recorder.heard).toEqual(["video 0", "video 1"]);
});

test("pictures that are shown in another order than they come are noticed", () => {
  const fanOut = new FanOut(noFault);
  fanOut.setTracks([VIDEO]);
  // An offset that stays the same changes no order.
  for (const time of [0, 1, 2]) fanOut.frame(picture(time, time === 0, 5));
  expect(fanOut.hasBFrames).toBe(false);
  for (const [time, cts] of [
    [3, 7],
    [4, 4],
    [5, 4],
  ] as const) {
    fanOut.frame(picture(time, false, cts));
  }
  expect(fanOut.hasBFrames).toBe(true);
  fanOut.startRun();
  expect(fanOut.hasBFrames).toBe(false);
});
