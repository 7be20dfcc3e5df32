// SPDX-License-Identifier: Apache-2.0
import type { VideoTrack } from "../../media/frame.ts";
import { av1Record } from "../av1-record.ts";
import { videoTrack } from "../codec-config.ts";
import { readOrRefuse } from "./malformed-payload.ts";
import type { PictureReader } from "./picture.ts";

const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;
const FRAME_HEADER = 3;
const FRAME = 6;
const TILE_LIST = 8;
const PADDING = 15;
const HAS_EXTENSION = 4;
const HAS_SIZE = 2;
const MOST_UNITS = 1_024;

/** An open bitstream unit, its header and body apart. */
interface Obu {
  type: number;
  spatial: number;
  /** One or two bytes, without the flag of a size. */
  header: Buffer;
  body: Buffer;
}

/** Reads AV1 (RTP Payload Format For AV1 1.0). Of several spatial layers the lowest is taken. */
export function av1Reader(): PictureReader {
  let track: VideoTrack | undefined;
  return (payloads) =>
    readOrRefuse(() => {
      const units = openBitstreamUnits(payloads).filter(
        ({ type, spatial }) => !NOT_STORED.has(type) && spatial === 0,
      );
      const frame = units.find(({ type }) => type === FRAME || type === FRAME_HEADER);
      if (frame === undefined) return undefined;
      const data = Buffer.concat(units.flatMap(sized));
      const sequence = units.find(({ type }) => type === SEQUENCE_HEADER);
      if (sequence === undefined || !isKeyframe(frame.body)) return { keyframe: false, data };
      const record = av1Record(sequence.body, Buffer.concat(sized(sequence)));
      if (track === undefined || !record.equals(track.config)) track = videoTrack("av01", record);
      return { keyframe: true, data, track };
    });
}

/** Samples of a file have none of these (AV1 in ISOBMFF section 2.4). */
const NOT_STORED = new Set([TEMPORAL_DELIMITER, TILE_LIST, PADDING]);

/** A frame header begins with `show_existing_frame`, then two bits of type: 0 is a keyframe (AV1 section 5.9.2). */
function isKeyframe(body: Buffer): boolean {
  return body.readUInt8(0) >> 5 === 0;
}

/** With its size, as files have it. */
function sized({ header, body }: Obu): Buffer[] {
  const first = Buffer.from(header);
  first[0] = (first[0] ?? 0) | HAS_SIZE;
  return [first, leb128(body.length), body];
}

/** Section 4 of the payload format: elements with lengths, the first and the last of a packet perhaps in pieces. */
function openBitstreamUnits(payloads: readonly Buffer[]): Obu[] {
  const units: Obu[] = [];
  let pieces: Buffer[] | undefined;
  for (const payload of payloads) {
    const aggregation = payload.readUInt8(0);
    const continues = (aggregation & 0x80) !== 0;
    const toBeContinued = (aggregation & 0x40) !== 0;
    if (continues !== (pieces !== undefined)) throw new RangeError("a fragment is missing");
    const elements = readElements(payload, (aggregation >> 4) & 3);
    for (const [i, element] of elements.entries()) {
      pieces = i === 0 && pieces !== undefined ? [...pieces, element] : [element];
      if (i === elements.length - 1 && toBeContinued) break;
      units.push(readUnit(Buffer.concat(pieces)));
      pieces = undefined;
    }
    if (units.length > MOST_UNITS) throw new RangeError("too many units");
  }
  if (pieces !== undefined) throw new RangeError("a fragment is missing");
  return units;
}

/** @param count 0: each element has its length; else the last one has none */
function readElements(payload: Buffer, count: number): Buffer[] {
  const elements: Buffer[] = [];
  for (let at = 1; at < payload.length;) {
    const last = count > 0 && elements.length === count - 1;
    const { value, length } = last ? { value: payload.length - at, length: 0 } : readLeb128(payload, at);
    at += length;
    if (value === 0 || at + value > payload.length) throw new RangeError("an element is cut short");
    elements.push(payload.subarray(at, at + value));
    at += value;
    if (elements.length > MOST_UNITS) throw new RangeError("too many elements");
  }
  if (elements.length === 0 || (count > 0 && elements.length !== count)) throw new RangeError("no elements");
  return elements;
}

function readUnit(unit: Buffer): Obu {
  const first = unit.readUInt8(0);
  const headerLength = (first & HAS_EXTENSION) === 0 ? 1 : 2;
  const header = Buffer.from(unit.subarray(0, headerLength));
  if (header.length < headerLength) throw new RangeError("a unit is cut short");
  header[0] = first & ~HAS_SIZE;
  let body = unit.subarray(headerLength);
  if ((first & HAS_SIZE) !== 0) {
    const { value, length } = readLeb128(body, 0);
    if (length + value > body.length) throw new RangeError("a unit is cut short");
    body = body.subarray(length, length + value);
  }
  return {
    type: (first >> 3) & 15,
    spatial: headerLength === 1 ? 0 : ((header[1] ?? 0) >> 3) & 3,
    header,
    body,
  };
}

/** AV1 section 4.10.5, at most 32 bits of value. */
function readLeb128(bytes: Buffer, at: number): { value: number; length: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes.readUInt8(at + i);
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return { value, length: i + 1 };
  }
  throw new RangeError("a length that is too long");
}

function leb128(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}
