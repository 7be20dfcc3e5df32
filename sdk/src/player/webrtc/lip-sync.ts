// SPDX-License-Identifier: Apache-2.0

/** Less than this is not noticed (EBU R 37 lets sound be 40 ms early, 60 ms late). */
const TOLERANCE_MS = 40;
/** More than this is no matter of buffers: one of the two has stopped. */
const LARGEST_MS = 1_000;
/** What of the difference is made up at once; the browser's own buffers need a moment to follow. */
const SHARE = 0.25;
const LONGEST_HOLD_MS = 400;

/**
 * Holds the picture back until it is with its sound, which takes longer to arrive. Browsers do so by themselves, but so gently
 * (libwebrtc makes up some ten milliseconds a second) that lips and words are apart for half a minute.
 */
export class LipSync {
  readonly #holdPicture: (ms: number) => void;
  #holdMs = 0;

  /** @param holdPicture how long received pictures are to be kept, milliseconds */
  constructor(holdPicture: (ms: number) => void) {
    this.#holdPicture = holdPicture;
  }

  /** To be called a few times a second. @param pictureAheadMs by how much the picture is ahead of the sound; `null`: unknown */
  follow(pictureAheadMs: number | null): void {
    if (pictureAheadMs === null) return;
    const distance = Math.abs(pictureAheadMs);
    if (distance < TOLERANCE_MS || distance > LARGEST_MS) return;
    const holdMs = Math.min(LONGEST_HOLD_MS, Math.max(0, this.#holdMs + pictureAheadMs * SHARE));
    if (holdMs === this.#holdMs) return;
    this.#holdMs = holdMs;
    this.#holdPicture(holdMs);
  }
}
