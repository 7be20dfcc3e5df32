// SPDX-License-Identifier: Apache-2.0
import type { VideoTrack } from "../../../media/frame.ts";
import { RTP_HEADER_LENGTH } from "../../../webrtc/rtp.ts";
import { emptyPacket, MAX_PAYLOAD, type Packetizer } from "./packetizer.ts";

const OBU_SEQUENCE_HEADER = 1;
const OBU_TEMPORAL_DELIMITER = 2;
const OBU_TILE_LIST = 8;
const OBU_PADDING = 15;
/** Of an OBU's first byte (AV1 specification section 5.3.2). */
const EXTENSION_FLAG = 0x04;
const HAS_SIZE_FLAG = 0x02;
/** Of the aggregation header (AV1 RTP specification section 4.4): the first element goes on, the last one will, a sequence begins. */
const CONTINUES = 0x80;
const WILL_CONTINUE = 0x40;
const NEW_SEQUENCE = 0x08;
/** Bytes of `av1C` before the OBUs it may hold. */
const CONFIGURATION_HEADER = 4;

interface Obu {
  type: number;
  /** Without the size field, which RTP has no need of. */
  bytes: Buffer;
}

/** AV1 (RTP payload format 1.0): every element with its length, delimiters left out, the sequence header with every keyframe. */
export function av1Packetizer(track: VideoTrack): Packetizer {
  const sequenceHeaders = splitObus(Buffer.from(track.config).subarray(CONFIGURATION_HEADER)).filter(
    ({ type }) => type === OBU_SEQUENCE_HEADER,
  );
  return {
    packetize({ data, keyframe }) {
      const obus = splitObus(Buffer.from(data.buffer, data.byteOffset, data.byteLength)).filter(
        ({ type }) => ![OBU_TEMPORAL_DELIMITER, OBU_TILE_LIST, OBU_PADDING].includes(type),
      );
      if (keyframe && !obus.some(({ type }) => type === OBU_SEQUENCE_HEADER))
        obus.unshift(...sequenceHeaders);
      return packElements(
        obus.map(({ bytes }) => bytes),
        keyframe,
      );
    },
  };
}

/** Fills packets with elements, and cuts those that go over a packet's end. */
function packElements(elements: readonly Buffer[], keyframe: boolean): Buffer[] {
  const packets: Buffer[] = [];
  let pieces: Buffer[] = [];
  let length = 1;
  let continues = false;
  const flush = (willContinue: boolean): void => {
    if (pieces.length === 0) return;
    const flags = (continues ? CONTINUES : 0) | (willContinue ? WILL_CONTINUE : 0);
    packets.push(packetOf(pieces, length, flags | (keyframe && packets.length === 0 ? NEW_SEQUENCE : 0)));
    pieces = [];
    length = 1;
    continues = willContinue;
  };
  for (const element of elements) {
    for (let at = 0; at < element.length;) {
      // A length takes up to two bytes here: a packet is shorter than 16,384.
      const room = MAX_PAYLOAD - length - 2;
      if (room < 1) {
        flush(false);
        continue;
      }
      const piece = element.subarray(at, at + room);
      pieces.push(piece);
      length += leb128Length(piece.length) + piece.length;
      at += piece.length;
      if (at < element.length) flush(true);
    }
  }
  flush(false);
  return packets;
}

function packetOf(pieces: readonly Buffer[], length: number, flags: number): Buffer {
  const packet = emptyPacket(length);
  packet[RTP_HEADER_LENGTH] = flags;
  let at = RTP_HEADER_LENGTH + 1;
  for (const piece of pieces) {
    at = writeLeb128(packet, piece.length, at);
    at += piece.copy(packet, at);
  }
  return packet;
}

const leb128Length = (value: number): number => (value < 128 ? 1 : 2);

function writeLeb128(packet: Buffer, value: number, at: number): number {
  if (value < 128) return packet.writeUInt8(value, at);
  return packet.writeUInt8(value >> 7, packet.writeUInt8((value & 127) | 128, at));
}

/** The OBUs of a temporal unit in the low-overhead format; one that is cut off is left out. */
function splitObus(unit: Buffer): Obu[] {
  const obus: Obu[] = [];
  for (let at = 0; at < unit.length;) {
    const header = unit.readUInt8(at);
    const headerLength = (header & EXTENSION_FLAG) === 0 ? 1 : 2;
    let start = at + headerLength;
    let size = unit.length - start;
    if ((header & HAS_SIZE_FLAG) !== 0) {
      const read = readLeb128(unit, start);
      if (read === undefined) break;
      [size, start] = [read.value, read.next];
    }
    if (size < 0 || start + size > unit.length) break;
    const bytes = Buffer.concat([unit.subarray(at, at + headerLength), unit.subarray(start, start + size)]);
    bytes.writeUInt8(header & ~HAS_SIZE_FLAG, 0);
    obus.push({ type: (header >> 3) & 15, bytes });
    at = start + size;
  }
  return obus;
}

function readLeb128(unit: Buffer, start: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 8 && start + i < unit.length; i++) {
    const byte = unit.readUInt8(start + i);
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return { value, next: start + i + 1 };
  }
  return undefined;
}
