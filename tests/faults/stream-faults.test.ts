// SPDX-License-Identifier: Apache-2.0
// What goes wrong around a stream: the database, the publisher's clock, memory, publishers that come in pairs or never return.
import { TickstreamError } from "@tickstream/contracts-types";
import { createLiveStream, type LiveStream, type LiveStreamOptions } from "@tickstream/media-node/streaming";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type MediaPlaylist, problemsOf, readPlaylist } from "../support/media/ll-hls-validator.ts";
import { memoryLog, MemoryTimeline } from "../support/system/streaming-node.ts";
import { SyntheticSource, type SourceOptions } from "../support/media/synthetic-source.ts";

let timeline: MemoryTimeline;
let stream: LiveStream;
let reasons: TickstreamError[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "Date", "setTimeout", "clearTimeout"] });
  timeline = new MemoryTimeline();
  reasons = [];
});
afterEach(async () => {
  timeline.failure = undefined;
  await stream.stop(new TickstreamError("node-stopping", "The node is shutting down."));
  vi.useRealTimers();
});

function begin(options: Partial<LiveStreamOptions> = {}): void {
  stream = createLiveStream({
    id: "s",
    tickMs: 1_000,
    protection: { kind: "clear" },
    timeline,
    log: memoryLog(),
    ...options,
  });
}

const info = {
  protocol: "test",
  address: "",
  onClosed: (reason: TickstreamError): void => void reasons.push(reason),
};

async function publish(
  options: SourceOptions = { fps: 25, gop: 25 },
): Promise<{ source: SyntheticSource; leave: () => void }> {
  const sink = await stream.openPublisher(info);
  return { source: new SyntheticSource(sink, options), leave: () => sink.close() };
}

async function send(source: SyntheticSource, ms: number): Promise<void> {
  const until = source.sentMs + ms;
  while (source.sentMs < until) {
    const before = source.sentMs;
    source.step();
    await vi.advanceTimersByTimeAsync(Math.max(0, source.sentMs - before));
  }
}

function playlist(): MediaPlaylist {
  const read = readPlaylist(String(stream.hls.playlist(false)));
  expect(problemsOf(read)).toEqual([]);
  return read;
}

test("without the database a stream lives on its reserve, drops media when that is used up, and goes on by itself", async () => {
  begin();
  const { source } = await publish({ fps: 10, gop: 10 });
  await send(source, 2_000);
  timeline.failure = new Error("no connection");
  await send(source, 250_000);
  expect(stream.stats().droppedFrames).toBe(0);
  await send(source, 700_000);
  expect(stream.stats().droppedFrames).toBeGreaterThan(1_000);
  const stuck = stream.edgeEpoch() ?? 0;
  expect(stuck).toBeLessThan(timeline.position.nextEpoch);
  timeline.failure = undefined;
  await send(source, 10_000);
  expect(stream.edgeEpoch()).toBeGreaterThan(stuck + 3);
  // What was lost is left out: viewers pay for media only.
  expect(stream.edgeEpoch()).toBeLessThan(stuck + 12);
  expect(playlist().segments.some((segment) => segment.discontinuity)).toBe(false);
  expect(reasons).toEqual([]);
});

test("a publisher that comes while the database is away is refused, and taken later", async () => {
  begin();
  timeline.failure = new Error("no connection");
  await expect(publish()).rejects.toMatchObject({ code: "timeline-unavailable" });
  timeline.failure = undefined;
  const { source } = await publish();
  await send(source, 2_000);
  expect(stream.state).toBe("live");
});

test("of two publishers at once one is refused, however close they come", async () => {
  begin();
  const both = await Promise.allSettled([stream.openPublisher(info), stream.openPublisher(info)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "stream-in-use" },
  });
});

test("a clock that jumps leaves no hole; one that jumps all the time is let go", async () => {
  begin();
  const { source } = await publish({ fps: 25, gop: 25, audio: true });
  await send(source, 3_000);
  for (const ms of [60_000, -30_000]) {
    source.jump(ms);
    await send(source, 3_000);
  }
  const read = playlist();
  expect(read.segments.some((segment) => segment.discontinuity)).toBe(false);
  const parts = read.segments.flatMap((segment) =>
    [...Array(50).keys()].flatMap((i) => stream.hls.part(segment.msn, i) ?? []),
  );
  const holes = parts
    .slice(1)
    .map((part, i) => part.start - ((parts[i]?.start ?? 0) + (parts[i]?.duration ?? 0)));
  expect(holes.every((hole) => Math.abs(hole) < 90_000 / 20)).toBe(true);
  expect(reasons).toEqual([]);
  for (let i = 0; i < 12; i++) {
    source.jump(30_000);
    await send(source, 1_100);
  }
  expect(reasons.map((reason) => reason.code)).toEqual(["media-jumps"]);
});

test("memory is bounded: old segments go first, and what does not fit at all is a gap", async () => {
  begin({ maxBytes: 300_000 });
  const small = await publish({ fps: 25, gop: 25, keyframeBytes: 50_000 });
  await send(small.source, 20_000);
  expect(stream.stats().bytes).toBeLessThanOrEqual(300_000);
  expect(playlist().segments.length).toBeLessThan(7);
  small.leave();
  const large = await publish({ fps: 25, gop: 3, keyframeBytes: 50_000 });
  await send(large.source, 3_000);
  expect(stream.stats().bytes).toBeLessThanOrEqual(300_000);
  const gap = playlist().segments.find((segment) => segment.gap);
  expect(gap?.parts.some((part) => part.gap)).toBe(true);
});

test("a stream nobody returns to gives its memory back, and the next publisher begins anew", async () => {
  begin({ waitMs: 60_000 });
  const first = await publish();
  await send(first.source, 3_000);
  const before = playlist();
  first.leave();
  expect([stream.state, stream.edgeEpoch()]).toEqual(["waiting", 2]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([stream.state, stream.edgeEpoch(), stream.stats().bytes]).toEqual(["idle", null, 0]);
  expect(stream.hls.playlist(false)).toBeUndefined();
  const second = await publish();
  await send(second.source, 3_000);
  const after = playlist();
  expect(after.mediaSequence).toBe((before.segments.at(-1)?.msn ?? 0) + 1);
  expect(after.segments[0]?.discontinuity).toBe(true);
});

test("an ended stream takes nobody, and says so", async () => {
  begin();
  const { source } = await publish();
  await send(source, 3_000);
  await stream.end();
  expect(reasons.map((reason) => reason.code)).toEqual(["stream-ended"]);
  expect(stream.edgeEpoch()).toBeNull();
  await expect(publish()).rejects.toMatchObject({ code: "stream-ended" });
});
