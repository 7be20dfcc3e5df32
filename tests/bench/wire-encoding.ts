// SPDX-License-Identifier: Apache-2.0

// What the pay socket's JSON costs, against a compact binary form of the same messages: the figures of
// docs/decisions/0001-pay-socket-encoding.md.
//
//     node tests/bench/wire-encoding.ts

import { deflateRawSync } from "node:zlib";
import {
  channelId,
  encodeMessage,
  parseNodeMessage,
  parseViewerMessage,
  streamId,
  type ChannelId,
  type KeysMessage,
  type TickMessage,
} from "@tickstream/contracts-types";

const ROUNDS = 200_000;

const channel = channelId(crypto.getRandomValues(new Uint8Array(32)));
const tick: TickMessage = {
  type: "tick",
  channel,
  n: 1_234,
  preimage: crypto.getRandomValues(new Uint8Array(32)),
  epochs: [8_642_001],
};
const keys: KeysMessage = {
  type: "keys",
  stream: streamId(17),
  channel,
  keys: [{ epoch: 8_642_001, key: crypto.getRandomValues(new Uint8Array(16)) }],
};

// The binary form that was the alternative, SCALE-like, with the checks that a parser at the edge needs:
// a type byte, ids and bytes as they are, u32 and u64 little-endian, arrays behind a one-byte count.

function encodeTick(message: TickMessage): Buffer {
  const bytes = Buffer.allocUnsafe(1 + 32 + 4 + 32 + 1 + 8 * message.epochs.length);
  bytes[0] = 3;
  bytes.write(message.channel.slice(2), 1, "hex");
  bytes.writeUInt32LE(message.n, 33);
  bytes.set(message.preimage, 37);
  bytes[69] = message.epochs.length;
  message.epochs.forEach((epoch, i) => bytes.writeBigUInt64LE(BigInt(epoch), 70 + 8 * i));
  return bytes;
}

function parseTick(bytes: Buffer): TickMessage {
  const count = bytes.length < 70 ? 0 : bytes[69]!;
  if (bytes[0] !== 3 || count > 64 || bytes.length !== 70 + 8 * count) throw new Error("no tick");
  return {
    type: "tick",
    channel: `0x${bytes.toString("hex", 1, 33)}` as ChannelId,
    n: bytes.readUInt32LE(33),
    preimage: Uint8Array.from(bytes.subarray(37, 69)),
    epochs: Array.from({ length: count }, (_, i) => epochAt(bytes, 70 + 8 * i)),
  };
}

function encodeKeys(message: KeysMessage): Buffer {
  const bytes = Buffer.allocUnsafe(1 + 8 + 32 + 1 + 24 * message.keys.length);
  bytes[0] = 3;
  bytes.writeBigUInt64LE(message.stream, 1);
  bytes.write((message.channel ?? "").slice(2), 9, "hex");
  bytes[41] = message.keys.length;
  message.keys.forEach(({ epoch, key }, i) => {
    bytes.writeBigUInt64LE(BigInt(epoch), 42 + 24 * i);
    bytes.set(key, 50 + 24 * i);
  });
  return bytes;
}

function parseKeys(bytes: Buffer): KeysMessage {
  const count = bytes.length < 42 ? 0 : bytes[41]!;
  if (bytes[0] !== 3 || count > 64 || bytes.length !== 42 + 24 * count) throw new Error("no keys");
  return {
    type: "keys",
    stream: streamId(bytes.readBigUInt64LE(1)),
    channel: `0x${bytes.toString("hex", 9, 41)}` as ChannelId,
    keys: Array.from({ length: count }, (_, i) => ({
      epoch: epochAt(bytes, 42 + 24 * i),
      key: Uint8Array.from(bytes.subarray(50 + 24 * i, 66 + 24 * i)),
    })),
  };
}

function epochAt(bytes: Buffer, offset: number): number {
  const epoch = Number(bytes.readBigUInt64LE(offset));
  if (!Number.isSafeInteger(epoch)) throw new Error("no epoch");
  return epoch;
}

/** Microseconds a call, the median of seven runs. */
function time(run: () => unknown): number {
  const runs = Array.from({ length: 7 }, () => {
    const start = performance.now();
    for (let i = 0; i < ROUNDS / 7; i++) run();
    return ((performance.now() - start) * 1_000) / (ROUNDS / 7);
  });
  return runs.toSorted((a, b) => a - b)[3]!;
}

function row(name: string, bytes: string | Buffer, encode: () => unknown, parse: () => unknown) {
  return {
    message: name,
    bytes: bytes.length,
    "deflated alone": deflateRawSync(bytes).length,
    "encode µs": Number(time(encode).toFixed(2)),
    "parse µs": Number(time(parse).toFixed(2)),
  };
}

const [tickText, keysText, tickBytes, keysBytes] = [
  encodeMessage(tick),
  encodeMessage(keys),
  encodeTick(tick),
  encodeKeys(keys),
];
const rows = [
  row(
    "tick, JSON",
    tickText,
    () => encodeMessage(tick),
    () => parseViewerMessage(tickText),
  ),
  row(
    "tick, binary",
    tickBytes,
    () => encodeTick(tick),
    () => parseTick(tickBytes),
  ),
  row(
    "keys, JSON",
    keysText,
    () => encodeMessage(keys),
    () => parseNodeMessage(keysText),
  ),
  row(
    "keys, binary",
    keysBytes,
    () => encodeKeys(keys),
    () => parseKeys(keysBytes),
  ),
];
console.table(rows);
console.log(JSON.stringify({ rows }));
