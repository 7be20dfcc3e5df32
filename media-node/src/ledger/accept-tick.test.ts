// SPDX-License-Identifier: Apache-2.0
import { HashChain, planck } from "@tickstream/contracts-types";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TestViewer } from "../testing/viewer.ts";
import { CREDIT } from "../testing/ledger-fixture.ts";
import { acceptTick } from "./accept-tick.ts";
import { EpochRanges } from "./epoch-ranges.ts";
import type { LedgerChannel } from "./ledger-channel.ts";

const payer = new TestViewer().commit({ maxTicks: 300 });
const WINDOW = { from: 100, to: 200 };

function channel(state: LedgerChannel["state"] = "final"): LedgerChannel {
  return {
    id: payer.channel,
    commitment: payer.commitment,
    sessionKey: { type: "ed25519", publicKey: new Uint8Array(32) },
    state,
    failure: null,
    ticks: 0,
    preimage: payer.commitment.anchor,
    bought: new EpochRanges(),
    soldBeforeInclusion: null,
    settledBest: 0,
    settledFinal: 0,
    end: 20_000,
    closeRequested: false,
    leaving: false,
    holder: null,
  };
}

const look = (c: LedgerChannel): unknown => ({
  ticks: c.ticks,
  preimage: [...c.preimage],
  bought: c.bought.toPairs(),
});

test("never more epochs than ticks; a refused tick changes nothing; nothing is charged twice", () => {
  const tick = fc.record({
    advance: fc.integer({ min: -3, max: 80 }),
    epochs: fc.array(fc.integer({ min: 95, max: 205 }), { maxLength: 12 }),
    forged: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(tick, { maxLength: 40 }), (ticks) => {
      const c = channel();
      for (const { advance, epochs, forged } of ticks) {
        const before = look(c);
        const { ticks: paid } = c;
        const had = c.bought.size;
        const n = Math.max(0, c.ticks + advance);
        const preimage = forged ? new Uint8Array(32).fill(7) : payer.chain.preimage(Math.min(n, 300));
        const refusal = acceptTick(c, { n, preimage, epochs }, WINDOW, CREDIT);
        if (refusal) expect(look(c)).toEqual(before);
        else {
          expect(forged || n < paid || advance > 64 || n > 300).toBe(false);
          expect(c.ticks).toBe(n);
          for (const epoch of epochs) expect(c.bought.has(epoch)).toBe(true);
          expect(c.bought.size - had).toBeLessThanOrEqual(new Set(epochs).size);
        }
        expect(c.bought.size).toBeLessThanOrEqual(c.ticks);
      }
    }),
  );
});

test("says what it would take", () => {
  const c = channel();
  const code = (n: number, epochs: number[], window: typeof WINDOW | null = WINDOW): string | undefined =>
    acceptTick(c, payer.tick(n, epochs), window, CREDIT)?.refused;
  expect(code(65, [])).toBe("advance-too-far");
  expect(code(1, [100, 101])).toBe("epochs-unpaid");
  expect(code(1, [99])).toBe("epochs-out-of-range");
  expect(code(1, [201])).toBe("epochs-out-of-range");
  expect(code(1, [150], null)).toBe("stream-off-air");
  expect(code(2, [150, 150])).toBeUndefined();
  expect(code(1, [])).toBe("preimage-invalid");
  // One tick is still owed: it may be taken without paying more, and what was bought is served again, on air or not.
  expect(code(2, [151])).toBeUndefined();
  expect(code(2, [150, 151], null)).toBeUndefined();
  expect(code(2, [152])).toBe("epochs-unpaid");
  const stranger = HashChain.create(new Uint8Array(32).fill(1), 300);
  const forged = { n: 3, preimage: stranger.preimage(3), epochs: [152] };
  expect(acceptTick(c, forged, WINDOW, CREDIT)?.refused).toBe("preimage-invalid");
});

test("credit: few ticks before inclusion, some more until final, then the commitment's length", () => {
  const c = channel("accepted");
  const buy = (n: number): string | undefined =>
    acceptTick(c, payer.tick(n, [99 + n]), WINDOW, CREDIT)?.refused;
  for (let n = 1; n <= 10; n++) expect(buy(n)).toBeUndefined();
  expect(buy(11)).toBe("credit-exhausted");
  c.state = "best";
  c.soldBeforeInclusion = 10;
  for (let n = 11; n <= 70; n++) expect(buy(n)).toBeUndefined();
  expect(buy(71)).toBe("credit-exhausted");
  c.state = "final";
  expect(buy(71)).toBeUndefined();
  const dear = channel("accepted");
  const policy = { ...CREDIT, creditLimit: planck(25n) };
  expect(acceptTick(dear, payer.tick(3, [100, 101]), WINDOW, policy)).toBeNull();
  expect(acceptTick(dear, payer.tick(3, [102]), WINDOW, policy)?.refused).toBe("credit-exhausted");
});
