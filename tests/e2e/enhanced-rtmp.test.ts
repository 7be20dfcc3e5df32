// SPDX-License-Identifier: Apache-2.0
// HEVC, AV1 and Opus by enhanced RTMP: encoded by a real ffmpeg, sent as OBS sends them, read back by ffprobe.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ffmpegPath, ffprobePath } from "../support/media/encoder.ts";
import { problemsOf, readPlaylist } from "../support/media/ll-hls-validator.ts";
import { readPackets } from "../support/media/packets.ts";
import { runProgram } from "../support/system/program.ts";
import { connectCommand, HANDSHAKE, message, publishCommand, RtmpPeer } from "../support/media/rtmp-peer.ts";
import { startStreamingNode, type StreamingNode } from "../support/system/streaming-node.ts";

let folder: string;
let node: StreamingNode;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tickstream-enhanced-"));
  node = await startStreamingNode();
});
afterEach(async () => {
  await node.stop();
  await rm(folder, { recursive: true });
});

interface Packet {
  dtsMs: number;
  ptsMs: number;
  key: boolean;
  data: Buffer;
}

/** The bytes of ffprobe's hexadecimal dump. */
function undump(dump: string): Buffer {
  const hex = dump.split("\n").map((line) => line.slice(10, 50).replaceAll(" ", ""));
  return Buffer.from(hex.join(""), "hex");
}

/** A track as it stands in an MP4 file: its decoder configuration and its packets. */
async function track(file: string): Promise<{ config: Buffer; packets: Packet[] }> {
  // prettier-ignore
  const output = await runProgram(ffprobePath(), [
    "-v", "error", "-show_data", "-show_entries", "stream=extradata:packet=pts_time,dts_time,flags,data", "-of", "json", file,
  ]);
  const parsed = JSON.parse(output) as {
    streams: { extradata: string }[];
    packets: { pts_time: string; dts_time: string; flags: string; data: string }[];
  };
  return {
    config: undump(parsed.streams[0]?.extradata ?? ""),
    packets: parsed.packets.map((packet) => ({
      dtsMs: Math.round(Number(packet.dts_time) * 1_000),
      ptsMs: Math.round(Number(packet.pts_time) * 1_000),
      key: packet.flags.startsWith("K"),
      data: undump(packet.data),
    })),
  };
}

const AUDIO = 8;
const VIDEO = 9;

interface Tag {
  type: number;
  ms: number;
  body: Buffer;
}

function videoTags(
  fourCc: string,
  { config, packets }: { config: Buffer; packets: Packet[] },
  offsets: boolean,
): Tag[] {
  const head = (frameType: number, packetType: number): Buffer =>
    Buffer.concat([Buffer.from([0x80 | (frameType << 4) | packetType]), Buffer.from(fourCc)]);
  const shift = Math.min(...packets.map((packet) => packet.dtsMs));
  return [
    { type: VIDEO, ms: 0, body: Buffer.concat([head(1, 0), config]) },
    ...packets.map(({ dtsMs, ptsMs, key, data }) => {
      const offset = Buffer.alloc(3);
      offset.writeIntBE(ptsMs - dtsMs, 0, 3);
      const parts = offsets ? [head(key ? 1 : 2, 1), offset, data] : [head(key ? 1 : 2, 1), data];
      return { type: VIDEO, ms: dtsMs - shift, body: Buffer.concat(parts) };
    }),
  ];
}

/** Publishes tags at once (they are less than two seconds), saves what comes out. */
async function roundTrip(tags: Tag[], file: string): Promise<string> {
  const peer = await RtmpPeer.connect(node.rtmp.port);
  peer.send(HANDSHAKE, connectCommand(), publishCommand("key-demo"));
  await peer.said("NetStream.Publish.Start");
  peer.send(...tags.map(({ type, ms, body }) => message(type === VIDEO ? 6 : 4, type, 1, body, ms)));
  peer.socket.end();
  await peer.closed();
  await expect.poll(() => node.streams.get("demo")?.state).toBe("waiting");
  const playlist = readPlaylist(await (await fetch(node.playlistUrl())).text());
  expect(problemsOf(playlist)).toEqual([]);
  const uris = [playlist.segments[0]?.map ?? "", ...playlist.segments.map((segment) => segment.uri ?? "")];
  const bodies = await Promise.all(
    uris.map(async (uri) => (await fetch(new URL(uri, node.playlistUrl()))).bytes()),
  );
  await writeFile(file, Buffer.concat(bodies));
  return file;
}

async function encode(file: string, args: string[]): Promise<string> {
  await runProgram(ffmpegPath(), ["-v", "error", "-y", ...args, file], 60_000);
  return file;
}

const PICTURES = ["-f", "lavfi", "-i", "testsrc2=size=322x182:rate=25", "-t", "1.6", "-pix_fmt", "yuv420p"];
const SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", "1.6"];

async function decodedFrames(file: string, select: string): Promise<string> {
  // prettier-ignore
  const output = await runProgram(ffprobePath(), ["-v", "error", "-count_frames", "-select_streams", select, "-show_entries", "stream=codec_name,width,height,nb_read_frames", "-of", "csv=p=0", file]);
  return output.trim();
}

test("HEVC with B-frames", async () => {
  // prettier-ignore
  const sent = await encode(join(folder, "sent.mp4"), [...PICTURES, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:bframes=2:keyint=25:pools=1", "-tag:v", "hvc1"]);
  const got = await roundTrip(videoTags("hvc1", await track(sent), true), join(folder, "got.mp4"));
  expect((await readPackets(got)).video).toEqual((await readPackets(sent)).video);
  expect(await decodedFrames(got, "v:0")).toBe("hevc,322,182,40");
});

test("AV1", async () => {
  const sent = await encode(join(folder, "sent.mp4"), [
    ...PICTURES,
    "-c:v",
    "libaom-av1",
    "-cpu-used",
    "8",
    "-usage",
    "realtime",
    "-g",
    "25",
  ]);
  const got = await roundTrip(videoTags("av01", await track(sent), false), join(folder, "got.mp4"));
  expect((await readPackets(got)).video).toEqual((await readPackets(sent)).video);
  expect(await decodedFrames(got, "v:0")).toBe("av1,322,182,40");
});

test("Opus", async () => {
  const sent = await encode(join(folder, "sent.mka"), [...SOUND, "-c:a", "libopus"]);
  const { config, packets } = await track(sent);
  const head = (packetType: number): Buffer =>
    Buffer.concat([Buffer.from([0x90 | packetType]), Buffer.from("Opus")]);
  const tags = [
    { type: AUDIO, ms: 0, body: Buffer.concat([head(0), config]) },
    ...packets.map(({ ptsMs, data }) => ({
      type: AUDIO,
      ms: Math.max(0, ptsMs),
      body: Buffer.concat([head(1), data]),
    })),
  ];
  const got = await roundTrip(tags, join(folder, "got.mp4"));
  expect((await readPackets(got)).audio).toEqual((await readPackets(sent)).audio);
  expect(await decodedFrames(got, "a:0")).toMatch(/^opus,/);
});
