// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HashChain } from "./hash-chain.ts";
import { formatReceipts, makeReceipt, parseReceipts, receiptFaults, type Receipt } from "./receipt.ts";
import { bytes, commitment } from "./testing/arbitraries.ts";
import { readVectors } from "./testing/read-vectors.ts";

const { cases } = readVectors("receipts");

/** Faults that need no signature check. */
const numeric = (faults: string[]) => faults.filter((fault) => fault !== "signature-invalid");

describe.each(cases)("the receipt of $name", ({ receipt, faults }) => {
  test("is read, and written as it was", () => {
    const [parsed] = parseReceipts(JSON.stringify(receipt));
    expect(JSON.parse(formatReceipts([parsed!]))).toEqual(receipt);
  });

  test("has the faults it has", () => {
    expect(receiptFaults(parseReceipts(JSON.stringify(receipt))[0]!)).toEqual(numeric(faults));
  });
});

const chainOf = (seed: Uint8Array, maxTicks: number) => HashChain.create(seed, maxTicks);

const anyReceipt: fc.Arbitrary<Receipt> = fc
  .record({
    commitment,
    seed: bytes(32),
    maxTicks: fc.integer({ min: 1, max: 64 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    genesisHash: bytes(32),
    publicKey: bytes(32),
    signature: bytes(64),
  })
  .map(({ seed, maxTicks, share, genesisHash, publicKey, signature, ...made }) => {
    const chain = chainOf(seed, maxTicks);
    const ticks = Math.floor(share * maxTicks);
    return makeReceipt({
      genesisHash: Uint8Array.from(genesisHash),
      commitment: { ...made.commitment, rate: 10n as never, anchor: chain.anchor, maxTicks },
      sessionKey: { type: "ed25519", publicKey },
      signature: Uint8Array.from(signature),
      ticks,
      preimage: chain.preimage(ticks),
      about: { title: "", creator: null, node: "", tickMs: null, startedAt: null },
    });
  });

test("what was made is without fault, also when read again, alone and among others", () => {
  fc.assert(
    fc.property(fc.array(anyReceipt, { minLength: 1, maxLength: 3 }), (receipts) => {
      expect(receipts.flatMap(receiptFaults)).toEqual([]);
      expect(parseReceipts(formatReceipts(receipts))).toEqual(receipts);
    }),
    { numRuns: 50 },
  );
});

test.each([
  ["no JSON", "{"],
  ["another schema", JSON.stringify({ ...cases[0]!.receipt, schema: "tickstream/receipt/2" })],
  ["a field too many", JSON.stringify({ ...cases[0]!.receipt, more: 1 })],
  ["nothing", "null"],
  ["a number", "1"],
])("%s is no receipt", (_name, json) => {
  expect(() => parseReceipts(json)).toThrow(expect.objectContaining({ code: "receipt-invalid" }) as Error);
});

test("no receipts are an empty list", () => {
  expect(parseReceipts(formatReceipts([]))).toEqual([]);
});
