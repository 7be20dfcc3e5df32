// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { PlacedFrame } from "../media/fan-out.ts";
import { CLOCK_RATE, type AudioTrack, type VideoTrack } from "../media/frame.ts";
import type { LiveStream } from "../media/stream.ts";
import { SourceMonitor } from "./source-monitor.ts";

const VIDEO: VideoTrack = {
  kind: "video",
  codec: "avc1",
  config: new Uint8Array(8),
  width: 640,
  height: 360,
  timescale: CLOCK_RATE,
};
const AUDIO: AudioTrack = {
  kind: "audio",
  codec: "mp4a",
  config: new Uint8Array(2),
  channels: 2,
  timescale: 48_000,
  frameDuration: 1_024,
};

/** A source whose frames come when the test says. */
function source() {
  const clock = { now: 1_000 };
  const stream = {
    publisher: { protocol: "rtmp", since: new Date(), connection: undefined } as LiveStream["publisher"],
    dropped: 0,
    stats: () => ({ droppedFrames: stream.dropped }) as ReturnType<LiveStream["stats"]>,
  };
  const monitor = new SourceMonitor(stream, () => clock.now);
  monitor.track(VIDEO);
  monitor.track(AUDIO);
  const send = (
    kind: "video" | "audio",
    mediaMs: number,
    options: { keyframe?: boolean; clock?: number } = {},
  ): void => {
    const time = (mediaMs * CLOCK_RATE) / 1_000;
    const frame: Partial<PlacedFrame> = { kind, time, cts: 0, epoch: 0, data: new Uint8Array(100) };
    const dts = time + (options.clock ?? 0);
    monitor.frame({ ...frame, dts, keyframe: options.keyframe ?? false } as PlacedFrame);
  };
  return { clock, stream, monitor, send };
}

test("nothing is known before the first frame, and nothing of a publisher who has gone", () => {
  const { stream, monitor, send } = source();
  expect(monitor.figures()).toBeNull();
  send("video", 0, { keyframe: true });
  expect(monitor.figures()).toMatchObject({ video: VIDEO, audio: AUDIO, keyframeAgeMs: 0, audioAgeMs: null });
  stream.publisher = null;
  expect(monitor.figures()).toBeNull();
  stream.publisher = { protocol: "whip", since: new Date(), connection: undefined };
  expect(monitor.figures()).toBeNull();
  send("audio", 10);
  expect(monitor.figures()).toMatchObject({
    publisher: { protocol: "whip" },
    keyframeAgeMs: null,
    audioAgeMs: 0,
  });
});

test("media that comes later and later is late, by as much", () => {
  const { clock, monitor, send } = source();
  for (let ms = 0; ms < 10_000; ms += 40) {
    clock.now = 1_000 + ms;
    send("video", ms);
  }
  expect(monitor.figures()?.lateMs).toBe(0);
  // From here on a second of media takes a second and a half.
  for (let ms = 10_000; ms < 14_000; ms += 40) {
    clock.now = 11_000 + (ms - 10_000) * 1.5;
    send("video", ms);
  }
  expect(monitor.figures()?.lateMs).toBeGreaterThan(1_000);
  expect(monitor.figures()?.lateMs).toBeLessThan(2_100);
});

test("a leap of the publisher's clock is counted for a minute, and makes nothing late", () => {
  const { clock, monitor, send } = source();
  for (let i = 0; i < 100; i++) {
    clock.now += 40;
    send("video", i * 40);
  }
  // Five seconds of silence, in which the stream's clock stands; the publisher's does not.
  clock.now += 5_000;
  for (let i = 100; i < 200; i++) {
    clock.now += 40;
    send("video", i * 40, { clock: 5 * CLOCK_RATE });
  }
  expect(monitor.figures()).toMatchObject({ jumps: 1, lateMs: 0 });
  clock.now += 60_000;
  expect(monitor.figures()?.jumps).toBe(0);
});

test("pictures at odd distances are told from those at one distance", () => {
  const steady = source();
  for (let i = 0; i < 100; i++) steady.send("video", i * 40);
  expect(steady.monitor.figures()?.unsteady).toBe(0);
  const odd = source();
  expect(odd.monitor.figures()?.unsteady).toBeUndefined();
  for (let i = 0, at = 0; i < 100; i++, at += i % 4 === 0 ? 120 : 40) odd.send("video", at);
  expect(odd.monitor.figures()?.unsteady).toBeCloseTo(0.25, 1);
});

test("frames dropped before it began are not its fault; the last two seconds of sound are kept", () => {
  const { stream, monitor, send } = source();
  stream.dropped = 7;
  send("video", 0, { keyframe: true });
  stream.dropped = 9;
  expect(monitor.figures()?.dropped).toBe(2);
  for (let i = 0; i < 500; i++) send("audio", i * 20);
  const sound = monitor.sound();
  expect(sound?.frames).toHaveLength(101);
  expect(sound?.frames.at(-1)?.time).toBe((499 * 20 * CLOCK_RATE) / 1_000);
  monitor.trackGone("audio");
  expect(monitor.sound()).toBeNull();
});
