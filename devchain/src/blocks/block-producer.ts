// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Chain } from "./chain.ts";
import { auraSlotOf } from "./header.ts";
import { delayToNextBlock, SLOT_MS } from "./slot-schedule.ts";

/** After a block that could not be built, the next attempt comes this much later. */
const RETRY_MS = 1_000;

/** The longest a timer is set for, so that a changed wall clock is noticed. */
const LONGEST_WAIT_MS = 30_000;

export interface ProducerOptions {
  readonly chain: Chain;
  readonly blockTimeMs: number;
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

/** Builds a block in each period of time, one after the other, until it is stopped. */
export class BlockProducer {
  readonly #options: ProducerOptions;
  readonly #unsubscribe: () => void;
  #lastPeriod: number;
  #notBefore = 0;
  #timer: NodeJS.Timeout | undefined;
  #building: Promise<void> | undefined;
  #stopped = false;

  constructor(options: ProducerOptions) {
    this.#options = options;
    const { chain, blockTimeMs, now } = options;
    const slot = auraSlotOf(chain.head.header);
    // One block a slot over restarts too; faster chains run ahead of the clock anyway.
    const last =
      slot === undefined || blockTimeMs < SLOT_MS ? -1 : Math.floor((slot * SLOT_MS) / blockTimeMs);
    this.#lastPeriod = Math.min(last, Math.floor(now() / blockTimeMs));
    this.#unsubscribe = chain.onReady(() => this.#arm());
    this.#arm();
  }

  /** Waits for the block being built; nothing is built after. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    clearTimeout(this.#timer);
    await this.#building;
  }

  #arm(): void {
    if (this.#stopped || this.#building !== undefined) return;
    clearTimeout(this.#timer);
    const { chain, blockTimeMs, now } = this.#options;
    const delay = delayToNextBlock(now(), blockTimeMs, this.#lastPeriod, chain.pool.hasReady);
    const wait = Math.max(delay, this.#notBefore - performance.now());
    this.#timer = setTimeout(
      () => {
        if (wait > LONGEST_WAIT_MS) this.#arm();
        else this.#building = this.#build();
      },
      Math.min(wait, LONGEST_WAIT_MS),
    );
  }

  async #build(): Promise<void> {
    const { chain, blockTimeMs, now, log } = this.#options;
    try {
      const time = now();
      await chain.buildBlock(time);
      this.#lastPeriod = Math.floor(time / blockTimeMs);
      this.#notBefore = 0;
    } catch (error) {
      if (this.#stopped) return;
      this.#notBefore = performance.now() + RETRY_MS;
      log("error", messageOf(error));
    } finally {
      this.#building = undefined;
      this.#arm();
    }
  }
}
