// SPDX-License-Identifier: Apache-2.0
import type { SenderReport } from "../../webrtc/rtcp.ts";
import { Unwrapper } from "../../webrtc/sequence.ts";

/** RTP clocks of what is carried. */
export const SOUND_RATE = 48_000;
export const PICTURE_RATE = 90_000;

/** Timestamps that stray from arrival by more say that the source began anew, milliseconds. */
const BREAK_MS = 5_000;
/** Reports further apart than this don't tell how two clocks stand to each other now, milliseconds. */
const STALE_REPORT_MS = 30_000;
/** Where reports say more than this, they are wrong. Milliseconds. */
const MOST_SKEW_MS = 10_000;
const REMEMBERED_TARGETS = 5;
/** Picture time runs at most this much faster or slower than it came until it is in its place. */
const FASTEST_SLEW = 0.2;
const SLOWEST_SLEW = 0.002;
const SLEW_TIME_MS = 2_000;

/** One source's RTP clock, timestamps counted on. */
interface SourceClock {
  readonly ticksPerMs: number;
  readonly unwrapper: Unwrapper;
  last?: { time: number; arrival: number };
  /** What the newest sender report says: a moment on both clocks. */
  report?: { ntpMs: number; time: number };
}

/**
 * Puts pictures and sound of a WebRTC publisher on one clock. Each has its own, which begin anywhere and run a little apart;
 * RTCP sender reports tell how they stand to each other (RFC 3550 section 6.4.1). The sound's clock is kept to the sample,
 * since listeners hear every correction; the pictures follow it, so slowly that nobody sees it.
 */
export class PublisherClock {
  readonly #sound = sourceClock(SOUND_RATE);
  readonly #picture = sourceClock(PICTURE_RATE);
  /** Arrival of the first packet: the zero of the common clock. */
  #origin: number | undefined;
  /** What a sound timestamp is from zero, in samples. */
  #soundOffset: number | undefined;
  /** The same of a picture's, in milliseconds; and where it should be, by the newest reports. */
  #pictureOffset: number | undefined;
  #targets: number[] = [];

  /** @param timestamp of RTP @param arrival milliseconds of a steady clock @returns samples since the first packet of all */
  sound(timestamp: number, arrival: number): number {
    const { time, broken } = this.#follow(this.#sound, timestamp, arrival);
    if (broken || this.#soundOffset === undefined) {
      this.#soundOffset = Math.round(this.#sinceOrigin(arrival) * this.#sound.ticksPerMs) - time;
      this.#targets = [];
    }
    return time + this.#soundOffset;
  }

  /** @returns ticks of 90 kHz since the first packet of all */
  picture(timestamp: number, arrival: number): number {
    const { time, elapsedMs, broken } = this.#follow(this.#picture, timestamp, arrival);
    const timeMs = time / this.#picture.ticksPerMs;
    if (broken || this.#pictureOffset === undefined) {
      this.#pictureOffset = this.#sinceOrigin(arrival) - timeMs;
      this.#targets = [];
    }
    this.#pictureOffset += this.#slew(this.#pictureOffset, elapsedMs);
    return Math.round((timeMs + this.#pictureOffset) * this.#picture.ticksPerMs);
  }

  report(kind: "sound" | "picture", { ntpMs, rtpTimestamp }: SenderReport): void {
    const clock = kind === "sound" ? this.#sound : this.#picture;
    if (clock.last === undefined) return;
    clock.report = { ntpMs, time: clock.unwrapper.nearest(rtpTimestamp) };
    this.#aim();
  }

  /** Both reports together: the picture's moment, found on the sound's clock. */
  #aim(): void {
    const [sound, picture] = [this.#sound.report, this.#picture.report];
    if (sound === undefined || picture === undefined || this.#soundOffset === undefined) return;
    const apartMs = picture.ntpMs - sound.ntpMs;
    if (Math.abs(apartMs) > STALE_REPORT_MS) return;
    const onSoundClockMs = (sound.time + this.#soundOffset) / this.#sound.ticksPerMs + apartMs;
    const target = onSoundClockMs - picture.time / this.#picture.ticksPerMs;
    if (Math.abs(target - (this.#pictureOffset ?? target)) > MOST_SKEW_MS) return;
    this.#targets.push(target);
    if (this.#targets.length > REMEMBERED_TARGETS) this.#targets.shift();
  }

  /** How far the offset moves towards its target while `elapsedMs` of pictures pass. */
  #slew(offset: number, elapsedMs: number): number {
    if (this.#targets.length === 0 || elapsedMs <= 0) return 0;
    const error = median(this.#targets) - offset;
    const speed = Math.min(FASTEST_SLEW, Math.max(SLOWEST_SLEW, Math.abs(error) / SLEW_TIME_MS));
    return Math.sign(error) * Math.min(Math.abs(error), speed * elapsedMs);
  }

  #follow(
    clock: SourceClock,
    timestamp: number,
    arrival: number,
  ): { time: number; elapsedMs: number; broken: boolean } {
    const { last } = clock;
    const time = clock.unwrapper.unwrap(timestamp);
    clock.last = { time, arrival };
    if (last === undefined) return { time, elapsedMs: 0, broken: false };
    const elapsedMs = (time - last.time) / clock.ticksPerMs;
    const broken = Math.abs(elapsedMs - (arrival - last.arrival)) > BREAK_MS;
    if (broken) delete clock.report;
    return { time, elapsedMs: broken ? 0 : elapsedMs, broken };
  }

  #sinceOrigin(arrival: number): number {
    return arrival - (this.#origin ??= arrival);
  }
}

function sourceClock(rate: number): SourceClock {
  return { ticksPerMs: rate / 1_000, unwrapper: new Unwrapper(32) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
