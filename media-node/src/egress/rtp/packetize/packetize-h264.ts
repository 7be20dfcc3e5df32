// SPDX-License-Identifier: Apache-2.0
import type { Frame, VideoTrack } from "../../../media/frame.ts";
import { RTP_HEADER_LENGTH } from "../../../webrtc/rtp.ts";
import { emptyPacket, evenPieces, MAX_PAYLOAD, type Packetizer } from "./packetizer.ts";

const NAL_SPS = 7;
const NAL_PPS = 8;
const NAL_ACCESS_UNIT_DELIMITER = 9;
const NAL_FILLER = 12;
/** RFC 6184 section 5.2. */
const STAP_A = 24;
const FU_A = 28;
const FU_START = 0x80;
const FU_END = 0x40;
/** Of the first byte: forbidden bit and reference importance; the rest is the type. */
const HEADER_BITS = 0xe0;
const TYPE_BITS = 0x1f;
const STAP_LENGTH_FIELD = 2;

const typeOf = (unit: Buffer): number => unit.readUInt8(0) & TYPE_BITS;

/** H.264 in packetization mode 1 (RFC 6184): parameter sets go with every keyframe, since viewers join at any. */
export function h264Packetizer(track: VideoTrack): Packetizer {
  const { lengthSize, parameterSets } = readConfiguration(Buffer.from(track.config));
  return {
    packetize(frame: Frame): Buffer[] {
      const units = splitUnits(asBuffer(frame.data), lengthSize).filter(
        (unit) => typeOf(unit) !== NAL_ACCESS_UNIT_DELIMITER && typeOf(unit) !== NAL_FILLER,
      );
      if (frame.keyframe && !units.some((unit) => typeOf(unit) === NAL_SPS)) units.unshift(...parameterSets);
      return packUnits(units);
    },
  };
}

/** Units that fit into one packet together share it; one that fits into none is cut up. */
function packUnits(units: readonly Buffer[]): Buffer[] {
  const packets: Buffer[] = [];
  let together: Buffer[] = [];
  let length = 1;
  const flush = (): void => {
    if (together.length > 0) packets.push(together.length === 1 ? single(together) : aggregate(together));
    together = [];
    length = 1;
  };
  for (const unit of units) {
    if (length + STAP_LENGTH_FIELD + unit.length > MAX_PAYLOAD) flush();
    if (unit.length > MAX_PAYLOAD) {
      packets.push(...fragment(unit));
    } else {
      together.push(unit);
      length += STAP_LENGTH_FIELD + unit.length;
    }
  }
  flush();
  return packets;
}

function single([unit]: readonly Buffer[]): Buffer {
  const packet = emptyPacket(unit?.length ?? 0);
  unit?.copy(packet, RTP_HEADER_LENGTH);
  return packet;
}

function aggregate(units: readonly Buffer[]): Buffer {
  const length = units.reduce((sum, unit) => sum + STAP_LENGTH_FIELD + unit.length, 1);
  const packet = emptyPacket(length);
  // As important as the most important of them.
  const importance = Math.max(...units.map((unit) => unit.readUInt8(0) & HEADER_BITS));
  packet[RTP_HEADER_LENGTH] = importance | STAP_A;
  let at = RTP_HEADER_LENGTH + 1;
  for (const unit of units) {
    at = packet.writeUInt16BE(unit.length, at);
    at += unit.copy(packet, at);
  }
  return packet;
}

function fragment(unit: Buffer): Buffer[] {
  const header = unit.readUInt8(0);
  const sizes = evenPieces(unit.length - 1, MAX_PAYLOAD - 2);
  let at = 1;
  return sizes.map((size, i) => {
    const packet = emptyPacket(2 + size);
    packet[RTP_HEADER_LENGTH] = (header & HEADER_BITS) | FU_A;
    packet[RTP_HEADER_LENGTH + 1] =
      (header & TYPE_BITS) | (i === 0 ? FU_START : 0) | (i === sizes.length - 1 ? FU_END : 0);
    unit.copy(packet, RTP_HEADER_LENGTH + 2, at, (at += size));
    return packet;
  });
}

/** What an `avcC` record (ISO/IEC 14496-15 section 5.3.3.1) tells of the frames. */
function readConfiguration(record: Buffer): { lengthSize: number; parameterSets: Buffer[] } {
  const lengthSize = (record.readUInt8(4) & 3) + 1;
  const parameterSets: Buffer[] = [];
  let at = 5;
  for (const countBits of [0x1f, 0xff]) {
    const count = record.readUInt8(at++) & countBits;
    for (let i = 0; i < count; i++) {
      const length = record.readUInt16BE(at);
      const unit = record.subarray(at + 2, at + 2 + length);
      if (unit.length > 0 && [NAL_SPS, NAL_PPS].includes(typeOf(unit))) parameterSets.push(unit);
      at += 2 + length;
    }
  }
  return { lengthSize, parameterSets };
}

/** The units of a frame, each of which has its length before it; one that is cut off is left out. */
function splitUnits(frame: Buffer, lengthSize: number): Buffer[] {
  const units: Buffer[] = [];
  for (let at = 0; at + lengthSize <= frame.length;) {
    const start = at + lengthSize;
    const length = frame.readUIntBE(at, lengthSize);
    if (start + length > frame.length) break;
    if (length > 0) units.push(frame.subarray(start, start + length));
    at = start + length;
  }
  return units;
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
