// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLOSE_CODES } from "../close-codes.ts";
import { WireMessageError } from "../frame.ts";
import * as any from "../testing/arbitraries.ts";
import {
  encodeInstanceMessage,
  encodeSignal,
  parseInstanceMessage,
  parsePeerMessage,
  parseServerMessage,
} from "./codec.ts";
import type { InstanceMessage } from "./instance-messages.ts";
import { joinProofText } from "./join-proof.ts";
import { MAX_CANDIDATE_LENGTH, MAX_LISTED_PEERS, MAX_SDP_LENGTH, MAX_SIGNAL_FRAME_BYTES } from "./limits.ts";
import type { PeerMessage } from "./peer-messages.ts";
import { SIGNAL_ERROR_CODES, type ServerMessage } from "./server-messages.ts";

const literal = <T extends string>(type: T) => fc.constant(type);
const hex = (length: number) => fc.string({ minLength: length, maxLength: length, unit: hexDigit });
const hexDigit = fc.constantFrom(..."0123456789abcdef".split(""));
const stream = fc.oneof(
  any.u64.map(String),
  hex(12).map((digits) => `f${digits.replaceAll(/[^a-f2-7]/g, "a")}`),
);
const peer = fc.tuple(hex(16), hex(16)).map(([instance, number]) => `${instance}-${number}`);
const connection = fc.uuid();
const sdp = fc.string({ minLength: 1, maxLength: 2_000 });
const sentence = fc.string({ maxLength: 512 });
const state = fc.constantFrom("new", "connecting", "connected", "disconnected", "failed", "closed");

/** A record of which the named fields may be left out. */
function record<T extends Record<string, fc.Arbitrary<unknown>>>(fields: T, optional: string[] = []) {
  const requiredKeys = Object.keys(fields).filter((key) => !optional.includes(key));
  return fc.record(fields, { requiredKeys, noNullPrototype: true });
}

const peerMessage = fc.oneof(
  record(
    {
      type: literal("join-stream"),
      stream,
      role: fc.constantFrom("publisher", "viewer"),
      credential: fc.oneof(
        record({ kind: literal("stream-key"), key: fc.string({ maxLength: 128 }) }),
        record({ kind: literal("login"), token: fc.string({ maxLength: 1_024 }) }),
        record({
          kind: literal("wallet"),
          address: fc.string({ maxLength: 64 }),
          signature: hex(128).map((digits) => `0x${digits}`),
        }),
      ),
    },
    ["credential"],
  ),
  record({ type: literal("leave-stream"), stream }),
  record({ type: literal("offer"), stream, to: peer, connection, sdp }, ["to"]),
  record({ type: literal("answer"), stream, to: peer, connection, sdp }),
  record(
    {
      type: literal("ice-candidate"),
      stream,
      to: peer,
      connection,
      candidate: fc.string({ maxLength: MAX_CANDIDATE_LENGTH }),
      mid: fc.string({ maxLength: 32 }),
    },
    ["to"],
  ),
  record({ type: literal("connection-state"), stream, to: peer, connection, state }, ["to"]),
) as fc.Arbitrary<PeerMessage>;

const roomState = {
  stream,
  viewers: any.u32,
  publishers: any.u32,
  live: fc.boolean(),
  peers: fc.array(record({ peer, role: fc.constantFrom("publisher", "node") }), { maxLength: 20 }),
};
const relayed = { stream, from: peer, role: fc.constantFrom("publisher", "viewer", "node"), connection };

const relayedMessage = fc.oneof(
  record({ type: literal("offer"), ...relayed, sdp }),
  record({ type: literal("answer"), ...relayed, sdp }),
  record({ type: literal("ice-candidate"), ...relayed, candidate: sentence, mid: fc.constant("0") }),
  record({ type: literal("connection-state"), ...relayed, state, reason: sentence }, ["reason"]),
);

const instanceMessage = fc.oneof(
  record({
    type: literal("share"),
    instance: hex(16),
    viewers: any.u32,
    live: fc.boolean(),
    peers: roomState.peers,
  }),
  record({ type: fc.constantFrom("left", "closed"), instance: hex(16) }),
  record({ type: literal("delivery"), stream, to: peer, message: relayedMessage }),
) as fc.Arbitrary<InstanceMessage>;

const serverMessage = fc.oneof(
  relayedMessage,
  record({ type: literal("welcome"), peer, nonce: any.bytes(32) }),
  record({ type: literal("joined"), role: fc.constantFrom("publisher", "viewer"), ...roomState }),
  record({ type: literal("presence"), ...roomState }),
  record(
    {
      type: literal("error"),
      code: fc.constantFrom(...SIGNAL_ERROR_CODES),
      message: sentence,
      stream,
      connection,
      reason: fc.string({ maxLength: 64 }),
    },
    ["stream", "connection", "reason"],
  ),
  record(
    {
      type: literal("closing"),
      code: fc.constantFrom("stream-ended", "draining"),
      message: sentence,
      stream,
    },
    ["stream"],
  ),
) as fc.Arbitrary<ServerMessage>;

describe("every message is read back as it was written", () => {
  test("a peer's", () => {
    fc.assert(
      fc.property(peerMessage, (message) => {
        expect(parsePeerMessage(encodeSignal(message))).toEqual(message);
        expect(parsePeerMessage(new TextEncoder().encode(encodeSignal(message)))).toEqual(message);
      }),
    );
  });

  test("a server's", () => {
    fc.assert(
      fc.property(serverMessage, (message) => {
        expect(parseServerMessage(encodeSignal(message))).toEqual(message);
      }),
    );
  });

  test("an instance's", () => {
    fc.assert(
      fc.property(instanceMessage, (message) => {
        expect(parseInstanceMessage(encodeInstanceMessage(message))).toEqual(message);
      }),
    );
  });

  test("the longest of each still fits a frame", () => {
    const longest = `${"f".repeat(16)}-${"f".repeat(16)}`;
    const peers = Array.from({ length: MAX_LISTED_PEERS }, () => ({
      peer: longest,
      role: "publisher" as const,
    }));
    const room = {
      stream: "18446744073709551615",
      viewers: 2 ** 32 - 1,
      publishers: 2 ** 32 - 1,
      live: true,
      peers,
    };
    encodeSignal({ type: "presence", ...room });
    // Lines of a session description end in CR LF, which takes four characters in JSON.
    const lines = `a=${"x".repeat(28)}\r\n`.repeat(MAX_SDP_LENGTH / 32);
    encodeSignal({
      type: "offer",
      stream: room.stream,
      from: longest,
      role: "publisher",
      connection: "c".repeat(64),
      sdp: lines,
    });
  });
});

describe("anything else is refused with a typed error", () => {
  const from = `${"0".repeat(16)}-${"1".repeat(16)}`;
  const offer = { type: "offer", stream: "7", connection: "c".repeat(16), sdp: "v=0" };

  test.each([
    ["an unknown type", { type: "hello" }],
    ["a server's message", { type: "welcome", peer: from, nonce: `0x${"00".repeat(32)}` }],
    ["an answer to nobody", { ...offer, type: "answer" }],
    ["a sender's name that the sender gives", { ...offer, from }],
    ["a stream that is none", { ...offer, stream: "../7" }],
    ["a number for a stream", { ...offer, stream: 7 }],
    ["a peer that is none", { ...offer, to: "everybody" }],
    ["a connection one could guess", { ...offer, connection: "1" }],
    ["no description", { ...offer, sdp: "" }],
    ["a description beyond its bound", { ...offer, sdp: "x".repeat(MAX_SDP_LENGTH + 1) }],
    ["a role that cannot be asked for", { type: "join-stream", stream: "7", role: "node" }],
    [
      "a credential of two kinds",
      {
        type: "join-stream",
        stream: "7",
        role: "viewer",
        credential: { kind: "login", token: "a", key: "b" },
      },
    ],
    [
      "a state that WebRTC does not know",
      { ...offer, type: "connection-state", sdp: undefined, state: "fine" },
    ],
    ["null", null],
  ])("%s", (_what, message) => {
    expect(() => parsePeerMessage(JSON.stringify(message))).toThrow(
      expect.objectContaining({ code: "message-invalid", closeCode: CLOSE_CODES.badMessage }),
    );
  });

  test("what is too long, unread", () => {
    expect(() => parsePeerMessage(" ".repeat(MAX_SIGNAL_FRAME_BYTES + 1))).toThrow(
      expect.objectContaining({ code: "message-too-large", closeCode: CLOSE_CODES.tooLarge }),
    );
  });

  test("any JSON, and any message with one value changed, is taken or refused, never anything else", () => {
    const parse = (text: string) => {
      for (const parser of [parsePeerMessage, parseServerMessage, parseInstanceMessage]) {
        try {
          parser(text);
        } catch (error) {
          expect(error).toBeInstanceOf(WireMessageError);
        }
      }
    };
    fc.assert(fc.property(fc.json(), parse));
    fc.assert(
      fc.property(fc.oneof(peerMessage, serverMessage), fc.nat(), fc.jsonValue(), (message, at, value) => {
        const changed = JSON.parse(encodeSignal(message)) as Record<string, unknown>;
        const keys = Object.keys(changed);
        changed[keys[at % keys.length]!] = value;
        parse(JSON.stringify(changed));
      }),
    );
  });
});

test("what a wallet signs to join names server, stream, role and nonce, each on its line", () => {
  const proof = { host: "node.example", stream: "7", role: "publisher" as const, nonce: new Uint8Array(32) };
  expect(joinProofText(proof)).toBe(
    `Join stream 7 as a publisher\nSignaling server: node.example\nNonce: 0x${"00".repeat(32)}`,
  );
});
