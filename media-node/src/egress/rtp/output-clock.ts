// SPDX-License-Identifier: Apache-2.0
import { randomInt } from "node:crypto";
import { CLOCK_RATE } from "../../media/frame.ts";

const TICKS_PER_MS = CLOCK_RATE / 1_000;
/** Media this late did not come slowly: nobody published for a while, which the stream's clock leaves out. */
const GAP_MS = 1_000;
/** How far the clock follows late media with each frame: more than any two quartz clocks drift apart. */
const FOLLOW_MS = 0.02;
/** Between 1900, where NTP begins, and 1970. */
const NTP_EPOCH_MS = 2_208_988_800_000;

/**
 * A stream's clock as WebRTC viewers see it: their players take timestamps that fall behind real time for a slow network, so
 * the time in which nobody published, which the stream's own clock leaves out, is put back in. Sound and picture share
 * one, which keeps them together.
 */
export class OutputClock {
  /** RTP timestamps begin anywhere (RFC 3550 section 5.1). */
  readonly #origin = randomInt(2 ** 31);
  /** Wall clock where the output clock stood at 0, milliseconds. */
  #wallAtZero: number | undefined;
  /** All gaps so far, 90 kHz ticks. */
  #gaps = 0;

  /**
   * A frame of this time came now.
   *
   * @param time 90 kHz ticks of the stream's clock
   * @param now milliseconds since 1970
   */
  follow(time: number, now: number): void {
    const at = (time + this.#gaps) / TICKS_PER_MS;
    const late = now - at - (this.#wallAtZero ??= now - at);
    if (late > GAP_MS) this.#gaps += Math.round(late * TICKS_PER_MS);
    else this.#wallAtZero += late < 0 ? late : Math.min(late, FOLLOW_MS);
  }

  /** A time as RTP timestamp of a track, not wrapped to 32 bits yet. */
  timestamp(time: number, clockRate: number): number {
    return this.#origin + Math.round(((time + this.#gaps) * clockRate) / CLOCK_RATE);
  }

  /** The wall clock at that time, milliseconds since 1900. */
  ntp(time: number): number {
    return NTP_EPOCH_MS + (this.#wallAtZero ?? 0) + (time + this.#gaps) / TICKS_PER_MS;
  }
}
