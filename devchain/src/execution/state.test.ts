// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Hex } from "../codec/hex.ts";
import { ChainState, OverlayState, STATE_WINDOW } from "./state.ts";
import type { StateView } from "./state.ts";

const key = fc
  .stringMatching(/^[0-3]{2,6}$/)
  .map((digits): Hex => `0x${digits.length % 2 === 0 ? digits : `${digits}0`}`);
const changes = fc.array(fc.tuple(key, fc.option(key)), { maxLength: 8 });

/** All keys with a prefix, as a runtime walks them. */
function walk(view: StateView, prefix: Hex): Hex[] {
  const keys: Hex[] = [];
  for (let at = view.nextKey(prefix, prefix); at !== undefined; at = view.nextKey(prefix, at)) keys.push(at);
  return keys;
}

function expectSame(view: StateView, model: ReadonlyMap<Hex, Hex>): void {
  for (const [k, v] of model) expect(view.get(k)).toBe(v);
  for (const prefix of ["0x", "0x01", "0x0213"] as const) {
    const wanted = [...model.keys()].filter((k) => k.startsWith(prefix) && k !== prefix);
    expect(walk(view, prefix)).toEqual(wanted.toSorted());
  }
}

test("every kept block reads as it was, under any changes", () => {
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 12 }), changes, (blocks, over) => {
      const state = new ChainState("block 0", []);
      const models = [new Map<Hex, Hex>()];
      blocks.forEach((block, index) => {
        const model = new Map(models.at(-1));
        for (const [k, v] of block)
          if (v === null) model.delete(k);
          else model.set(k, v);
        state.apply(`block ${index + 1}`, block);
        models.push(model);
      });
      models.forEach((model, index) => {
        const view = state.at(`block ${index}`);
        expect(view).toBeDefined();
        if (view !== undefined) expectSame(view, model);
      });
      const overlaid = new Map(models.at(-1));
      for (const [k, v] of over)
        if (v === null) overlaid.delete(k);
        else overlaid.set(k, v);
      expectSame(new OverlayState(state, new Map(over)), overlaid);
    }),
  );
});

test("only the last blocks are kept", () => {
  const state = new ChainState("0", []);
  for (let n = 1; n <= STATE_WINDOW + 10; n++) state.apply(String(n), [["0x01", `0x${String(n % 10)}0`]]);
  expect(state.at("9")).toBeUndefined();
  expect(state.at("10")?.get("0x01")).toBe("0x00");
  expect(state.at("11")?.get("0x01")).toBe("0x10");
  expect(state.at("unknown")).toBeUndefined();
});

test("what changes nothing is left out", () => {
  const state = new ChainState("0", [["0x01", "0xaa"]]);
  expect(
    state.effective([
      ["0x01", "0xaa"],
      ["0x02", null],
      ["0x03", "0xbb"],
    ]),
  ).toEqual([["0x03", "0xbb"]]);
});
