// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { parseReceipts } from "@tickstream/contracts-types";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { verifyReceipt } from "./verify-receipt.ts";

interface Vector {
  name: string;
  receipt: { proof: object };
  faults: string[];
}

const url = new URL("../../../tests/vectors/receipts.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(url, "utf8")) as { cases: Vector[] };

test.each(cases)("the vector: $name", async ({ receipt, faults }) => {
  const verdict = await verifyReceipt(parseReceipts(JSON.stringify(receipt))[0]!);
  expect(verdict.faults).toEqual(faults);
  expect(verdict.valid).toBe(faults.length === 0);
});

const HEX_DIGITS = Array.from({ length: 16 }, (_, digit) => digit.toString(16));

/** Whether a receipt's JSON, tampered with, still passes for a good one. */
async function passes(json: string): Promise<boolean> {
  try {
    return (await verifyReceipt(parseReceipts(json)[0]!)).valid;
  } catch {
    return false;
  }
}

/** The values in a proof, each as the path to it. */
function leaves(value: object, path: string[] = []): string[][] {
  return Object.entries(value).flatMap(([name, field]) =>
    typeof field === "object" && field !== null
      ? leaves(field as object, [...path, name])
      : [[...path, name]],
  );
}

test.each(cases.filter(({ faults }) => faults.length === 0))(
  "no digit of the proof can be changed: $name",
  async ({ receipt }) => {
    const paths = leaves(receipt.proof);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.nat({ max: 200 }),
        fc.constantFrom(...HEX_DIGITS),
        async (path, at, digit) => {
          const copy = structuredClone(receipt);
          const parent = path
            .slice(0, -1)
            .reduce<Record<string, unknown>>(
              (node, name) => node[name] as Record<string, unknown>,
              copy.proof as Record<string, unknown>,
            );
          const leaf = path.at(-1)!;
          const before = String(parent[leaf]);
          const place = at % before.length;
          const after = before.slice(0, place) + digit + before.slice(place + 1);
          fc.pre(after !== before);
          parent[leaf] = typeof parent[leaf] === "number" ? Number(after) : after;
          expect(await passes(JSON.stringify(copy))).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  },
);
