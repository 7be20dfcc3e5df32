// SPDX-License-Identifier: Apache-2.0
import { planck, type Hex } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import { SpendMeter } from "../session/spend-meter.ts";
import { Pace } from "./pace.ts";
import { Payer } from "./payer.ts";

const RATE = planck(10n);
const HASH: Hex = `0x${"ab".repeat(32)}`;

function createPayer(): Payer {
  return new Payer({
    maxTicks: 100,
    rate: RATE,
    exposureWindow: 1,
    progress: { n: 0, answered: 0, unverified: [] },
    spend: new SpendMeter(planck(1_000n)),
    pace: new Pace({ tickMs: 1_000, capacity: 5, now: 0 }),
    keyHash: () => HASH,
    otherExposure: () => 0,
    otherStuck: () => false,
  });
}

// A node that is killed between a tick and its answer. A player that was told "keys-withheld" then stopped loading, so that nothing
// was wanted any more, and nothing ever took the block away.
test("a tick the node never booked is owed: it blocks nothing, and buys the next epoch", () => {
  const payer = createPayer();
  payer.want(7);
  expect(payer.next(0, 7)).toMatchObject({ kind: "tick", n: 1, epochs: [7], paid: 1 });
  // It is proved to the node by the resume; the epoch it was meant for is gone, and the player wants nothing for now.
  payer.resumed(1, []);
  payer.unwant(7);
  expect(payer.next(5_000, null)).toMatchObject({ kind: "wait", wait: null });
  payer.want(612);
  expect(payer.next(6_000, 612)).toMatchObject({ kind: "tick", n: 1, epochs: [612], paid: 0 });
});

test("a tick the node says it answered, and did not, blocks until the viewer gives it up", () => {
  const payer = createPayer();
  payer.want(7);
  payer.next(0, 7);
  payer.resumed(1, [[7, 7]]);
  payer.unwant(7);
  expect(payer.next(5_000, null)).toMatchObject({ kind: "tick", n: 1, epochs: [7], paid: 0 });
  payer.want(8);
  expect(payer.next(5_001, 8)).toMatchObject({ kind: "wait", wait: "keys-withheld" });
  expect(payer.forgive()).toBe(1);
  expect(payer.next(5_002, 8)).toMatchObject({ kind: "tick", n: 2, epochs: [8], paid: 1 });
});
