// SPDX-License-Identifier: Apache-2.0
// A real ffmpeg publishes by RTMP; what comes out by HTTP is, packet by packet, what went in.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ffmpegPath, ffprobePath } from "../support/media/encoder.ts";
import { type MediaPlaylist, problemsOf, readPlaylist } from "../support/media/ll-hls-validator.ts";
import { locateRun, locateRuns, readPackets } from "../support/media/packets.ts";
import { type Program, runProgram, startProgram } from "../support/system/program.ts";
import { startStreamingNode, type StreamingNode } from "../support/system/streaming-node.ts";

let folder: string;
let node: StreamingNode;
let encoders: Program[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tickstream-clear-"));
  node = await startStreamingNode({ stream: { windowMs: 60_000 } });
  encoders = [];
});
afterEach(async () => {
  await Promise.all(encoders.map((encoder) => encoder.stop("SIGKILL")));
  await node.stop();
  await rm(folder, { recursive: true });
});

/** Publishes generated picture and sound at the pace of the clock, keeping a copy of what is sent. */
function publish(options: {
  seconds: number;
  codec: string[];
  copy: string;
  input?: string[];
  url?: string;
}): Program {
  const { seconds, codec, copy, url = node.publishUrl() } = options;
  // prettier-ignore
  const input = options.input ?? [
    "-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30",
    "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000",
  ];
  const args = ["-hide_banner", "-loglevel", "warning", ...input, "-t", String(seconds), ...codec];
  const encoder = startProgram(ffmpegPath(), [
    ...args,
    "-f",
    "tee",
    // The copy first: a killed encoder must not have sent what its copy lacks.
    `[f=flv:flush_packets=1]${copy}|[f=flv]${url}`,
  ]);
  encoders.push(encoder);
  return encoder;
}

// prettier-ignore
const H264 = ["-map", "0:v", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-threads", "1", "-flags", "+global_header"];
const AAC = ["-map", "1:a", "-c:a", "aac", "-b:a", "96k"];

async function get(path: string): Promise<Buffer> {
  const response = await fetch(new URL(path, node.playlistUrl()));
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}

async function playlist(): Promise<MediaPlaylist> {
  const read = readPlaylist((await get("index.m3u8")).toString());
  expect(problemsOf(read)).toEqual([]);
  return read;
}

/** Writes the init section and all segments from the one with this init section on, as a player would join them. */
async function save(read: MediaPlaylist, file: string, map = read.segments[0]?.map): Promise<string> {
  const segments = read.segments.filter((segment) => segment.map === map);
  const bodies = await Promise.all(segments.flatMap(({ uri }) => (uri === undefined ? [] : [get(uri)])));
  await writeFile(file, Buffer.concat([await get(map as string), ...bodies]));
  return file;
}

test("H.264 with B-frames and AAC come out as they went in, presentation times included", async () => {
  const copy = join(folder, "sent.flv");
  await publish({ seconds: 5, codec: [...H264, "-bf", "3", "-g", "30", ...AAC], copy }).exited;
  const file = await save(await playlist(), join(folder, "got.mp4"));
  const [sent, got] = await Promise.all([readPackets(copy), readPackets(file)]);
  expect(locateRun(got.video, sent.video)).toEqual({ from: 0, count: sent.video.length });
  expect(locateRun(got.audio, sent.audio).count).toBeGreaterThanOrEqual(sent.audio.length - 4);

  const times = async (of: string): Promise<number[]> => {
    // prettier-ignore
    const output = await runProgram(ffprobePath(), ["-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0", of]);
    return output
      .split("\n")
      .filter(Boolean)
      .map((line) => Math.round(Number.parseFloat(line) * 1_000));
  };
  const [before, after] = await Promise.all([times(copy), times(file)]);
  const shift = (after[0] ?? 0) - (before[0] ?? 0);
  expect(after).toEqual(before.map((time) => time + shift));
  // Out of order in decode order: there really were B-frames.
  expect(after).not.toEqual(after.toSorted((a, b) => a - b));

  // Every picture decodes.
  const decoded = await runProgram(ffprobePath(), [
    "-v",
    "error",
    "-count_frames",
    "-show_entries",
    "stream=nb_read_frames",
    "-of",
    "csv=p=0",
    "-select_streams",
    "v:0",
    file,
  ]);
  expect(Number(decoded)).toBe(sent.video.length);
});

test("a GOP of ten seconds gives parts of a quarter second, and one segment", async () => {
  const encoder = publish({
    seconds: 14,
    codec: [...H264, "-g", "300", "-keyint_min", "300", "-sc_threshold", "0", ...AAC],
    copy: join(folder, "sent.flv"),
  });
  const held = await playlist();
  expect(held.segments[0]?.duration).toBeCloseTo(10, 1);
  expect(held.targetDuration).toBe(10);
  const parts = held.segments[0]?.parts ?? [];
  expect(parts.length).toBeGreaterThanOrEqual(40);
  expect(parts.map((part) => part.independent)).toEqual(parts.map((_, i) => i === 0));
  await encoder.stop("SIGINT");
});

test("sound alone, and pictures alone, are streams as well", async () => {
  const sound = join(folder, "sound.flv");
  // prettier-ignore
  await publish({ seconds: 3, copy: sound, input: ["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"], codec: ["-map", "0:a", "-c:a", "aac"] }).exited;
  const first = await playlist();
  const heard = await readPackets(await save(first, join(folder, "sound.mp4")));
  const sent = await readPackets(sound);
  expect(heard.audio).toEqual(sent.audio);
  expect(first.segments.every((segment) => segment.parts.every((part) => part.independent))).toBe(true);

  const pictures = join(folder, "pictures.flv");
  await publish({ seconds: 3, codec: [...H264, "-g", "30"], copy: pictures }).exited;
  const second = await playlist();
  const map = second.segments.at(-1)?.map;
  const seen = await readPackets(await save(second, join(folder, "pictures.mp4"), map));
  expect(seen.video).toEqual((await readPackets(pictures)).video);
});

test("a publisher that drops and returns goes on as the same stream, without a discontinuity", async () => {
  const codec = [...H264, "-g", "30", ...AAC];
  const [one, two] = [join(folder, "one.flv"), join(folder, "two.flv")];
  const dropped = publish({ seconds: 60, codec, copy: one });
  const before = await playlist();
  await dropped.stop("SIGKILL");
  await expect.poll(() => node.streams.get("demo")?.state).toBe("waiting");
  await publish({ seconds: 3, codec, copy: two }).exited;
  const after = await playlist();
  expect(after.mediaSequence).toBe(before.mediaSequence);
  expect(after.segments.filter((segment) => segment.discontinuity)).toEqual([]);
  expect(new Set(after.segments.map((segment) => segment.map)).size).toBe(1);

  const got = await readPackets(await save(after, join(folder, "got.mp4")));
  const sent = [await readPackets(one), await readPackets(two)];
  const runs = locateRuns(
    got.video,
    sent.flatMap((packets) => packets.video),
  );
  expect(runs.reduce((sum, run) => sum + run.count, 0)).toBe(got.video.length);
  // ffprobe found the timestamps in order: one timeline.
  const output = await runProgram(ffprobePath(), [
    "-v",
    "error",
    "-show_entries",
    "packet=dts_time",
    "-select_streams",
    "v:0",
    "-of",
    "csv=p=0",
    join(folder, "got.mp4"),
  ]);
  const times = output.split("\n").filter(Boolean).map(Number.parseFloat);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? 0)))).toBeLessThan(0.1);
});

test("another picture size in mid-life is a discontinuity with its own init section", async () => {
  const codec = [...H264, "-g", "30", ...AAC];
  await publish({ seconds: 3, codec, copy: join(folder, "one.flv") }).exited;
  await publish({ seconds: 3, codec: [...codec, "-vf", "scale=640:360"], copy: join(folder, "two.flv") })
    .exited;
  const read = await playlist();
  expect(read.segments.filter((segment) => segment.discontinuity).length).toBe(1);
  const maps = [...new Set(read.segments.map((segment) => segment.map))];
  expect(maps.length).toBe(2);
  const file = await save(read, join(folder, "second.mp4"), maps[1]);
  const width = await runProgram(ffprobePath(), [
    "-v",
    "error",
    "-show_entries",
    "stream=width",
    "-select_streams",
    "v:0",
    "-of",
    "csv=p=0",
    file,
  ]);
  expect(Number(width)).toBe(640);
});

test("publishers that are refused are told why", async () => {
  const codec = [...H264, "-g", "30", ...AAC];
  const unknown = publish({ seconds: 3, codec, copy: join(folder, "a.flv"), url: node.publishUrl("nobody") });
  await unknown.waitFor(/This stream key is not known here/);
  publish({ seconds: 30, codec, copy: join(folder, "b.flv") });
  await expect.poll(() => node.streams.get("demo")?.state, { timeout: 10_000 }).toBe("live");
  const second = publish({ seconds: 3, codec, copy: join(folder, "c.flv") });
  await second.waitFor(/being published already/);
  expect(node.streams.get("demo")?.state).toBe("live");
});

test("a source that runs ahead of the clock is let go", async () => {
  // prettier-ignore
  const hurried = publish({
    seconds: 60, copy: join(folder, "a.flv"), codec: [...H264, "-g", "30", ...AAC],
    input: ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"],
  });
  await expect.poll(() => node.log.lines.join("\n"), { timeout: 20_000 }).toContain("media-ahead-of-time");
  await hurried.exited;
});
