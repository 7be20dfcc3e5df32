// SPDX-License-Identifier: Apache-2.0

/** A network that loses more than this carries less than is sent: repeating what it lost makes it worse. */
const HEAVY_LOSS = 0.2;
/** Reports in a row; players send one a second or so. */
const HEAVY_REPORTS = 2;
const FIRST_REST_MS = 4_000;
const LONGEST_REST_MS = 32_000;
/** After so long without heavy loss the next rest is a short one again. */
const RECOVERED_MS = 30_000;

/** Tells when a viewer's network can't take the whole stream, by what its player reports as lost. */
export class LossWatch {
  #heavy = 0;
  #restMs = FIRST_REST_MS;
  #restUntil = Number.NEGATIVE_INFINITY;

  /**
   * @param fractionLost share of packets lost since the last report
   * @param now milliseconds of a monotonic clock
   */
  report(fractionLost: number, now: number): void {
    if (this.isResting(now)) return;
    this.#heavy = fractionLost > HEAVY_LOSS ? this.#heavy + 1 : 0;
    if (this.#heavy < HEAVY_REPORTS) return;
    const relapsed = now - this.#restUntil < RECOVERED_MS;
    this.#restMs = relapsed ? Math.min(2 * this.#restMs, LONGEST_REST_MS) : FIRST_REST_MS;
    this.#restUntil = now + this.#restMs;
    this.#heavy = 0;
  }

  /** Whether the viewer should get keyframes only for now. */
  isResting(now: number): boolean {
    return now < this.#restUntil;
  }
}
