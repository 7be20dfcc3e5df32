// SPDX-License-Identifier: Apache-2.0
// AMF0, the value encoding of RTMP commands and FLV metadata (Adobe “Action Message Format — AMF 0”, 2007): the types those use.

/** A value of an RTMP command or of FLV metadata. */
export type AmfValue =
  | number
  | boolean
  | string
  | null
  | undefined
  | AmfValue[]
  | { [key: string]: AmfValue };

const MARKER = {
  number: 0,
  boolean: 1,
  string: 2,
  object: 3,
  null: 5,
  undefined: 6,
  ecmaArray: 8,
  objectEnd: 9,
  strictArray: 10,
  date: 11,
  longString: 12,
} as const;

/** Nesting beyond this is refused: no command needs it, and it bounds recursion on outside input. */
const MAX_DEPTH = 8;
/** No command or metadata has more members than this in one array. */
const MAX_MEMBERS = 1024;

/** Encodes values one after the other, as a command message carries them. */
export function encodeAmf(...values: AmfValue[]): Buffer {
  return Buffer.concat(values.map(encodeValue));
}

function encodeValue(value: AmfValue): Buffer {
  if (value === null) return Buffer.of(MARKER.null);
  if (value === undefined) return Buffer.of(MARKER.undefined);
  if (typeof value === "number") {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (typeof value === "boolean") return Buffer.of(MARKER.boolean, value ? 1 : 0);
  if (typeof value === "string") return Buffer.concat([Buffer.of(MARKER.string), encodeKey(value)]);
  if (Array.isArray(value)) {
    const head = Buffer.alloc(5);
    head[0] = MARKER.strictArray;
    head.writeUInt32BE(value.length, 1);
    return Buffer.concat([head, ...value.map(encodeValue)]);
  }
  const members = Object.entries(value).flatMap(([key, member]) => [encodeKey(key), encodeValue(member)]);
  return Buffer.concat([Buffer.of(MARKER.object), ...members, Buffer.of(0, 0, MARKER.objectEnd)]);
}

function encodeKey(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 0xffff) throw new RangeError("an AMF0 string has at most 65,535 bytes");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/**
 * Decodes all values of a message.
 * @throws RangeError where the bytes are no AMF0 of the supported types
 */
export function decodeAmf(bytes: Buffer): AmfValue[] {
  const reader = { bytes, at: 0 };
  const values: AmfValue[] = [];
  while (reader.at < bytes.length) values.push(decodeValue(reader, 0));
  return values;
}

interface Reader {
  bytes: Buffer;
  at: number;
}

function take(reader: Reader, length: number): Buffer {
  if (reader.at + length > reader.bytes.length) throw new RangeError("AMF0 value is cut short");
  const bytes = reader.bytes.subarray(reader.at, reader.at + length);
  reader.at += length;
  return bytes;
}

function decodeValue(reader: Reader, depth: number): AmfValue {
  if (depth > MAX_DEPTH) throw new RangeError("AMF0 value is nested too deeply");
  const marker = take(reader, 1)[0];
  switch (marker) {
    case MARKER.number:
      return take(reader, 8).readDoubleBE();
    case MARKER.boolean:
      return take(reader, 1)[0] !== 0;
    case MARKER.string:
      return decodeKey(reader);
    case MARKER.longString:
      return take(reader, take(reader, 4).readUInt32BE()).toString();
    case MARKER.null:
      return null;
    case MARKER.undefined:
      return undefined;
    case MARKER.date:
      return take(reader, 10).readDoubleBE();
    case MARKER.strictArray: {
      const length = take(reader, 4).readUInt32BE();
      if (length > MAX_MEMBERS) throw new RangeError("AMF0 array is too long");
      return Array.from({ length }, () => decodeValue(reader, depth + 1));
    }
    case MARKER.ecmaArray:
      take(reader, 4); // a count that writers get wrong: the end marker is what counts
      return decodeMembers(reader, depth);
    case MARKER.object:
      return decodeMembers(reader, depth);
    default:
      throw new RangeError(`AMF0 type ${marker} is not supported`);
  }
}

function decodeMembers(reader: Reader, depth: number): { [key: string]: AmfValue } {
  const members = new Map<string, AmfValue>();
  while (members.size < MAX_MEMBERS) {
    const key = decodeKey(reader);
    if (key === "" && reader.bytes[reader.at] === MARKER.objectEnd) {
      reader.at += 1;
      return Object.fromEntries(members);
    }
    members.set(key, decodeValue(reader, depth + 1));
  }
  throw new RangeError("AMF0 object has too many members");
}

function decodeKey(reader: Reader): string {
  return take(reader, take(reader, 2).readUInt16BE()).toString();
}
