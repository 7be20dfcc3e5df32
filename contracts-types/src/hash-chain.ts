// SPDX-License-Identifier: Apache-2.0
import { sha256 } from "@noble/hashes/sha2.js";
import { TickstreamError } from "./errors.ts";
import { bytesEqual } from "./hex.ts";

/** How far one `tick` may advance. Bounds the hashing that a hostile `n` could buy. */
export const MAX_TICK_ADVANCE = 64;

/** How far a `resume` may advance. */
export const MAX_RESUME_ADVANCE = 1_024;

/** The longest chain the pallet takes: a day of one-second ticks (`MaxTicks`). */
export const MAX_TICKS = 86_400;

/** Bytes in a seed, an anchor and every preimage between them. */
export const PREIMAGE_LENGTH = 32;

/** A hash chain was asked for something it does not have. Codes `seed-invalid`, `max-ticks-invalid`, `tick-out-of-range`. */
export class HashChainError extends TickstreamError {
  override readonly name = "HashChainError";
}

/** A proof that `n` ticks were paid: `p(n)` of the chain. `n = 0` is the anchor. */
export interface TickProof {
  n: number;
  preimage: Uint8Array;
}

/**
 * The payer's side of a PayWord hash chain (Rivest and Shamir, "PayWord and MicroMint", 1996):
 *
 *     p(max) = seed,  p(n−1) = SHA-256(p(n)),  anchor = p(0)
 *
 * Every √max-th preimage is kept, and the stretch in use, so that paying tick after tick costs less than
 * two hashes each, and the longest chain takes less than 20 kB.
 *
 * @example
 * const chain = HashChain.create(crypto.getRandomValues(new Uint8Array(32)), 3_600);
 * commit(chain.anchor);
 * send({ n: 1, preimage: chain.preimage(1) });
 */
export class HashChain {
  /** `p(0)`, what the commitment names. */
  readonly anchor: Uint8Array<ArrayBuffer>;
  /** How many ticks the chain can pay. */
  readonly maxTicks: number;
  readonly #stride: number;
  /** `p(k × stride)` for each k, and the seed last. */
  readonly #checkpoints: Uint8Array<ArrayBuffer>[];
  /** The preimages from `#stretchStart` up to the next checkpoint. */
  #stretch: Uint8Array<ArrayBuffer>[] = [];
  #stretchStart = -1;

  private constructor(seed: Uint8Array, maxTicks: number) {
    this.maxTicks = maxTicks;
    this.#stride = Math.ceil(Math.sqrt(maxTicks));
    const checkpoints: Uint8Array<ArrayBuffer>[] = [];
    let preimage: Uint8Array<ArrayBuffer> = Uint8Array.from(seed);
    for (let n = maxTicks; n > 0; n--) {
      if (n === maxTicks || n % this.#stride === 0) checkpoints.push(preimage);
      preimage = hash(preimage);
    }
    checkpoints.push(preimage);
    this.#checkpoints = checkpoints.toReversed();
    this.anchor = preimage.slice();
  }

  /**
   * Hashes the whole chain once: about 0.1 s for {@link MAX_TICKS}.
   *
   * @param seed 32 fresh random bytes: whoever knows them can spend the whole channel
   * @param maxTicks 1 to {@link MAX_TICKS}
   * @throws {@link HashChainError}
   */
  static create(seed: Uint8Array, maxTicks: number): HashChain {
    if (seed.length !== PREIMAGE_LENGTH) {
      throw new HashChainError("seed-invalid", "A hash chain's seed is 32 bytes.");
    }
    if (!Number.isInteger(maxTicks) || maxTicks < 1 || maxTicks > MAX_TICKS) {
      throw new HashChainError("max-ticks-invalid", `A hash chain has 1 to ${MAX_TICKS} ticks.`);
    }
    return new HashChain(seed, maxTicks);
  }

  /**
   * `p(n)`: showing it pays all ticks up to `n`.
   *
   * @throws {@link HashChainError} `tick-out-of-range` where `n` is no integer from 0 to `maxTicks`
   */
  preimage(n: number): Uint8Array<ArrayBuffer> {
    if (!Number.isInteger(n) || n < 0 || n > this.maxTicks) {
      throw new HashChainError("tick-out-of-range", "The hash chain has no such tick.", {
        details: `tick ${n} of ${this.maxTicks}`,
      });
    }
    const start = Math.floor(n / this.#stride) * this.#stride;
    if (start !== this.#stretchStart) this.#computeStretch(start);
    return this.#stretch[n - start]!.slice();
  }

  #computeStretch(start: number): void {
    const end = Math.min(start + this.#stride, this.maxTicks);
    let preimage = this.#checkpoints[Math.ceil(end / this.#stride)]!;
    const stretch = [preimage];
    for (let n = end; n > start; n--) {
      preimage = hash(preimage);
      stretch.push(preimage);
    }
    this.#stretch = stretch.toReversed();
    this.#stretchStart = start;
  }
}

/**
 * The receiver's side: whether `to` proves `to.n` ticks to one who holds `from`, in `to.n − from.n` hashes.
 *
 * A repeated proof (`to.n = from.n`) is valid iff it is the same preimage. That `to.n` is within the
 * commitment's `maxTicks` is for the caller to check: the hashes alone cannot tell.
 *
 * @param maxAdvance {@link MAX_TICK_ADVANCE} for a tick, {@link MAX_RESUME_ADVANCE} for a resume; further is refused unhashed
 */
export function verifyAdvance(params: { from: TickProof; to: TickProof; maxAdvance: number }): boolean {
  const { from, to, maxAdvance } = params;
  const advance = to.n - from.n;
  if (!Number.isInteger(advance) || advance < 0 || advance > maxAdvance) return false;
  if (to.preimage.length !== PREIMAGE_LENGTH || from.preimage.length !== PREIMAGE_LENGTH) return false;
  return bytesEqual(hashDown(to.preimage, advance), from.preimage);
}

/** `SHA-256` applied `times` times: from `p(n)` to `p(n − times)`. */
export function hashDown(preimage: Uint8Array, times: number): Uint8Array<ArrayBuffer> {
  let result: Uint8Array<ArrayBuffer> = Uint8Array.from(preimage);
  for (let i = 0; i < times; i++) result = hash(result);
  return result;
}

function hash(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return sha256(bytes);
}
