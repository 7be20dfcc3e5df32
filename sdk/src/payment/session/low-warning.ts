// SPDX-License-Identifier: Apache-2.0

/** What will stop the session first: the money in the tab, or the viewer's own limit. */
type LowReason = "tab" | "limit";

export interface Coverage {
  ticksLeft: number;
  reason: LowReason;
}

/** The viewer hears of it when so much media, in milliseconds, is left to pay for; and once more. */
const WARN_AT_MS = [60_000, 20_000];

/** Warns ahead of the end of the money, once at each mark, and again when money came and went. */
export class LowWarning {
  readonly #marks: readonly number[];
  readonly #warn: (coverage: Coverage) => void;
  #said = Number.POSITIVE_INFINITY;

  constructor(tickMs: number, warn: (coverage: Coverage) => void) {
    this.#marks = WARN_AT_MS.map((ms) => Math.max(1, Math.ceil(ms / tickMs)));
    this.#warn = warn;
  }

  /** Below this many ticks it is worth finding out how many there are. */
  get firstMark(): number {
    return this.#marks[0]!;
  }

  /** There is more than that again. */
  plenty(): void {
    this.#said = Number.POSITIVE_INFINITY;
  }

  look(coverage: Coverage): void {
    const mark = Math.min(...this.#marks.filter((one) => coverage.ticksLeft <= one));
    if (mark < this.#said) this.#warn(coverage);
    this.#said = mark;
  }
}
