// SPDX-License-Identifier: Apache-2.0

/** How a receiver gets one source's packets (RFC 3550 section 6.4.1). */
export interface ReportBlock {
  ssrc: number;
  /** Share of packets lost since the last report, 0 to 1. */
  fractionLost: number;
  /** Packets lost since the beginning; negative where more came than were sent. */
  lost: number;
  /** The highest sequence number that came, wrap-arounds counted in the upper 16 bits. */
  highestSequence: number;
  /** Of arrival times, in the source's clock. */
  jitter: number;
  /** Middle 32 bits of the last sender report's NTP time; 0: none came yet. */
  lastReport: number;
  /** Since then, in 1/65,536 seconds. */
  delay: number;
}

export interface SenderReport {
  kind: "sender-report";
  ssrc: number;
  /** The sender's wall clock, milliseconds since 1900 and fractions of one. */
  ntpMs: number;
  /** Middle 32 bits of the same, which receivers quote. */
  ntpMiddle: number;
  /** The same moment on the clock of the source's RTP timestamps. */
  rtpTimestamp: number;
  packets: number;
  bytes: number;
  reports: ReportBlock[];
}

/** What of RTCP matters here; all else is left out. */
export type RtcpMessage =
  | SenderReport
  | { kind: "receiver-report"; ssrc: number; reports: ReportBlock[] }
  /** Packets that did not come, by sequence number (RFC 4585 section 6.2.1). */
  | { kind: "nack"; ssrc: number; sequences: number[] }
  /** A picture that decodes by itself is asked for (RFC 4585 section 6.3.1, RFC 5104 section 4.3.1). */
  | { kind: "keyframe-request"; ssrc: number }
  /** Answers to reference times (RFC 3611 section 4.5), each for the receiver that it names. */
  | { kind: "reference-answer"; ssrc: number; answers: ReferenceAnswer[] };

/** What a sender says of a receiver's {@link writeReferenceTime}: RFC 3611's DLRR. */
export interface ReferenceAnswer {
  /** The receiver's. */
  ssrc: number;
  /** Middle 32 bits of the time that came last; 0: none did. */
  lastReference: number;
  /** Since then, in 1/65,536 seconds. */
  delay: number;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const EXTENDED_REPORT = 207;
const GENERIC_NACK = 1;
const PICTURE_LOSS = 1;
const FULL_INTRA_REQUEST = 4;
const APPLICATION_LAYER = 15;
const REPORT_BLOCK_LENGTH = 24;
/** Kinds of blocks in extended reports (RFC 3611 section 4). */
const REFERENCE_TIME = 4;
const REFERENCE_ANSWERS = 5;
const REFERENCE_ANSWER_LENGTH = 12;

/** Reads a compound packet; what is malformed or unknown is left out. */
export function parseRtcp(compound: Buffer): RtcpMessage[] {
  const messages: RtcpMessage[] = [];
  for (let at = 0; at + 8 <= compound.length;) {
    const length = 4 * (compound.readUInt16BE(at + 2) + 1);
    if (compound.readUInt8(at) >> 6 !== 2 || at + length > compound.length) break;
    messages.push(...parseOne(compound.subarray(at, at + length)));
    at += length;
  }
  return messages;
}

function parseOne(packet: Buffer): RtcpMessage[] {
  const count = packet.readUInt8(0) & 31;
  if (packet.length < 8) return [];
  const ssrc = packet.readUInt32BE(4);
  switch (packet.readUInt8(1)) {
    case SENDER_REPORT:
      return packet.length < 28 ? [] : [senderReport(packet, ssrc, count)];
    case RECEIVER_REPORT:
      return [{ kind: "receiver-report", ssrc, reports: reportBlocks(packet, 8, count) }];
    case TRANSPORT_FEEDBACK:
      return count === GENERIC_NACK && packet.length >= 12 ? [nack(packet)] : [];
    case PAYLOAD_FEEDBACK:
      return keyframeRequests(packet, count);
    case EXTENDED_REPORT:
      return [{ kind: "reference-answer", ssrc, answers: referenceAnswers(packet) }];
    default:
      return [];
  }
}

function referenceAnswers(packet: Buffer): ReferenceAnswer[] {
  const answers: ReferenceAnswer[] = [];
  for (let at = 8; at + 4 <= packet.length;) {
    const end = at + 4 * (packet.readUInt16BE(at + 2) + 1);
    if (end > packet.length) break;
    if (packet.readUInt8(at) === REFERENCE_ANSWERS) {
      for (let one = at + 4; one + REFERENCE_ANSWER_LENGTH <= end; one += REFERENCE_ANSWER_LENGTH) {
        const [ssrc = 0, lastReference = 0, delay = 0] = words(packet.subarray(one, one + 12));
        answers.push({ ssrc, lastReference, delay });
      }
    }
    at = end;
  }
  return answers;
}

function senderReport(packet: Buffer, ssrc: number, count: number): SenderReport {
  const seconds = packet.readUInt32BE(8);
  const fraction = packet.readUInt32BE(12);
  return {
    kind: "sender-report",
    ssrc,
    ntpMs: seconds * 1_000 + (fraction * 1_000) / 2 ** 32,
    ntpMiddle: packet.readUInt32BE(10),
    rtpTimestamp: packet.readUInt32BE(16),
    packets: packet.readUInt32BE(20),
    bytes: packet.readUInt32BE(24),
    reports: reportBlocks(packet, 28, count),
  };
}

function reportBlocks(packet: Buffer, start: number, count: number): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  for (let at = start; blocks.length < count && at + REPORT_BLOCK_LENGTH <= packet.length;) {
    blocks.push({
      ssrc: packet.readUInt32BE(at),
      fractionLost: packet.readUInt8(at + 4) / 256,
      lost: packet.readIntBE(at + 5, 3),
      highestSequence: packet.readUInt32BE(at + 8),
      jitter: packet.readUInt32BE(at + 12),
      lastReport: packet.readUInt32BE(at + 16),
      delay: packet.readUInt32BE(at + 20),
    });
    at += REPORT_BLOCK_LENGTH;
  }
  return blocks;
}

function nack(packet: Buffer): RtcpMessage {
  const sequences: number[] = [];
  for (let at = 12; at + 4 <= packet.length; at += 4) {
    const first = packet.readUInt16BE(at);
    const others = packet.readUInt16BE(at + 2);
    sequences.push(first);
    for (let bit = 0; bit < 16; bit++) {
      if ((others & (1 << bit)) !== 0) sequences.push((first + bit + 1) & 0xffff);
    }
  }
  return { kind: "nack", ssrc: packet.readUInt32BE(8), sequences };
}

function keyframeRequests(packet: Buffer, format: number): RtcpMessage[] {
  if (packet.length < 12) return [];
  if (format === PICTURE_LOSS) return [{ kind: "keyframe-request", ssrc: packet.readUInt32BE(8) }];
  if (format !== FULL_INTRA_REQUEST) return [];
  // A full intra request names its sources in entries of eight bytes.
  const ssrcs = words(packet.subarray(12)).filter((_, i) => i % 2 === 0);
  return ssrcs.map((ssrc) => ({ kind: "keyframe-request", ssrc }));
}

function words(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readUInt32BE(4 * i));
}

/** Starts a packet of `length` bytes, its length field filled in. */
function packetOf(type: number, count: number, length: number, ssrc: number): Buffer {
  const packet = Buffer.alloc(length);
  packet.writeUInt8((2 << 6) | count, 0);
  packet.writeUInt8(type, 1);
  packet.writeUInt16BE(length / 4 - 1, 2);
  packet.writeUInt32BE(ssrc, 4);
  return packet;
}

function writeReportBlocks(packet: Buffer, start: number, reports: readonly ReportBlock[]): void {
  reports.forEach((report, i) => {
    const at = start + REPORT_BLOCK_LENGTH * i;
    packet.writeUInt32BE(report.ssrc, at);
    packet.writeUInt8(Math.min(255, Math.floor(report.fractionLost * 256)), at + 4);
    packet.writeIntBE(Math.max(-0x80_0000, Math.min(0x7f_ffff, report.lost)), at + 5, 3);
    packet.writeUInt32BE(report.highestSequence >>> 0, at + 8);
    packet.writeUInt32BE(report.jitter >>> 0, at + 12);
    packet.writeUInt32BE(report.lastReport >>> 0, at + 16);
    packet.writeUInt32BE(report.delay >>> 0, at + 20);
  });
}

/** At most 31 report blocks. */
export function writeReceiverReport(ssrc: number, reports: readonly ReportBlock[]): Buffer {
  const packet = packetOf(RECEIVER_REPORT, reports.length, 8 + REPORT_BLOCK_LENGTH * reports.length, ssrc);
  writeReportBlocks(packet, 8, reports);
  return packet;
}

/** A sender report without report blocks. @param ntpMs milliseconds since 1900 */
export function writeSenderReport(
  report: Pick<SenderReport, "ssrc" | "ntpMs" | "rtpTimestamp" | "packets" | "bytes">,
): Buffer {
  const packet = packetOf(SENDER_REPORT, 0, 28, report.ssrc);
  writeNtp(packet, 8, report.ntpMs);
  packet.writeUInt32BE(report.rtpTimestamp >>> 0, 16);
  packet.writeUInt32BE(report.packets >>> 0, 20);
  packet.writeUInt32BE(report.bytes >>> 0, 24);
  return packet;
}

function writeNtp(packet: Buffer, at: number, ms: number): void {
  const seconds = Math.floor(ms / 1_000);
  packet.writeUInt32BE(seconds >>> 0, at);
  packet.writeUInt32BE(Math.floor(((ms - seconds * 1_000) * 2 ** 32) / 1_000) >>> 0, at + 4);
}

/**
 * Asks the sender to say how long ago this came, by which a receiver knows the round trip (RFC 3611 section 4.4). Belongs behind
 * a receiver report.
 *
 * @param ms of any clock that never goes back
 */
export function writeReferenceTime(ssrc: number, ms: number): Buffer {
  const packet = packetOf(EXTENDED_REPORT, 0, 20, ssrc);
  packet.writeUInt8(REFERENCE_TIME, 8);
  packet.writeUInt16BE(2, 10);
  writeNtp(packet, 12, ms);
  return packet;
}

/** How long a reference time took there and its answer back, milliseconds. @param ms of the clock that it was written by */
export function roundTripMs({ lastReference, delay }: ReferenceAnswer, ms: number): number {
  const middle = Math.round(ms * 65.536);
  const units = (middle - lastReference - delay) % 2 ** 32;
  return (units < 0 ? units + 2 ** 32 : units) / 65.536;
}

/** Asks for a keyframe. @param sender our own ssrc @param media the source's */
export function writePictureLoss(sender: number, media: number): Buffer {
  const packet = packetOf(PAYLOAD_FEEDBACK, PICTURE_LOSS, 12, sender);
  packet.writeUInt32BE(media, 8);
  return packet;
}

/** Asks for packets once more. @param sequences of 16 bits, in rising order (wrap-around allowed) */
export function writeNack(sender: number, media: number, sequences: readonly number[]): Buffer {
  const entries: { first: number; others: number }[] = [];
  for (const sequence of sequences) {
    const last = entries.at(-1);
    const distance = last === undefined ? 0 : (sequence - last.first) & 0xffff;
    if (last !== undefined && distance >= 1 && distance <= 16) last.others |= 1 << (distance - 1);
    else entries.push({ first: sequence, others: 0 });
  }
  const packet = packetOf(TRANSPORT_FEEDBACK, GENERIC_NACK, 12 + 4 * entries.length, sender);
  packet.writeUInt32BE(media, 8);
  entries.forEach(({ first, others }, i) => {
    packet.writeUInt16BE(first, 12 + 4 * i);
    packet.writeUInt16BE(others, 14 + 4 * i);
  });
  return packet;
}

const MANTISSA_LIMIT = 2 ** 18;

/** The most that the sender should send, bits a second (draft-alvestrand-rmcat-remb-03). */
export function writeBitrateLimit(sender: number, bitrate: number, sources: readonly number[]): Buffer {
  const packet = packetOf(PAYLOAD_FEEDBACK, APPLICATION_LAYER, 20 + 4 * sources.length, sender);
  let exponent = 0;
  while (bitrate / 2 ** exponent >= MANTISSA_LIMIT) exponent++;
  const mantissa = Math.floor(bitrate / 2 ** exponent);
  packet.write("REMB", 12, "latin1");
  packet.writeUInt8(sources.length, 16);
  packet.writeUIntBE(exponent * MANTISSA_LIMIT + mantissa, 17, 3);
  sources.forEach((ssrc, i) => packet.writeUInt32BE(ssrc, 20 + 4 * i));
  return packet;
}
