// SPDX-License-Identifier: Apache-2.0
// RTMP messages to chunks and back (Adobe “Real Time Messaging Protocol” 1.0, section 5.3).

/** RTMP message types used here (section 5.4, 7.1). */
export const MESSAGE = {
  setChunkSize: 1,
  acknowledgement: 3,
  userControl: 4,
  windowAckSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  data: 18,
  command: 20,
} as const;

export interface RtmpMessage {
  type: number;
  /** Milliseconds, modulo 2^32. */
  timestamp: number;
  /** The message stream: 0 for the connection, above for a published stream. */
  streamId: number;
  body: Buffer;
}

const EXTENDED = 0xffffff;
/** A server answers a publisher with commands of a few hundred bytes. */
const MAX_MESSAGE = 64 * 1024;
const MAX_CHUNK_STREAMS = 16;

/** Encodes one message with a full (type 0) header, cut into chunks of `chunkSize`. */
export function encodeMessage(message: RtmpMessage, chunkStream: number, chunkSize: number): Buffer {
  const timestamp = message.timestamp % 2 ** 32;
  const extended = timestamp >= EXTENDED;
  const header = Buffer.alloc(extended ? 16 : 12);
  header[0] = chunkStream;
  header.writeUIntBE(extended ? EXTENDED : timestamp, 1, 3);
  header.writeUIntBE(message.body.length, 4, 3);
  header[7] = message.type;
  header.writeUInt32LE(message.streamId, 8);
  if (extended) header.writeUInt32BE(timestamp, 12);
  const pieces: Buffer[] = [header, message.body.subarray(0, chunkSize)];
  for (let at = chunkSize; at < message.body.length; at += chunkSize) {
    const next = Buffer.alloc(extended ? 5 : 1);
    next[0] = 0xc0 | chunkStream;
    if (extended) next.writeUInt32BE(timestamp, 1);
    pieces.push(next, message.body.subarray(at, at + chunkSize));
  }
  return Buffer.concat(pieces);
}

interface Incoming extends RtmpMessage {
  length: number;
  extended: boolean;
  delta: number;
  received: Buffer[];
  missing: number;
}

/** Puts chunks from a byte stream together to messages. Memory is bounded; what exceeds the bounds throws. */
export class ChunkReader {
  #buffered: Buffer = Buffer.alloc(0);
  #chunkSize = 128;
  readonly #streams = new Map<number, Incoming>();

  /**
   * Takes the next bytes and returns the messages they complete.
   * @throws RangeError where the bytes break the protocol or its bounds
   */
  push(bytes: Buffer): RtmpMessage[] {
    this.#buffered = this.#buffered.length > 0 ? Buffer.concat([this.#buffered, bytes]) : bytes;
    const messages: RtmpMessage[] = [];
    for (let used = this.#chunk(messages); used > 0; used = this.#chunk(messages)) {
      this.#buffered = this.#buffered.subarray(used);
    }
    return messages;
  }

  /** Reads one chunk at the start of the buffer; returns its length, or 0 while it is incomplete. */
  #chunk(messages: RtmpMessage[]): number {
    const bytes = this.#buffered;
    if (bytes.length < 1) return 0;
    const format = bytes.readUInt8(0) >> 6;
    const chunkStream = bytes.readUInt8(0) & 63;
    if (chunkStream < 2) throw new RangeError("the server uses more chunk streams than a publisher needs");
    const headerLength = [11, 7, 3, 0][format] ?? 0;
    let at = 1 + headerLength;
    if (bytes.length < at) return 0;
    let state = this.#streams.get(chunkStream);
    if (!state) {
      if (format !== 0) throw new RangeError("an RTMP chunk stream starts without a full header");
      if (this.#streams.size >= MAX_CHUNK_STREAMS) throw new RangeError("too many RTMP chunk streams");
      state = emptyIncoming();
    }
    const stamp = format < 3 ? bytes.readUIntBE(1, 3) : 0;
    const extended = format < 3 ? stamp === EXTENDED : state.extended;
    if (extended && bytes.length < at + 4) return 0;
    const time = extended ? bytes.readUInt32BE(at) : stamp;
    if (extended) at += 4;
    const starts = state.missing === 0;
    const length = format < 2 ? bytes.readUIntBE(4, 3) : state.length;
    if (length > MAX_MESSAGE) throw new RangeError("an RTMP message is longer than a publisher expects");
    const missing = starts ? length : state.missing;
    const size = Math.min(missing, this.#chunkSize);
    if (bytes.length < at + size) return 0;

    this.#streams.set(chunkStream, state);
    state.extended = extended;
    if (format < 2) {
      state.length = length;
      state.type = bytes.readUInt8(7);
    }
    if (format === 0) state.streamId = bytes.readUInt32LE(8);
    if (starts) {
      if (format !== 0) state.delta = format < 3 ? time : state.delta;
      state.timestamp = format === 0 ? time : (state.timestamp + state.delta) % 2 ** 32;
      state.received = [];
    }
    state.received.push(Buffer.from(bytes.subarray(at, at + size)));
    state.missing = missing - size;
    if (state.missing === 0) {
      const body = Buffer.concat(state.received);
      state.received = [];
      const { type, timestamp, streamId } = state;
      if (type === MESSAGE.setChunkSize && body.length >= 4) {
        this.#chunkSize = Math.max(1, body.readUInt32BE() & 0x7fffffff);
      }
      messages.push({ type, timestamp, streamId, body });
    }
    return at + size;
  }
}

function emptyIncoming(): Incoming {
  return {
    type: 0,
    timestamp: 0,
    streamId: 0,
    body: Buffer.alloc(0),
    length: 0,
    extended: false,
    delta: 0,
    received: [],
    missing: 0,
  };
}
