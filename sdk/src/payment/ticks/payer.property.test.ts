// SPDX-License-Identifier: Apache-2.0
import { planck, type Epoch, type Hex } from "@tickstream/contracts-types";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChannelProgress } from "../session-store.ts";
import { SpendMeter } from "../session/spend-meter.ts";
import { EpochSet } from "./epoch-set.ts";
import { Pace } from "./pace.ts";
import { Payer } from "./payer.ts";

const RATE = 10n;
const TICK_MS = 1_000;
const LEAD_IN = 2;
const HASH: Hex = `0x${"ab".repeat(32)}`;

interface Setting {
  maxTicks: number;
  window: number;
  limitTicks: number;
}

/**
 * One payer over several lives, against a node that does what the random steps say. What is durable and what was
 * revealed are kept apart: a crash may come between.
 */
class World {
  readonly setting: Setting;
  now = 0;
  joins = 1;
  edge = 3;
  /** Every write that became durable, in order. */
  readonly writes: ChannelProgress[] = [{ n: 0, answered: 0, unverified: [] }];
  /** The highest index the node has seen. */
  revealed = 0;
  readonly nodeBought = new EpochSet();
  readonly nodeRanges: [Epoch, Epoch][] = [];
  /** Ticks paid by decisions, over all lives. */
  paid = 0;
  spend!: SpendMeter;
  pace: Pace;
  payer!: Payer;
  paidThisLife = 0;
  /** Epochs the node answered with the right key in this life, and whose media then proved it. */
  keyed = new Set<Epoch>();
  /** The node's answers to resumes are its true books. */
  readonly honest: boolean;

  constructor(setting: Setting, honest: boolean) {
    this.setting = setting;
    this.honest = honest;
    this.pace = new Pace({ tickMs: TICK_MS, capacity: LEAD_IN, now: 0 });
    this.live(this.writes[0]!);
  }

  live(progress: ChannelProgress): void {
    const { maxTicks, window, limitTicks } = this.setting;
    this.spend = new SpendMeter(planck(BigInt(limitTicks) * RATE));
    this.paidThisLife = 0;
    this.keyed = new Set();
    this.payer = new Payer({
      maxTicks,
      rate: planck(RATE),
      exposureWindow: window,
      progress,
      spend: this.spend,
      pace: this.pace,
      keyHash: (epoch) => (epoch <= this.edge + 2 ? HASH : undefined),
      otherExposure: () => 0,
      otherStuck: () => false,
    });
  }

  /** Lets the payer do all it wants now. `durable`, `sent`: how far each tick gets before the rest is lost. */
  pump(durable: boolean, sent: boolean): void {
    for (let round = 0; round < 20; round++) {
      const before = { n: this.payer.n, exposure: this.payer.exposure };
      const decision = this.payer.next(this.now, this.edge);
      if (decision.kind === "wait") return;
      expect(decision.n).toBe(before.n + decision.paid);
      expect(decision.n).toBeLessThanOrEqual(this.setting.maxTicks);
      expect(decision.epochs.length).toBeLessThanOrEqual(64);
      expect(new Set(decision.epochs).size).toBe(decision.epochs.length);
      if (decision.paid > 0) {
        expect(this.payer.exposure).toBeLessThanOrEqual(this.setting.window);
        expect(Math.max(...decision.epochs)).toBeLessThanOrEqual(this.edge + 1);
        this.paid += decision.paid;
        this.paidThisLife += decision.paid;
        expect(this.paidThisLife).toBeLessThanOrEqual(this.setting.limitTicks);
        // Wall time, the prefetch and one lead-in a join bound what all lives paid.
        expect(this.paid).toBeLessThanOrEqual(this.now / TICK_MS + LEAD_IN * this.joins + 1e-6);
        if (!durable) return;
        this.writes.push(decision.progress);
      }
      if (sent) this.receive(decision.n, decision.epochs);
    }
  }

  /** The node books a tick as the protocol says. */
  receive(n: number, epochs: Epoch[]): void {
    expect(n).toBeGreaterThanOrEqual(this.revealed);
    this.revealed = n;
    const fresh = epochs.filter((epoch) => !this.nodeBought.has(epoch));
    if (!this.honest) return;
    // An honest viewer never asks for more than it paid.
    expect(this.nodeBought.size + fresh.length).toBeLessThanOrEqual(n);
    for (const epoch of fresh) {
      this.nodeBought.add(epoch);
      this.nodeRanges.push([epoch, epoch]);
    }
  }

  key(epoch: Epoch, right: boolean): void {
    if (right) {
      this.payer.keyArrived(epoch);
      if (this.payer.hasBought(epoch)) this.keyed.add(epoch);
    } else this.payer.keyWrong(epoch, this.now);
  }

  prove(epoch: Epoch): void {
    if (this.keyed.has(epoch)) this.payer.answer(epoch);
  }

  /** Connection lost, and resumed: the node takes the higher n of its own and the presented one. */
  resume(): void {
    this.revealed = Math.max(this.revealed, this.payer.n);
    this.payer.resumed(this.revealed, this.nodeRanges);
  }

  crash(prefix: number, rejoin: boolean): void {
    const kept = this.writes.slice(0, Math.max(1, Math.min(prefix, this.writes.length)));
    this.writes.length = 0;
    this.writes.push(...kept);
    this.live(kept.at(-1)!);
    if (rejoin) {
      this.joins++;
      this.pace.refillForJoin(this.now);
    }
    const ours = this.payer.n;
    // The channel's own hash chain proves what an earlier life revealed.
    this.resume();
    expect(this.payer.n).toBe(Math.max(ours, this.revealed));
  }
}

type Step = (world: World) => void;

const epoch = fc.integer({ min: 0, max: 40 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: epoch.map(
      (e): Step =>
        (w) =>
          w.payer.want(e),
    ),
  },
  {
    weight: 1,
    arbitrary: epoch.map(
      (e): Step =>
        (w) =>
          w.payer.unwant(e),
    ),
  },
  { weight: 6, arbitrary: fc.constant<Step>((w) => w.pump(true, true)) },
  {
    weight: 1,
    arbitrary: fc.boolean().map(
      (durable): Step =>
        (w) =>
          w.pump(durable, false),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(epoch, fc.boolean()).map(
      ([e, right]): Step =>
        (w) =>
          w.key(e, right),
    ),
  },
  {
    weight: 1,
    arbitrary: epoch.map((e): Step => (w) => {
      w.payer.keyOpensNothing(e, w.now);
      w.keyed.delete(e);
    }),
  },
  {
    weight: 5,
    arbitrary: fc.constant<Step>((w) => {
      for (const e of w.payer.pending) w.key(e, true);
      for (const e of w.payer.unproved) w.prove(e);
    }),
  },
  {
    weight: 3,
    arbitrary: epoch.map(
      (e): Step =>
        (w) =>
          w.prove(e),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 0, max: 4_000 }).map(
      (ms): Step =>
        (w) =>
          (w.now += ms),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 0, max: 3 }).map(
      (by): Step =>
        (w) =>
          (w.edge += by),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((w) => w.payer.postpone(w.now + 500, "credit-exhausted")) },
  { weight: 2, arbitrary: fc.constant<Step>((w) => w.resume()) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 200 }), fc.boolean()).map(
      ([prefix, rejoin]): Step =>
        (w) =>
          w.crash(prefix, rejoin),
    ),
  },
);

const settings = fc.record({
  maxTicks: fc.integer({ min: 1, max: 30 }),
  window: fc.integer({ min: 1, max: 4 }),
  limitTicks: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(1_000)),
});

test("never exceeds exposure, limit, pace or channel, never pays an epoch twice, whatever happens when", () => {
  fc.assert(
    fc.property(settings, fc.array(steps, { minLength: 10, maxLength: 200, size: "max" }), (setting, run) => {
      const world = new World(setting, true);
      for (const step of run) step(world);
      // What was paid and not booked is owed, and never more than the window a life.
      expect(world.nodeBought.size).toBeLessThanOrEqual(world.payer.n);
    }),
    { numRuns: 600 },
  );
});

test("with an honest node, every tick paid becomes an epoch, across drops and crashes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom("none", "lost", "crash", "undone")), {
        maxLength: 40,
      }),
      (run) => {
        const world = new World({ maxTicks: 1_000, window: 1, limitTicks: 1_000 }, true);
        let next = 0;
        for (const [count, fault] of run) {
          for (let i = 0; i < count; i++, next++) {
            world.edge = Math.max(world.edge, next);
            world.now += TICK_MS;
            world.payer.want(next);
            if (fault === "lost") world.pump(true, false);
            if (fault === "undone") world.pump(false, false);
            if (fault !== "none") world.crash(fault === "crash" ? 200 : world.writes.length, true);
            world.payer.want(next);
            for (let asks = 0; asks < 4 && !world.keyed.has(next); asks++) {
              world.pump(true, true);
              for (const e of world.payer.pending) world.key(e, true);
              for (const e of world.payer.unproved) world.prove(e);
              world.now += 2_000;
            }
            expect(world.nodeBought.has(next)).toBe(true);
          }
        }
        // Nothing was paid beyond what was bought: no tick was lost to any fault.
        expect(world.revealed).toBe(world.nodeBought.size);
        expect(world.nodeBought.size).toBe(next);
      },
    ),
    { numRuns: 200 },
  );
});

test("a node that lies about what was bought, and withholds, gets the window and no more", () => {
  fc.assert(
    fc.property(
      settings,
      fc.array(fc.tuple(epoch, fc.array(fc.tuple(epoch, fc.nat(3)), { maxLength: 5 })), { maxLength: 40 }),
      (setting, run) => {
        const world = new World({ ...setting, limitTicks: 1_000 }, false);
        world.edge = 50;
        for (const [wanted, claims] of run) {
          world.now += 60_000;
          world.payer.want(wanted);
          world.pump(true, true);
          const ranges = claims.map(([from, length]): [Epoch, Epoch] => [from, from + length]);
          world.payer.resumed(world.payer.n, ranges);
        }
        expect(world.payer.n).toBeLessThanOrEqual(Math.min(setting.window, setting.maxTicks));
      },
    ),
    { numRuns: 400 },
  );
});
