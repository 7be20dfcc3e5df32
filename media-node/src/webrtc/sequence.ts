// SPDX-License-Identifier: Apache-2.0

/**
 * Counts on where a number of few bits wraps around: RTP's sequence numbers (16 bits) and timestamps (32 bits).
 * Each value is taken for the one nearest to the last (RFC 3550 appendix A.1).
 */
export class Unwrapper {
  readonly #modulus: number;
  #last: number | undefined;

  constructor(bits: 16 | 32) {
    this.#modulus = 2 ** bits;
  }

  /** @returns an integer that begins at the first value and may go below it */
  unwrap(value: number): number {
    return (this.#last = this.nearest(value));
  }

  /** As {@link unwrap}, but what comes next is not measured by it. */
  nearest(value: number): number {
    const last = this.#last;
    if (last === undefined) return value;
    const ahead = (((value - last) % this.#modulus) + this.#modulus) % this.#modulus;
    return last + (ahead >= this.#modulus / 2 ? ahead - this.#modulus : ahead);
  }
}
