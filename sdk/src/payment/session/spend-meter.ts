// SPDX-License-Identifier: Apache-2.0
import { planck, type Planck } from "@tickstream/contracts-types";

/** What a session spent, and may: ticks revealed and opening fees promised, over all its channels. */
export class SpendMeter {
  #limit: bigint;
  #spent = 0n;
  #ticks = 0;
  #fees = 0n;

  constructor(limit: Planck) {
    this.#limit = limit;
  }

  get limit(): Planck {
    return planck(this.#limit);
  }

  get spent(): Planck {
    return planck(this.#spent);
  }

  /** Lowering it below what is spent stops payment; nothing comes back. */
  setLimit(limit: Planck): void {
    this.#limit = limit;
  }

  /** How many ticks at `rate` fit under the limit. */
  ticksLeft(rate: Planck): number {
    const left = this.#limit - this.#spent;
    if (left <= 0n) return 0;
    const ticks = left / rate;
    return ticks > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(ticks);
  }

  covers(amount: bigint): boolean {
    return this.#spent + amount <= this.#limit;
  }

  /** Ticks paid at any rate. */
  get ticks(): number {
    return this.#ticks;
  }

  payTicks(ticks: number, rate: Planck): void {
    this.#ticks += ticks;
    this.#spent += BigInt(ticks) * rate;
  }

  /** Opening fees, which {@link spent} has too. */
  get fees(): Planck {
    return planck(this.#fees);
  }

  payFee(fee: bigint): void {
    this.#fees += fee;
    this.#spent += fee;
  }
}
