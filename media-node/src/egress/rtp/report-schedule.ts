// SPDX-License-Identifier: Apache-2.0

/** Between the first two reports, milliseconds; from one to the next it doubles. */
const FIRST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 1_000;

/**
 * When a viewer is due a sender report: at once, as RFC 3550 section 6.2 allows where there are two, and soon again. Browsers keep sound
 * and picture together only when they have two reports of each.
 */
export class ReportSchedule {
  #dueAt = Number.NEGATIVE_INFINITY;
  #interval = FIRST_INTERVAL_MS;

  /** Whether one is to be sent now, which counts as sent. @param now milliseconds of a clock that never goes back */
  takeDue(now: number): boolean {
    if (now < this.#dueAt) return false;
    this.#dueAt = now + this.#interval;
    this.#interval = Math.min(this.#interval * 2, LONGEST_INTERVAL_MS);
    return true;
  }
}
