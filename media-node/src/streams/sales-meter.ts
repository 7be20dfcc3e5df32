// SPDX-License-Identifier: Apache-2.0
import type { StreamId } from "@tickstream/contracts-types";
import { RecentMap } from "@tickstream/signaling/limits";
import { RateMeter } from "../media/rate-meter.ts";

/** How many streams' sales are remembered; the one that sold longest ago is forgotten first. */
const MAX_STREAMS = 10_000;

/** How many ticks of each stream are sold a second. */
export class SalesMeter {
  readonly #meters = new RecentMap<StreamId, RateMeter>(MAX_STREAMS);

  sold(stream: StreamId, ticks: number): void {
    const meter = this.#meters.get(stream) ?? new RateMeter();
    this.#meters.set(stream, meter);
    meter.add(ticks, performance.now());
  }

  /** Over the last seconds. */
  ticksPerSecond(stream: StreamId): number {
    return this.#meters.get(stream)?.rate(performance.now()) ?? 0;
  }
}
