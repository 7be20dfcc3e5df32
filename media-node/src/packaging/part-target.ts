// SPDX-License-Identifier: Apache-2.0
import { CLOCK_RATE } from "../media/frame.ts";

const TICKS_PER_MS = CLOCK_RATE / 1_000;
/** Sources stamp whole milliseconds: a part may come out this much longer than its frames' mean says. */
const JITTER_MS = 3;

/**
 * A stream's part target, fixed once its frame rate is known.
 *
 * Every part has to last at most PART-TARGET and at least 85 % of it (RFC 8216bis sections 4.4.3.7 and
 * 4.4.4.9), and a part is a whole number of frames: so the target is a multiple of the frame duration, near
 * the wanted one.
 */
export class PartTarget {
  readonly #wantedTicks: number;
  #ticks: number | undefined;

  constructor(wantedMs: number) {
    this.#wantedTicks = wantedMs * TICKS_PER_MS;
  }

  get known(): boolean {
    return this.#ticks !== undefined;
  }

  /** In ticks of the 90 kHz clock; what was wanted until {@link learn} knew better. */
  get ticks(): number {
    return this.#ticks ?? this.#wantedTicks;
  }

  /** Seconds, as in PART-TARGET. */
  get seconds(): number {
    return this.ticks / CLOCK_RATE;
  }

  /**
   * Fixes the target by what was seen: `frames` frames in `span` ticks. False: not enough seen yet.
   *
   * @param last nothing more will come: two frames are enough
   */
  learn(span: number, frames: number, last = false): boolean {
    if (this.#ticks !== undefined) return true;
    if (frames < 1 || (span < this.#wantedTicks && !last)) return false;
    const frame = span / frames;
    const framesPerPart = Math.max(1, Math.floor(this.#wantedTicks / frame + 0.1));
    const ms = Math.ceil((framesPerPart * frame) / TICKS_PER_MS) + JITTER_MS;
    this.#ticks = ms * TICKS_PER_MS;
    return true;
  }
}
