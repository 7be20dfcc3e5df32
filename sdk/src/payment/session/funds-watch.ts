// SPDX-License-Identifier: Apache-2.0
import type { ChannelNegotiator } from "../channel/channel-negotiator.ts";
import type { TabChoice } from "../channel/make-commitment.ts";
import type { SessionStore } from "../session-store.ts";
import { ticksInTabs } from "../tab/tab-rest.ts";
import { LowWarning, type Coverage } from "./low-warning.ts";
import type { SpendMeter } from "./spend-meter.ts";

export interface FundsWatchOptions extends TabChoice {
  store: SessionStore;
  tickMs: number;
  negotiator: Pick<ChannelNegotiator, "terms" | "ticksLeft" | "current">;
  spend: SpendMeter;
  /** Runs work in the session's queue. */
  run: (work: () => Promise<void>) => void;
  low: (coverage: Coverage) => void;
}

/** Looks after each payment how long the money lasts, and has the viewer warned ahead of its end. */
export class FundsWatch {
  readonly #options: FundsWatchOptions;
  readonly #warning: LowWarning;

  constructor(options: FundsWatchOptions) {
    this.#options = options;
    this.#warning = new LowWarning(options.tickMs, options.low);
  }

  paid(): void {
    const { negotiator, run } = this.#options;
    const atLimit = this.#atLimit();
    // Only near the end of a channel, or of the limit, is it worth reading what else there is.
    if (Math.min(negotiator.ticksLeft, atLimit) > this.#warning.firstMark) this.#warning.plenty();
    else run(() => this.#look());
  }

  async #look(): Promise<void> {
    const { negotiator, store, tab, owner } = this.#options;
    const { terms } = negotiator;
    if (terms === null) return;
    const inTab = negotiator.ticksLeft + (await ticksInTabs({ store, terms, tab, owner }));
    const atLimit = this.#atLimit();
    this.#warning.look(
      atLimit < inTab ? { ticksLeft: atLimit, reason: "limit" } : { ticksLeft: inTab, reason: "tab" },
    );
  }

  #atLimit(): number {
    const { negotiator, spend } = this.#options;
    return negotiator.current ? spend.ticksLeft(negotiator.current.rate) : Number.POSITIVE_INFINITY;
  }
}
