// SPDX-License-Identifier: Apache-2.0
// The real ffmpeg makes Opus of real AAC; another one listens to what came out.
import { execFileSync } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { aacTrack } from "../ingest/codec-config.ts";
import type { PlacedFrame } from "../media/fan-out.ts";
import { eventually } from "../testing/eventually.ts";
import { startOpusTranscoder, type OpusTranscoder } from "./opus-transcoder.ts";

const FFMPEG = process.env["FFMPEG_PATH"] ?? "ffmpeg";
const RATE = 44_100;
const FRAME = 1_024;
/** LC, 44.1 kHz, mono. */
const TRACK = aacTrack(Buffer.of(0x12, 0x08));
const SECOND = 90_000;
/** Where the stream's clock stands when the sound begins. */
const START = 5_000_000;

let transcoder: OpusTranscoder | undefined;
afterEach(() => transcoder?.stop());

/** Raw AAC frames of a second of silence, then two of a tone. */
function clip(): Buffer[] {
  // prettier-ignore
  const adts = execFileSync(FFMPEG, [
    "-loglevel", "error", "-f", "lavfi", "-i", `aevalsrc='if(gte(t,1),0.8*sin(2*PI*1000*t),0)':s=${RATE}:d=3`,
    "-c:a", "aac", "-b:a", "128k", "-ac", "1", "-f", "adts", "pipe:1",
  ]);
  const frames: Buffer[] = [];
  for (let at = 0; at + 7 <= adts.length;) {
    const length = (adts.readUIntBE(at + 3, 3) >> 5) & 0x1fff;
    frames.push(adts.subarray(at + 7, at + length));
    at += length;
  }
  return frames;
}

const placed = (data: Buffer, time: number): PlacedFrame => ({
  kind: "audio",
  dts: time,
  cts: 0,
  keyframe: true,
  data,
  time,
  epoch: 0,
});

/** Opus packets as an Ogg file's samples at 48 kHz. */
function decode(packets: readonly Uint8Array[]): Float32Array {
  const page = (body: Buffer, granule: number, sequence: number, flags: number): Buffer => {
    const lacing = [...Array.from({ length: Math.floor(body.length / 255) }, () => 255), body.length % 255];
    const header = Buffer.alloc(27 + lacing.length);
    header.write("OggS", 0, "latin1");
    header[5] = flags;
    header.writeBigUInt64LE(BigInt(granule), 6);
    header.writeUInt32LE(1, 14);
    header.writeUInt32LE(sequence, 18);
    header[26] = lacing.length;
    header.set(lacing, 27);
    const whole = Buffer.concat([header, body]);
    whole.writeUInt32LE(oggChecksum(whole), 22);
    return whole;
  };
  const head = Buffer.from("4f70757348656164010100 00 80bb0000 0000 00".replaceAll(" ", ""), "hex");
  const tags = Buffer.concat([Buffer.from("OpusTags"), Buffer.alloc(8)]);
  const file = Buffer.concat([
    page(head, 0, 0, 2),
    page(tags, 0, 1, 0),
    ...packets.map((packet, i) => page(Buffer.from(packet), (i + 1) * 960, i + 2, 0)),
  ]);
  // prettier-ignore
  const pcm = execFileSync(FFMPEG, ["-loglevel", "error", "-i", "pipe:0", "-f", "f32le", "-ac", "1", "-ar", "48000", "pipe:1"], {
    input: file,
    maxBuffer: 64 << 20,
  });
  return new Float32Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length));
}

/** RFC 3533: polynomial 0x04c11db7, nothing reflected. */
function oggChecksum(bytes: Buffer): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  return sum >>> 0;
}

test("sound keeps its place on the stream's clock, over a gap as well", { timeout: 30_000 }, async () => {
  const frames = clip();
  const packets: { data: Uint8Array; time: number }[] = [];
  const warnings: string[] = [];
  transcoder = startOpusTranscoder({
    ffmpeg: FFMPEG,
    onPacket: (data, time) => packets.push({ data, time }),
    log: { warn: (_, message) => warnings.push(message) },
  });
  transcoder.track(TRACK);
  // After two seconds, half a second is missing.
  const gapAt = Math.round((2 * RATE) / FRAME);
  const times = frames.map((_, i) =>
    Math.round(START + (i * FRAME * SECOND) / RATE + (i < gapAt ? 0 : SECOND / 2)),
  );
  frames.forEach((data, i) => transcoder?.frame(placed(data, times[i] ?? 0)));
  // The last ones stay inside until more comes: a live stream goes on.
  await eventually(() => packets.length).toBeGreaterThan(140);
  expect(warnings).toEqual([]);
  expect(packets.every(({ data }) => data.length > 0)).toBe(true);

  const samples = decode(packets.map(({ data }) => data));
  const onset = samples.findIndex((value) => Math.abs(value) > 0.3);
  const packet = packets[Math.floor(onset / 960)];
  const heardAt = (packet?.time ?? 0) + ((onset % 960) * SECOND) / 48_000;
  // The tone begins a second in, behind the 1,024 samples that an AAC encoder puts before everything.
  const wanted = START + SECOND + (FRAME * SECOND) / RATE;
  expect(Math.abs(heardAt - wanted) / 90).toBeLessThan(10);

  const steps = packets.map(({ time }, i) => time - (packets[i - 1]?.time ?? time - 1_800));
  const jumps = steps.filter((step) => step !== 1_800);
  expect(jumps).toHaveLength(1);
  expect((jumps[0] ?? 0) - 1_800).toBeCloseTo(SECOND / 2, -2);
});

test(
  "a program that can't be run is tried again later, not with every frame",
  { timeout: 20_000 },
  async () => {
    const warnings: object[] = [];
    const failing = startOpusTranscoder({
      ffmpeg: "/nonexistent/ffmpeg",
      onPacket: () => {},
      log: { warn: (fields) => warnings.push(fields) },
    });
    failing.track(TRACK);
    const feed = setInterval(() => failing.frame(placed(Buffer.alloc(100), 0)), 5);
    try {
      await eventually(() => warnings.length).toBe(2);
    } finally {
      clearInterval(feed);
      failing.stop();
    }
    expect(warnings).toMatchObject([{ retryMs: 500 }, { retryMs: 1_000 }]);
  },
);
