// SPDX-License-Identifier: Apache-2.0
// Packets are cut and put together again in egress/packetize's tests; here, what a stream says of itself, and garbage.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { avcRecord } from "../avc-record.ts";
import { av1Record } from "../av1-record.ts";
import { av1Reader } from "./av1-picture.ts";
import { h264Reader } from "./h264-picture.ts";
import { vp8Reader } from "./vp8-picture.ts";
import { vp9Reader } from "./vp9-picture.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");

describe("configuration records are those that FFmpeg writes", () => {
  test("H.264, high profile", () => {
    const record = hex(
      "0164000dffe1001a6764000dacb40a8cf1136022000003000200000300641e28554001000468ce0fcbfdf8f800",
    );
    const sequence = record.subarray(8, 8 + record.readUInt16BE(6));
    const picture = record.subarray(11 + sequence.length, 15 + sequence.length);
    expect(avcRecord(sequence, [picture]).toString("hex")).toBe(record.toString("hex"));
  });

  test.each([
    ["8 bits, 4:2:0", "81000c000a0b000000043d06d4daf90040"],
    ["10 bits, 4:2:0", "81004c000a0b000000043d06d4daf94040"],
    ["8 bits, 4:4:4", "812000000a0a200000043d06d4daf902"],
  ])("AV1, %s", (_, text) => {
    const record = hex(text);
    const obu = record.subarray(4);
    expect(av1Record(obu.subarray(2), obu).toString("hex")).toBe(text);
  });
});

describe("a keyframe says what it is", () => {
  test.each([
    ["8 bits", "824983420014100b560638241c184a000b905fc9f7fbfc", 0, 0x82],
    ["10 bits", "92498342000a0805ab031c120e0c2c0005685f7fbfbfbb", 2, 0xa2],
  ])("VP9, %s", (_, frame, profile, samples) => {
    // No picture id; begin and end of the frame in one packet.
    const picture = vp9Reader()([Buffer.concat([Buffer.of(0x0c), hex(frame)])]);
    expect(picture).toMatchObject({ keyframe: true, data: hex(frame) });
    expect(picture?.track).toMatchObject({ codec: "vp09", width: 322, height: 182 });
    expect([picture?.track?.config[4], picture?.track?.config[6]]).toEqual([profile, samples]);
  });

  test("VP8", () => {
    const frame = hex("1067009d012a4201b600000708858588");
    const picture = vp8Reader()([Buffer.concat([Buffer.of(0x10), frame])]);
    expect(picture).toMatchObject({ keyframe: true, data: frame });
    expect(picture?.track).toMatchObject({ codec: "vp08", width: 322, height: 182 });
  });

  test("AV1, without the sizes that RTP leaves out", () => {
    const sequence = hex("08000000043d06d4daf90040");
    const frame = hex("3010008400020820880000dd4a");
    const packet = Buffer.concat([Buffer.of(0x28, sequence.length), sequence, frame]);
    const picture = av1Reader()([packet]);
    expect(picture?.keyframe).toBe(true);
    expect(picture?.data.toString("hex")).toBe("0a0b000000043d06d4daf90040320c10008400020820880000dd4a");
    expect(picture?.track).toMatchObject({ codec: "av01", width: 322, height: 182 });
  });

  test("a configuration that stays the same stays the same track", () => {
    const read = vp8Reader();
    const packet = Buffer.concat([Buffer.of(0x10), hex("1067009d012a4201b600000708858588")]);
    expect(read([packet])?.track).toBe(read([packet])?.track);
  });
});

describe("H.264", () => {
  const SEQUENCE = hex("6764000dacb40a8cf1136022000003000200000300641e285540");
  const PARAMETERS = hex("68ce0fcb");
  const IDR = hex("65888400");

  test("parameter sets may stand in the session description alone", () => {
    const sets = `${SEQUENCE.toString("base64")},${PARAMETERS.toString("base64")}`;
    expect(h264Reader(sets)([IDR])?.track).toMatchObject({ width: 322, height: 182 });
    expect(h264Reader()([IDR])).toBeUndefined();
  });

  test("a picture whose first slice is missing is none", () => {
    const slice = (first: boolean): Buffer => Buffer.of(0x41, first ? 0x9a : 0x22, 1, 2);
    expect(h264Reader()([slice(true), slice(false)])?.keyframe).toBe(false);
    expect(h264Reader()([slice(false)])).toBeUndefined();
  });
});

describe("garbage", () => {
  const readers = { h264Reader, vp8Reader, vp9Reader, av1Reader };
  test.each(Object.entries(readers))("%s refuses it, and goes on", (_, reader) => {
    const payload = fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 8 }), (payloads) => {
        const picture = reader()(payloads);
        // Nothing grows: a few bytes for each unit's length are all that is added.
        const bytes = payloads.reduce((sum, { length }) => sum + length, 0);
        expect(picture?.data.length ?? 0).toBeLessThan(bytes * 6 + 64);
      }),
      { numRuns: 1_000 },
    );
  });
});
