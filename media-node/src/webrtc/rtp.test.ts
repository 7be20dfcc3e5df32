// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  parseRtcp,
  writeBitrateLimit,
  writeNack,
  writePictureLoss,
  writeReceiverReport,
  writeSenderReport,
} from "./rtcp.ts";
import { isRtcp, parseRtp, RTP_HEADER_LENGTH, writeRtpHeader } from "./rtp.ts";
import { Unwrapper } from "./sequence.ts";

const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffff_ffff });

describe("RTP", () => {
  test("a header that was written is read", () => {
    const header = fc.record({
      payloadType: fc.nat({ max: 63 }),
      marker: fc.boolean(),
      sequence: u16,
      timestamp: u32,
      ssrc: u32,
    });
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 20 }), (fields, payload) => {
        const packet = Buffer.alloc(RTP_HEADER_LENGTH + payload.length);
        writeRtpHeader(packet, fields);
        packet.set(payload, RTP_HEADER_LENGTH);
        expect(isRtcp(packet)).toBe(false);
        expect(parseRtp(packet)).toMatchObject({ ...fields, payload: Buffer.from(payload) });
      }),
    );
  });

  test("contributing sources, extensions and padding are no payload", () => {
    const packet = Buffer.from(
      "b1e0000100000002000000030a0b0c0d" + // one contributing source
        "bede0002" +
        "10ff22aabbcc0000" + // elements of one byte: 1 and 2
        "deadbeef" +
        "00000004",
      "hex",
    );
    const parsed = parseRtp(packet);
    expect(parsed).toMatchObject({ marker: true, payloadType: 96, payload: Buffer.from("deadbeef", "hex") });
    expect([...(parsed?.extensions ?? [])]).toEqual([
      [1, Buffer.of(0xff)],
      [2, Buffer.of(0xaa, 0xbb, 0xcc)],
    ]);
  });

  test("garbage is nothing, or a packet within its bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const packet = parseRtp(Buffer.from(bytes));
        expect(packet?.payload.length ?? 0).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 1_500 },
    );
  });
});

describe("RTCP", () => {
  test("a compound packet", () => {
    const report = {
      ssrc: 9,
      fractionLost: 0.25,
      lost: -3,
      highestSequence: 0x1_0005,
      jitter: 77,
      lastReport: 0x1234_5678,
      delay: 65_536,
    };
    const ntpMs = Date.UTC(2026, 10, 21) + 2_208_988_800_000.25;
    const compound = Buffer.concat([
      writeSenderReport({ ssrc: 5, ntpMs, rtpTimestamp: 0xffff_fff0, packets: 7, bytes: 900 }),
      writeReceiverReport(6, [report]),
      writePictureLoss(6, 5),
      writeBitrateLimit(6, 20_000_000, [5]),
    ]);
    expect(isRtcp(compound)).toBe(true);
    const [sender, receiver, keyframe, ...rest] = parseRtcp(compound);
    expect(sender).toMatchObject({ kind: "sender-report", ssrc: 5, rtpTimestamp: 0xffff_fff0, packets: 7 });
    expect(sender?.kind === "sender-report" && Math.abs(sender.ntpMs - ntpMs)).toBeLessThan(0.001);
    expect(receiver).toEqual({ kind: "receiver-report", ssrc: 6, reports: [report] });
    expect(keyframe).toEqual({ kind: "keyframe-request", ssrc: 5 });
    expect(rest).toEqual([]);
  });

  test("what is asked for again is named in the fewest entries, over the wrap-around", () => {
    const lost = [65_530, 65_531, 65_535, 3, 10, 500];
    const packet = writeNack(1, 2, lost);
    expect(packet.length).toBe(12 + 4 * 2);
    expect(parseRtcp(packet)).toEqual([{ kind: "nack", ssrc: 2, sequences: lost }]);
  });

  test("garbage is left out", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat({ max: 31 }), (bytes, count) => {
        const packet = Buffer.from(bytes);
        if (packet.length > 1) packet.set([0x80 | count, 200 + ((bytes[1] ?? 0) % 8)]);
        for (const message of parseRtcp(packet)) expect(message.kind).toBeTypeOf("string");
      }),
      { numRuns: 1_500 },
    );
  });
});

test("numbers are counted on over their wrap-around, out of order as well", () => {
  fc.assert(
    fc.property(
      u16,
      fc.array(fc.integer({ min: -9_000, max: 9_000 }), { maxLength: 200 }),
      (start, steps) => {
        const unwrapper = new Unwrapper(16);
        let value = unwrapper.unwrap(start);
        for (const step of steps) {
          value += step;
          expect(unwrapper.unwrap(((value % 65_536) + 65_536) % 65_536)).toBe(value);
        }
      },
    ),
  );
});
