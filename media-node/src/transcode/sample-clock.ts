// SPDX-License-Identifier: Apache-2.0
import { CLOCK_RATE } from "../media/frame.ts";

const OPUS_RATE = 48_000;
/** Frames that stray from where the last one ended by more than this left a gap, seconds. */
const GAP = 0.005;
/** Gaps whose sound is still inside the transcoder. */
const MAX_ANCHORS = 256;

/**
 * Tells what time the sound that comes out of a transcoder is of: it counts samples only, so where sound was missing on
 * its way in, what comes out has to be moved.
 */
export class SampleClock {
  /** From so many seconds of sound on, times are these and on; oldest first. */
  readonly #anchors: { from: number; time: number }[] = [];
  /** Seconds that went in. */
  #in = 0;
  /** The stream's time where they end, 90 kHz ticks. */
  #end = Number.NaN;
  /** Samples that came out, those before the beginning not counted. */
  #out = 0;

  /** What comes out begins so many samples before what went in. */
  leadIn(samples: number): void {
    this.#out = -samples;
  }

  /** A frame went in. @param time 90 kHz ticks @param duration seconds */
  put(time: number, duration: number): void {
    if (!(Math.abs(time - this.#end) <= GAP * CLOCK_RATE)) {
      this.#anchors.push({ from: this.#in, time });
      if (this.#anchors.length > MAX_ANCHORS) this.#anchors.shift();
      this.#end = time;
    }
    this.#in += duration;
    this.#end += duration * CLOCK_RATE;
  }

  /** A packet came out: its time, 90 kHz ticks. Undefined where nothing went in. */
  take(samples: number): number | undefined {
    const position = this.#out / OPUS_RATE;
    this.#out += samples;
    const [anchor, next] = this.#anchors;
    if (anchor === undefined) return undefined;
    const time = Math.round(anchor.time + (position - anchor.from) * CLOCK_RATE);
    if (next !== undefined && this.#out / OPUS_RATE >= next.from) this.#anchors.shift();
    return time;
  }
}
