// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as any from "../testing/arbitraries.ts";
import { CLOSE_CODES } from "../close-codes.ts";
import { WireMessageError } from "../frame.ts";
import { encodeMessage, parseNodeMessage, parseViewerMessage } from "./codec.ts";
import { MAX_BOUGHT_RANGES, MAX_FRAME_BYTES, MAX_PREVIEW_EPOCHS, MAX_TICK_EPOCHS } from "./limits.ts";
import { CLOSING_CODES, REFUSAL_CODES, type NodeMessage } from "./node-messages.ts";
import type { ViewerMessage } from "./viewer-messages.ts";

const literal = <T extends string>(type: T) => fc.constant(type);
const share = fc.nat({ max: 1_000_000_000 });
const epochs = (maxLength: number) => fc.array(any.epoch, { maxLength });
const sentence = fc.string({ maxLength: 512 });

const viewerMessage: fc.Arbitrary<ViewerMessage> = fc.oneof(
  fc.record({ type: literal("watch"), stream: any.streamId, preview: epochs(MAX_PREVIEW_EPOCHS) }),
  fc.record({ type: literal("open"), commitment: any.commitment, signature: any.bytes(64) }),
  fc.record({
    type: literal("resume"),
    channel: any.channelId,
    n: any.u32,
    preimage: any.bytes(32),
    signature: any.bytes(64),
  }),
  fc.record({
    type: literal("tick"),
    channel: any.channelId,
    n: any.u32,
    preimage: any.bytes(32),
    epochs: epochs(MAX_TICK_EPOCHS),
  }),
  fc.record({ type: literal("pause"), channel: any.channelId }),
  fc.record({ type: literal("leave"), channel: any.channelId }),
) as fc.Arbitrary<ViewerMessage>;

const nodeMessage: fc.Arbitrary<NodeMessage> = fc.oneof(
  fc.record({
    type: literal("terms"),
    stream: any.streamId,
    terms: any.u32,
    rate: any.amount,
    tickMs: fc.integer({ min: 1, max: 0xffff_ffff }),
    operator: any.accountId,
    operatorShare: share,
    payees: fc.array(fc.record({ account: any.accountId, share }), { maxLength: 8 }),
    openFee: any.amount,
    exposureWindow: any.u32,
    previewTicks: any.u32,
    creditTicks: any.u32,
    unfinalizedTicks: any.u32,
    genesisHash: any.bytes(32),
    nonce: any.bytes(32),
    head: any.u32,
    edge: fc.option(any.epoch),
  }),
  fc.record({
    type: literal("opened"),
    channel: any.channelId,
    n: any.u32,
    preimage: any.bytes(32),
    bought: fc.array(
      fc
        .tuple(fc.nat({ max: 1e6 }), fc.nat({ max: 1e6 }))
        .map(([from, more]): [number, number] => [from, from + more]),
      { maxLength: 20 },
    ),
    credit: fc.option(any.u32),
    ticket: any.bytes(16),
  }),
  fc.record(
    {
      type: literal("refused"),
      request: fc.constantFrom("watch", "open", "resume", "tick"),
      stream: any.streamId,
      channel: any.channelId,
      code: fc.constantFrom(...REFUSAL_CODES),
      message: sentence,
      accept: fc.dictionary(
        fc.string({ maxLength: 32 }).filter((key) => key !== "__proto__"),
        fc.string({ maxLength: 256 }),
        { maxKeys: 5, noNullPrototype: true },
      ),
    },
    { requiredKeys: ["type", "request", "code", "message"], noNullPrototype: true },
  ),
  fc.record({
    type: literal("keys"),
    stream: any.streamId,
    channel: fc.option(any.channelId),
    keys: fc.array(fc.record({ epoch: any.epoch, key: any.bytes(16) }), { maxLength: MAX_TICK_EPOCHS }),
  }),
  fc.record({
    type: literal("due"),
    stream: any.streamId,
    channel: fc.option(any.channelId),
    edge: any.epoch,
    behind: any.u32,
  }),
  fc.record(
    {
      type: literal("closing"),
      stream: any.streamId,
      channel: any.channelId,
      code: fc.constantFrom(...CLOSING_CODES),
      message: sentence,
    },
    { requiredKeys: ["type", "code", "message"], noNullPrototype: true },
  ),
) as fc.Arbitrary<NodeMessage>;

describe("every message is read back as it was written", () => {
  test("bytes may be a Node Buffer, whose own JSON is another", () => {
    const message: ViewerMessage = {
      type: "tick",
      channel: `0x${"ab".repeat(32)}` as never,
      n: 1,
      preimage: Buffer.alloc(32, 7),
      epochs: [1],
    };
    expect(parseViewerMessage(encodeMessage(message))).toEqual({
      ...message,
      preimage: new Uint8Array(32).fill(7),
    });
  });

  test("a viewer's", () => {
    fc.assert(
      fc.property(viewerMessage, (message) => {
        expect(parseViewerMessage(encodeMessage(message))).toEqual(message);
        expect(parseViewerMessage(new TextEncoder().encode(encodeMessage(message)))).toEqual(message);
      }),
    );
  });

  test("a node's", () => {
    fc.assert(
      fc.property(nodeMessage, (message) => {
        expect(parseNodeMessage(encodeMessage(message))).toEqual(message);
      }),
    );
  });

  test("the longest of each still fits a frame", () => {
    const channel = `0x${"ff".repeat(32)}` as never;
    const far = Number.MAX_SAFE_INTEGER;
    const key = { epoch: far, key: new Uint8Array(16) };
    const stream = ((1n << 64n) - 1n) as never;
    encodeMessage({
      type: "keys",
      stream,
      channel,
      keys: Array.from({ length: MAX_TICK_EPOCHS }, () => key),
    });
    encodeMessage({
      type: "tick",
      channel,
      n: 86_400,
      preimage: new Uint8Array(32),
      epochs: Array(MAX_TICK_EPOCHS).fill(far),
    });
    // Epochs of a stream that has run for 30 years.
    const bought = Array.from({ length: MAX_BOUGHT_RANGES }, (): [number, number] => [
      999_999_999, 999_999_999,
    ]);
    encodeMessage({
      type: "opened",
      channel,
      n: 1,
      preimage: new Uint8Array(32),
      bought,
      credit: null,
      ticket: new Uint8Array(16),
    });
  });
});

describe("anything else is refused with a typed error", () => {
  const channel = `0x${"ab".repeat(32)}`;
  const tick = { type: "tick", channel, n: 1, preimage: channel, epochs: [1] };

  function errorOf(frame: string | Uint8Array): WireMessageError {
    try {
      parseViewerMessage(frame);
    } catch (error) {
      if (error instanceof WireMessageError) return error;
      throw error;
    }
    throw new Error("it was taken");
  }

  test.each([
    ["an unknown type", { type: "hello" }],
    ["a node's message", { type: "due", stream: "1", channel: null, edge: 1, behind: 0 }],
    ["a field too many", { ...tick, more: 1 }],
    ["a field missing", { ...tick, n: undefined }],
    ["a fraction", { ...tick, n: 1.5 }],
    ["a negative number", { ...tick, n: -1 }],
    ["a number beyond u32", { ...tick, n: 2 ** 32 }],
    ["a number as text", { ...tick, n: "1" }],
    ["an epoch beyond what is exact", { ...tick, epochs: [2 ** 53] }],
    ["too many epochs", { ...tick, epochs: Array(MAX_TICK_EPOCHS + 1).fill(1) }],
    ["bytes cut short", { ...tick, preimage: "0x00" }],
    ["bytes in upper case", { ...tick, preimage: `0x${"AB".repeat(32)}` }],
    ["a channel in upper case", { ...tick, channel: `0x${"AB".repeat(32)}` }],
    ["a stream as a number", { type: "watch", stream: 1, preview: [] }],
    ["a stream beyond u64", { type: "watch", stream: "18446744073709551616", preview: [] }],
    ["a stream with leading zeros", { type: "watch", stream: "01", preview: [] }],
    ["an array", [tick]],
    ["null", null],
  ])("%s", (_what, message) => {
    expect(errorOf(JSON.stringify(message))).toMatchObject({
      code: "message-invalid",
      closeCode: CLOSE_CODES.badMessage,
    });
  });

  test("what is no JSON, or no UTF-8", () => {
    expect(errorOf("{")).toMatchObject({ code: "message-not-json", closeCode: CLOSE_CODES.badMessage });
    expect(errorOf(Uint8Array.of(0x22, 0xff, 0x22)).code).toBe("message-not-json");
  });

  test("what is too long, unread", () => {
    expect(errorOf(" ".repeat(MAX_FRAME_BYTES + 1))).toMatchObject({
      code: "message-too-large",
      closeCode: CLOSE_CODES.tooLarge,
    });
    expect(() =>
      encodeMessage({ type: "closing", code: "draining", message: "x".repeat(MAX_FRAME_BYTES) }),
    ).toThrow(WireMessageError);
  });

  test("the error's text stays short, whatever was sent", () => {
    const fields = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}`.repeat(100), 1]));
    expect(errorOf(JSON.stringify({ ...tick, ...fields })).message.length).toBeLessThan(300);
  });

  test("any JSON, and any message with one value changed, is taken or refused, never anything else", () => {
    const parse = (text: string) => {
      for (const parser of [parseViewerMessage, parseNodeMessage]) {
        try {
          parser(text);
        } catch (error) {
          expect(error).toBeInstanceOf(WireMessageError);
        }
      }
    };
    fc.assert(fc.property(fc.json(), parse));
    fc.assert(fc.property(fc.string(), parse));
    fc.assert(
      fc.property(fc.oneof(viewerMessage, nodeMessage), fc.nat(), fc.jsonValue(), (message, at, value) => {
        const changed = JSON.parse(encodeMessage(message)) as Record<string, unknown>;
        const keys = Object.keys(changed);
        changed[keys[at % keys.length]!] = value;
        parse(JSON.stringify(changed));
      }),
    );
  });
});
