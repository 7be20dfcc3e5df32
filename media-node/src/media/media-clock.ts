// SPDX-License-Identifier: Apache-2.0
import { CLOCK_RATE, type Frame, type Track, type TrackKind } from "./frame.ts";

/** Where a frame stands on the stream's clock, or why it stands nowhere. */
export type Placement =
  | { kind: "placed"; dts: number }
  /** The publisher's clock jumped: begin anew with this frame. */
  | { kind: "jump" }
  /** It came too late to be of use. */
  | { kind: "stale" };

/** A publisher's clock that goes back by more has jumped; by less, it stumbled. Ticks. */
const BACKWARD_JUMP = CLOCK_RATE;
/** One that goes ahead by more than this, and by many frames, has jumped. Ticks. */
const FORWARD_JUMP = CLOCK_RATE;
const FORWARD_JUMP_FRAMES = 10;
/** How much later than the first track another one may begin. Ticks. */
const MAX_TRACK_DISTANCE = 10 * CLOCK_RATE;
/** Until two frames told how far apart frames are. */
const UNKNOWN_INTERVAL = CLOCK_RATE / 2;

interface TrackClock {
  /** Publisher's `dts` of the last frame, and where it was placed. */
  source: number;
  placed: number;
  /** Longest recent distance of two frames, ticks. */
  interval: number;
}

/**
 * Maps a publisher's timestamps to the stream's own clock, which starts where the stream's reserved epochs
 * do, never goes back, and leaves out the time in which nobody published.
 */
export class MediaClock {
  /** Where the next publish, or the media after a jump, begins. 90 kHz ticks. */
  #end: number;
  #base = 0;
  /** The publisher's time at `base`, ticks. */
  #zero: number | undefined;
  #tracks = new Map<TrackKind, TrackClock>();

  /** @param origin where the stream's media begins, 90 kHz ticks */
  constructor(origin: number) {
    this.#end = origin;
  }

  /** Whether {@link begin} was called since the last {@link stop}. */
  get running(): boolean {
    return this.#zero !== undefined;
  }

  /** Where the media of this publish, or since the last jump, begins. */
  get base(): number {
    return this.#base;
  }

  get end(): number {
    return this.#end;
  }

  /** Media has been cut up to here. */
  extend(end: number): void {
    this.#end = Math.max(this.#end, Math.ceil(end));
  }

  /** This frame is the first of a publish, or after a jump: the stream goes on with it. */
  begin(track: Track, frame: Frame): void {
    this.#base = this.#end;
    this.#zero = toClock(track, frame.dts);
    this.#tracks.clear();
  }

  stop(): void {
    this.#zero = undefined;
  }

  /** Where a frame stands, in its track's timescale. */
  place(track: Track, frame: Frame): Placement {
    if (this.#zero === undefined) return { kind: "stale" };
    const source = toClock(track, frame.dts);
    const last = this.#tracks.get(track.kind);
    const dts = this.#shift(track, frame.dts);
    if (last === undefined) {
      // One track may have jumped a little earlier than the other: until it follows, its frames fit nowhere.
      if (source < this.#zero || source > this.#zero + MAX_TRACK_DISTANCE) return { kind: "stale" };
      this.#tracks.set(track.kind, { source, placed: dts, interval: UNKNOWN_INTERVAL });
      return { kind: "placed", dts };
    }
    const step = source - last.source;
    if (step < -BACKWARD_JUMP || step > Math.max(FORWARD_JUMP, FORWARD_JUMP_FRAMES * last.interval)) {
      return { kind: "jump" };
    }
    if (dts <= last.placed) {
      // Two pictures in one millisecond, or a clock that stumbled: order matters more than the exact time.
      if (track.kind === "audio") return { kind: "stale" };
      last.source = source;
      return { kind: "placed", dts: ++last.placed };
    }
    last.interval = last.interval === UNKNOWN_INTERVAL ? step : Math.max(step, last.interval * 0.9);
    last.source = source;
    last.placed = dts;
    return { kind: "placed", dts };
  }

  #shift(track: Track, dts: number): number {
    const zero = fromClock(track, this.#zero ?? 0);
    return dts - zero + fromClock(track, this.#base);
  }
}

/** A time in a track's timescale, in ticks of the 90 kHz clock. */
export function toClock(track: Track, time: number): number {
  return track.timescale === CLOCK_RATE ? time : Math.round((time * CLOCK_RATE) / track.timescale);
}

function fromClock(track: Track, time: number): number {
  return track.timescale === CLOCK_RATE ? time : Math.ceil((time * track.timescale) / CLOCK_RATE);
}
