// SPDX-License-Identifier: Apache-2.0
// What is cut into packets is put together again by the very readers that publishers' packets go through.
import fc from "fast-check";
import { expect, test } from "vitest";
import { avcRecord } from "../../../ingest/avc-record.ts";
import { av1Reader } from "../../../ingest/rtp/av1-picture.ts";
import { h264Reader } from "../../../ingest/rtp/h264-picture.ts";
import type { PictureReader } from "../../../ingest/rtp/picture.ts";
import { vp8Reader } from "../../../ingest/rtp/vp8-picture.ts";
import { vp9Reader } from "../../../ingest/rtp/vp9-picture.ts";
import { CLOCK_RATE, type Frame, type VideoCodec, type VideoTrack } from "../../../media/frame.ts";
import { RTP_HEADER_LENGTH } from "../../../webrtc/rtp.ts";
import { av1Packetizer } from "./packetize-av1.ts";
import { h264Packetizer } from "./packetize-h264.ts";
import { opusPacketizer } from "./packetize-opus.ts";
import { vp8Packetizer, vp9Packetizer } from "./packetize-vpx.ts";
import { MAX_PACKET, type Packetizer } from "./packetizer.ts";

/** Of a 320 × 180 encoder. */
const SPS = Buffer.from("674d400cecd0283f42f010000003001000000303c8f142995c", "hex");
const PPS = Buffer.from("68ee3cb0", "hex");
const SLICE = 0x41;
const IDR_SLICE = 0x65;
const DELIMITER = Buffer.of(9, 0xf0);
/** Slices whose first byte says that they begin at macroblock 0. */
const FIRST_MACROBLOCK = 0x80;

const track = (codec: VideoCodec, config: Uint8Array): VideoTrack => ({
  kind: "video",
  codec,
  config,
  width: 320,
  height: 180,
  timescale: CLOCK_RATE,
});
const AVC = track("avc1", avcRecord(SPS, [PPS]));
const frame = (data: Buffer, keyframe = false): Frame => ({ kind: "video", dts: 0, cts: 0, keyframe, data });
const payloads = (packetizer: Packetizer, whole: Frame): Buffer[] => {
  const packets = packetizer.packetize(whole);
  for (const packet of packets) expect(packet.length).toBeLessThanOrEqual(MAX_PACKET);
  return packets.map((packet) => packet.subarray(RTP_HEADER_LENGTH));
};
/** Sizes around one packet, and much above it. */
const size = fc.oneof(
  fc.integer({ min: 2, max: 60 }),
  fc.integer({ min: 1_150, max: 1_260 }),
  fc.integer({ min: 2, max: 9_000 }),
);
const bytesOf = (length: number, seed: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) bytes[i] = (seed + i * 31) & 0xff;
  return bytes;
};
const prefixed = (units: readonly Buffer[]): Buffer =>
  Buffer.concat(
    units.flatMap((unit) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(unit.length);
      return [length, unit];
    }),
  );
const slices = (header: number, sizes: readonly number[]): Buffer[] =>
  sizes.map((length, i) => {
    const unit = bytesOf(length, i);
    unit[0] = header;
    unit[1] = FIRST_MACROBLOCK;
    return unit;
  });

test("H.264: every frame arrives as it was, whatever the sizes of its units", () => {
  fc.assert(
    fc.property(fc.array(size, { minLength: 1, maxLength: 12 }), (sizes) => {
      const data = prefixed(slices(SLICE, sizes));
      const read = h264Reader()(payloads(h264Packetizer(AVC), frame(data)));
      expect(read?.data.equals(data)).toBe(true);
    }),
  );
});

test("H.264: a keyframe brings its parameter sets along, once; delimiters stay behind", () => {
  const units = slices(IDR_SLICE, [3_000]);
  for (const sent of [units, [SPS, PPS, ...units]]) {
    const packets = payloads(h264Packetizer(AVC), frame(prefixed([DELIMITER, ...sent]), true));
    // One packet with both sets, then the picture.
    expect(packets.map((packet) => packet.readUInt8(0) & 31)).toEqual([24, 28, 28, 28]);
    const read = h264Reader()(packets);
    expect(read).toMatchObject({ keyframe: true, track: { config: AVC.config } });
    expect(read?.data.equals(prefixed(units))).toBe(true);
  }
});

test("H.264: pieces of a large unit are of one size, and a unit that is cut off is left out", () => {
  const packets = payloads(h264Packetizer(AVC), frame(prefixed(slices(SLICE, [5_000]))));
  const sizes = packets.map(({ length }) => length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  const cut = prefixed(slices(SLICE, [100, 100])).subarray(0, 150);
  expect(payloads(h264Packetizer(AVC), frame(cut))).toHaveLength(1);
});

test("VP8 and VP9: every frame arrives as it was", () => {
  const cases: [Packetizer, PictureReader, number][] = [
    [vp8Packetizer(), vp8Reader(), 0x01],
    [vp9Packetizer(), vp9Reader(), 0x84],
  ];
  for (const [packetizer, reader, firstByte] of cases) {
    fc.assert(
      fc.property(size, (length) => {
        const data = bytesOf(length + 2, length);
        data[0] = firstByte;
        expect(reader(payloads(packetizer, frame(data)))?.data.equals(data)).toBe(true);
      }),
    );
  }
});

const OBU_FRAME = 6;
const OBU_METADATA = 5;
const OBU_TEMPORAL_DELIMITER = 2;
/** An OBU of the low-overhead format; its body says of a frame that it is no keyframe. */
const obu = (type: number, length: number): Buffer => {
  const body = bytesOf(length, length);
  body[0] = 0x20;
  return Buffer.concat([Buffer.of((type << 3) | 2, (length & 127) | 128, length >> 7), body]);
};

test("AV1: every temporal unit arrives as it was, without its delimiter", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 128, max: 8_000 }), { minLength: 1, maxLength: 6 }), (lengths) => {
      const units = lengths.map((length, i) =>
        obu(i === lengths.length - 1 ? OBU_FRAME : OBU_METADATA, length),
      );
      const data = Buffer.concat([Buffer.of((OBU_TEMPORAL_DELIMITER << 3) | 2, 0), ...units]);
      const read = av1Reader()(payloads(av1Packetizer(track("av01", Buffer.alloc(4))), frame(data)));
      expect(read?.data.equals(Buffer.concat(units))).toBe(true);
    }),
  );
});

test("AV1: a keyframe without a sequence header gets the track's", () => {
  const sequence = Buffer.of((1 << 3) | 2, 3, 7, 8, 9);
  const packetizer = av1Packetizer(track("av01", Buffer.concat([Buffer.alloc(4), sequence])));
  const [first = Buffer.alloc(0)] = payloads(packetizer, frame(obu(OBU_FRAME, 200), true));
  // Aggregation header: a new sequence; then the sequence header without its size field.
  expect([...first.subarray(0, 6)]).toEqual([0x08, 4, 1 << 3, 7, 8, 9]);
});

test("Opus: a packet is a payload; one that fits nowhere is left out", () => {
  const data = bytesOf(160, 1);
  expect(payloads(opusPacketizer(), frame(data))).toEqual([data]);
  expect(payloads(opusPacketizer(), frame(bytesOf(1_500, 1)))).toEqual([]);
});

test("garbage makes no packetizer fail", () => {
  const packetizers = [
    h264Packetizer(AVC),
    av1Packetizer(track("av01", Buffer.alloc(4))),
    vp8Packetizer(),
    vp9Packetizer(),
  ];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.boolean(), (bytes, keyframe) => {
      for (const packetizer of packetizers) payloads(packetizer, frame(Buffer.from(bytes), keyframe));
    }),
  );
});
