// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import { TransportFeedback } from "./transport-feedback.ts";

/** What a packet tells, read by hand: arrival in milliseconds by 16-bit number; null for what is missing. */
function read(packet: Buffer): Map<number, number | null> {
  expect(packet.readUInt8(1)).toBe(205);
  expect(packet.readUInt16BE(2)).toBe(packet.length / 4 - 1);
  const base = packet.readUInt16BE(12);
  const count = packet.readUInt16BE(14);
  const chunks = Math.ceil(count / 7);
  let at = 20 + 2 * chunks;
  let time = packet.readUIntBE(16, 3) * 64;
  const told = new Map<number, number | null>();
  for (let i = 0; i < count; i++) {
    const symbol = (packet.readUInt16BE(20 + 2 * Math.floor(i / 7)) >> (12 - 2 * (i % 7))) & 3;
    if (symbol === 1) time += packet.readUInt8(at) / 4;
    if (symbol === 2) time += packet.readInt16BE(at) / 4;
    at += symbol;
    told.set((base + i) & 0xffff, symbol === 0 ? null : time);
  }
  expect(packet.length - at).toBeLessThan(4);
  return told;
}

test("packets are told once, when they came and whether", () => {
  const feedback = new TransportFeedback();
  expect(feedback.write(1, 2)).toBeUndefined();
  for (const [number, at] of [
    [65_534, 1_000],
    [65_535, 1_010.5],
    [1, 1_200],
    [0, 1_190.25],
    [3, 1_201],
  ] as const) {
    feedback.received(number, at);
  }
  expect(read(feedback.write(1, 2) as Buffer)).toEqual(
    new Map([
      [65_534, 1_000],
      [65_535, 1_010.5],
      [0, 1_190.25],
      [1, 1_200],
      [2, null],
      [3, 1_201],
    ]),
  );
  expect(feedback.write(1, 2)).toBeUndefined();
  feedback.received(2, 1_300); // it was told to be missing
  expect(feedback.write(1, 2)).toBeUndefined();
  feedback.received(5, 1_400);
  expect([...read(feedback.write(1, 2) as Buffer).keys()]).toEqual([4, 5]);
});

test("whatever comes, in whatever order", () => {
  const arrival = fc.record({ number: fc.nat({ max: 60 }), wait: fc.nat({ max: 900 }) });
  fc.assert(
    fc.property(fc.array(arrival, { minLength: 1, maxLength: 80 }), (arrivals) => {
      const feedback = new TransportFeedback();
      const came = new Map<number, number>();
      let now = 5_000;
      const first = arrivals[0]?.number ?? 0;
      for (const { number, wait } of arrivals) {
        now += wait / 4;
        feedback.received(number, now);
        if (number >= first && !came.has(number)) came.set(number, now);
      }
      const told = read(feedback.write(1, 2) as Buffer);
      for (const [number, at] of told) expect(at).toBe(came.get(number) ?? null);
      expect(told.size).toBe(Math.max(...came.keys()) - first + 1);
    }),
  );
});

test("a source that leaps is told from there on, and what is told is bounded", () => {
  const feedback = new TransportFeedback();
  for (let number = 0; number < 60_000; number += 900) feedback.received(number, number);
  expect((feedback.write(1, 2) as Buffer).length).toBeLessThan(1_200);
});
