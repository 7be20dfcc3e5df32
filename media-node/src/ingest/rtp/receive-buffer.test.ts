// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RtpPacket } from "../../webrtc/rtp.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";

const WAIT_MS = 100;

function packet(sequence: number): RtpPacket {
  return {
    payloadType: 96,
    marker: false,
    sequence: sequence & 0xffff,
    timestamp: 0,
    ssrc: 1,
    payload: Buffer.of(1),
    extensions: new Map(),
  };
}

function buffer() {
  const delivered: { sequence: number; afterLoss: boolean }[] = [];
  const receive = new ReceiveBuffer({
    waitMs: WAIT_MS,
    onPacket: ({ sequence }, afterLoss) => delivered.push({ sequence, afterLoss }),
  });
  return { receive, delivered, sequences: () => delivered.map(({ sequence }) => sequence) };
}

test("packets in order are delivered at once", () => {
  const { receive, sequences } = buffer();
  for (let sequence = 65_530; sequence < 65_545; sequence++) receive.push(packet(sequence), 0);
  expect(sequences()).toEqual([65_530, 65_531, 65_532, 65_533, 65_534, 65_535, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a missing one is asked for, again and again, and what comes behind it waits", () => {
  const { receive, sequences } = buffer();
  receive.push(packet(1), 0);
  receive.push(packet(3), 0);
  expect(receive.poll(0)).toEqual([]); // it may only be out of order
  expect(receive.poll(10)).toEqual([2]);
  expect(receive.poll(20)).toEqual([]);
  expect(receive.poll(60)).toEqual([2]);
  receive.push(packet(2), 70);
  expect(sequences()).toEqual([1, 2, 3]);
  expect(receive).toMatchObject({ recovered: 1, lost: 0 });
});

test("one that never comes is given up, and the next says so", () => {
  const { receive, delivered } = buffer();
  for (const sequence of [1, 3, 4]) receive.push(packet(sequence), 0);
  receive.poll(WAIT_MS);
  expect(delivered).toEqual([
    { sequence: 1, afterLoss: false },
    { sequence: 3, afterLoss: true },
    { sequence: 4, afterLoss: false },
  ]);
  receive.push(packet(2), WAIT_MS + 1);
  expect(delivered.length).toBe(3);
  expect(receive).toMatchObject({ recovered: 0, lost: 1 });
});

test("how long it takes to get one again is measured", () => {
  const { receive } = buffer();
  receive.push(packet(1), 0);
  receive.push(packet(3), 0);
  receive.poll(10);
  receive.push(packet(2), 35);
  expect(receive.roundTripMs).toBe(25);
});

test("a source that leaps begins anew", () => {
  const { receive, delivered } = buffer();
  receive.push(packet(1), 0);
  receive.push(packet(30_000), 0);
  receive.push(packet(30_001), 0);
  expect(delivered).toEqual([
    { sequence: 1, afterLoss: false },
    { sequence: 30_000, afterLoss: true },
    { sequence: 30_001, afterLoss: false },
  ]);
  expect(receive.poll(WAIT_MS)).toEqual([]);
});

describe("whatever the network does", () => {
  test("each packet comes out once at most, in order, and every hole is told", () => {
    const journey = fc.record({ lost: fc.boolean(), twice: fc.boolean(), delay: fc.nat({ max: 60 }) });
    fc.assert(
      fc.property(
        fc.nat({ max: 65_535 }),
        fc.array(journey, { minLength: 1, maxLength: 120 }),
        (first, journeys) => {
          const { receive, delivered } = buffer();
          // The first one has to come first: where a source begins is not known otherwise.
          const arrivals = journeys.flatMap(({ lost, twice, delay }, i) => {
            if (lost && i > 0) return [];
            const at = i === 0 ? 0 : i + delay;
            const arrival = { sequence: first + i, at };
            return twice ? [arrival, { ...arrival, at: at + 20 }] : [arrival];
          });
          for (const { sequence, at } of arrivals.toSorted((a, b) => a.at - b.at)) {
            receive.poll(at);
            receive.push(packet(sequence), at);
          }
          receive.poll(1_000);
          const expected = journeys.flatMap(({ lost }, i) => (lost && i > 0 ? [] : [i]));
          expect(delivered).toEqual(
            expected.map((i, k) => ({
              sequence: (first + i) & 0xffff,
              afterLoss: k > 0 && i !== (expected[k - 1] ?? 0) + 1,
            })),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test("what waits is bounded", () => {
    const { receive, delivered } = buffer();
    for (let i = 0; i < 100_000; i += 2) receive.push(packet(i), 0);
    // Everything behind a hole was given up, again and again, to begin anew.
    expect(delivered.length).toBeGreaterThan(0);
    expect(receive.poll(WAIT_MS - 1).length).toBeLessThanOrEqual(128);
  });
});
