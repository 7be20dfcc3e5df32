// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HashChain, HashChainError, hashDown, MAX_TICKS, verifyAdvance } from "./hash-chain.ts";
import { bytesToHex, hexToBytes } from "./hex.ts";
import { bytes } from "./testing/arbitraries.ts";
import { readVectors } from "./testing/read-vectors.ts";

describe("HashChain", () => {
  test.each(readVectors("hash-chains").cases)("the vector of $maxTicks ticks", (vector) => {
    const chain = HashChain.create(hexToBytes(vector.seed), vector.maxTicks);
    expect(bytesToHex(chain.anchor)).toBe(vector.anchor);
    for (const { n, preimage } of vector.preimages) expect(bytesToHex(chain.preimage(n))).toBe(preimage);
  });

  test("any preimage, in any order, is the one that hashing from the seed gives", () => {
    fc.assert(
      fc.property(
        bytes(32),
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.nat()),
        (seed, maxTicks, order) => {
          const expected = [Buffer.from(seed)];
          for (let i = 0; i < maxTicks; i++) {
            expected.unshift(createHash("sha256").update(expected[0]!).digest());
          }
          const chain = HashChain.create(seed, maxTicks);
          for (const n of [...order.map((x) => x % (maxTicks + 1)), ...expected.keys()]) {
            expect(bytesToHex(chain.preimage(n))).toBe(bytesToHex(expected[n]!));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("what it hands out can be changed without harm", () => {
    const seed = new Uint8Array(32).fill(7);
    const chain = HashChain.create(seed, 5);
    const before = bytesToHex(chain.preimage(5));
    seed.fill(0);
    chain.preimage(5).fill(0);
    expect(bytesToHex(chain.preimage(5))).toBe(before);
  });

  test("a seed, a length or a tick out of range is refused", () => {
    const seed = new Uint8Array(32);
    expect(() => HashChain.create(new Uint8Array(31), 1)).toThrow(HashChainError);
    for (const maxTicks of [0, -1, 1.5, MAX_TICKS + 1, Number.NaN]) {
      expect(() => HashChain.create(seed, maxTicks)).toThrow(HashChainError);
    }
    const chain = HashChain.create(seed, 3);
    for (const n of [-1, 4, 0.5, Number.NaN]) expect(() => chain.preimage(n)).toThrow("no such tick");
  });
});

describe("verifyAdvance", () => {
  const chain = HashChain.create(new Uint8Array(32).fill(1), 2_000);
  const proof = (n: number) => ({ n, preimage: chain.preimage(n) });
  const tick = fc.nat({ max: 2_000 });

  test("takes exactly the advances within the bound", () => {
    fc.assert(
      fc.property(tick, tick, fc.nat({ max: 1_024 }), (from, to, maxAdvance) => {
        const valid = verifyAdvance({ from: proof(from), to: proof(to), maxAdvance });
        expect(valid).toBe(to >= from && to - from <= maxAdvance);
      }),
    );
  });

  test("a preimage of another tick, or with one bit changed, proves nothing", () => {
    fc.assert(
      fc.property(tick, fc.integer({ min: 1, max: 64 }), fc.nat({ max: 255 }), (from, advance, bit) => {
        const to = Math.min(from + advance, 2_000);
        const forged = chain.preimage(to);
        forged[bit >> 3]! ^= 1 << (bit & 7);
        const maxAdvance = 64;
        expect(verifyAdvance({ from: proof(from), to: { n: to, preimage: forged }, maxAdvance })).toBe(false);
        const claimed = { n: to + 1, preimage: chain.preimage(to) };
        expect(verifyAdvance({ from: proof(from), to: claimed, maxAdvance })).toBe(false);
      }),
    );
  });

  test("hostile counts cost no hashing", () => {
    const to = (n: number) => ({ n, preimage: chain.preimage(10) });
    for (const n of [Number.NaN, Infinity, 1e15, 9.5, -1]) {
      expect(verifyAdvance({ from: proof(9), to: to(n), maxAdvance: 64 })).toBe(false);
    }
    expect(
      verifyAdvance({ from: proof(9), to: { n: 10, preimage: new Uint8Array(33) }, maxAdvance: 64 }),
    ).toBe(false);
  });

  test("hashDown goes from one preimage to an earlier one", () => {
    expect(bytesToHex(hashDown(chain.preimage(2_000), 1_999))).toBe(bytesToHex(chain.preimage(1)));
  });
});
