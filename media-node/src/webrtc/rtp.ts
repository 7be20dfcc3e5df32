// SPDX-License-Identifier: Apache-2.0

/** An RTP packet (RFC 3550 section 5.1) as a view on the bytes that came. */
export interface RtpPacket {
  payloadType: number;
  /** For video: the last packet of a picture. */
  marker: boolean;
  /** 16 bits. */
  sequence: number;
  /** 32 bits, in the payload type's clock. */
  timestamp: number;
  ssrc: number;
  /** Without padding. Empty for a packet that only probes the network. */
  payload: Buffer;
  /** The header extension's elements by their id (RFC 8285). */
  extensions: ReadonlyMap<number, Buffer>;
}

/** Bytes of a header without contributing sources and extensions. */
export const RTP_HEADER_LENGTH = 12;
const ONE_BYTE_ELEMENTS = 0xbede;
const TWO_BYTE_ELEMENTS = 0x1000;
const NO_EXTENSIONS: ReadonlyMap<number, Buffer> = new Map();

/** Whether a packet that came on a port shared by both is RTCP (RFC 5761 section 4). */
export function isRtcp(packet: Buffer): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}

/** Reads a packet; undefined where it is not RTP of version 2. */
export function parseRtp(packet: Buffer): RtpPacket | undefined {
  const first = packet[0] ?? 0;
  if (packet.length < RTP_HEADER_LENGTH || first >> 6 !== 2) return undefined;
  let at = RTP_HEADER_LENGTH + 4 * (first & 15);
  let extensions = NO_EXTENSIONS;
  if ((first & 0x10) !== 0) {
    if (packet.length < at + 4) return undefined;
    const end = at + 4 + 4 * packet.readUInt16BE(at + 2);
    if (packet.length < end) return undefined;
    extensions = readExtensions(packet.readUInt16BE(at), packet.subarray(at + 4, end));
    at = end;
  }
  const padding = (first & 0x20) === 0 ? 0 : (packet.at(-1) ?? 0);
  const end = packet.length - padding;
  if (end < at || ((first & 0x20) !== 0 && padding === 0)) return undefined;
  const second = packet.readUInt8(1);
  return {
    payloadType: second & 127,
    marker: second >= 128,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payload: packet.subarray(at, end),
    extensions,
  };
}

function readExtensions(profile: number, elements: Buffer): ReadonlyMap<number, Buffer> {
  const oneByte = profile === ONE_BYTE_ELEMENTS;
  if (!oneByte && (profile & 0xfff0) !== TWO_BYTE_ELEMENTS) return NO_EXTENSIONS;
  const found = new Map<number, Buffer>();
  for (let at = 0; at < elements.length;) {
    const first = elements.readUInt8(at++);
    if (first === 0) continue;
    const id = oneByte ? first >> 4 : first;
    // 15 ends the elements of one byte; a length byte that is missing ends those of two.
    if ((oneByte && id === 15) || at + (oneByte ? 0 : 1) > elements.length) break;
    const length = oneByte ? (first & 15) + 1 : elements.readUInt8(at++);
    if (at + length > elements.length) break;
    found.set(id, elements.subarray(at, at + length));
    at += length;
  }
  return found;
}

/** Writes a header of {@link RTP_HEADER_LENGTH} bytes at the start of `packet`. */
export function writeRtpHeader(
  packet: Buffer,
  header: Pick<RtpPacket, "payloadType" | "marker" | "sequence" | "timestamp" | "ssrc">,
): void {
  packet[0] = 2 << 6;
  packet[1] = (header.marker ? 128 : 0) | header.payloadType;
  packet.writeUInt16BE(header.sequence & 0xffff, 2);
  packet.writeUInt32BE(header.timestamp >>> 0, 4);
  packet.writeUInt32BE(header.ssrc >>> 0, 8);
}
