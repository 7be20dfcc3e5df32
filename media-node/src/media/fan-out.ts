// SPDX-License-Identifier: Apache-2.0
import { sameTrack, type Frame, type Track, type TrackKind } from "./frame.ts";

/** A frame on the stream's own clock. */
export interface PlacedFrame extends Frame {
  /** Decode time on the stream's clock, 90 kHz ticks: never goes back, and leaves out the time in which nobody published. */
  time: number;
  /** The tick it is sold in: of its own time, where a part's is that of its first frame. */
  epoch: number;
}

/** Who gets every frame of a stream. Called in the publisher's turn: has to take them at once, and to bound what it keeps. */
export interface FrameConsumer {
  /** A track begins, or goes on with another configuration: told before its frames. */
  track(track: Track): void;
  frame(frame: PlacedFrame): void;
  /** A track is no more. */
  trackGone?(kind: TrackKind): void;
}

/** What a late consumer may be given to begin with: more than a few seconds of media would not be live. */
const MAX_REPLAY_FRAMES = 512;
const MAX_REPLAY_BYTES = 4 << 20;

/** Hands a stream's frames on to whoever wants them, and keeps those that a late consumer needs to begin with. */
export class FanOut {
  readonly #onFault: (error: unknown) => void;
  readonly #consumers = new Set<FrameConsumer>();
  readonly #tracks = new Map<TrackKind, Track>();
  /** Everything since the last keyframe, that one first; empty while it has not come, or where there was too much. */
  #replay: PlacedFrame[] = [];
  #replayBytes = 0;
  #latestPresentation = Number.NEGATIVE_INFINITY;
  #reordered = false;

  /** @param onFault a consumer threw; it gets no more */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Whether pictures come in another order than they are shown in, as far as this publish has told. */
  get hasBFrames(): boolean {
    return this.#reordered;
  }

  /** The picture first. */
  get tracks(): Track[] {
    return [...this.#tracks.values()].toSorted((a) => (a.kind === "video" ? -1 : 1));
  }

  /**
   * Tells a consumer the tracks and, with `replay`, what came since the last keyframe; then every frame.
   *
   * @returns the way to stop it
   */
  subscribe(consumer: FrameConsumer, options: { replay: boolean }): () => void {
    this.#consumers.add(consumer);
    for (const track of this.tracks) this.#tell(consumer, () => consumer.track(track));
    if (options.replay) {
      for (const frame of this.#replay) this.#tell(consumer, () => consumer.frame(frame));
    }
    return () => this.#consumers.delete(consumer);
  }

  /** The clock made a leap, or another publisher came: nothing joins on to what was before. */
  startRun(): void {
    this.#forgetReplay();
    this.#latestPresentation = Number.NEGATIVE_INFINITY;
    this.#reordered = false;
  }

  setTracks(tracks: readonly Track[]): void {
    for (const kind of this.#tracks.keys()) {
      if (tracks.some((track) => track.kind === kind)) continue;
      this.#tracks.delete(kind);
      for (const consumer of this.#consumers) this.#tell(consumer, () => consumer.trackGone?.(kind));
    }
    for (const track of tracks) {
      if (sameTrack(track, this.#tracks.get(track.kind))) continue;
      this.#tracks.set(track.kind, track);
      if (track.kind === "video") this.startRun();
      for (const consumer of this.#consumers) this.#tell(consumer, () => consumer.track(track));
    }
  }

  frame(frame: PlacedFrame): void {
    if (frame.kind === "video") this.#noteOrder(frame);
    this.#keep(frame);
    for (const consumer of this.#consumers) this.#tell(consumer, () => consumer.frame(frame));
  }

  #noteOrder({ time, cts }: PlacedFrame): void {
    const presentation = time + cts;
    if (presentation < this.#latestPresentation) this.#reordered = true;
    this.#latestPresentation = Math.max(this.#latestPresentation, presentation);
  }

  #keep(frame: PlacedFrame): void {
    if (frame.kind === "video" && frame.keyframe) this.#forgetReplay();
    else if (this.#replay.length === 0) return;
    this.#replay.push(frame);
    this.#replayBytes += frame.data.length;
    if (this.#replay.length > MAX_REPLAY_FRAMES || this.#replayBytes > MAX_REPLAY_BYTES) this.#forgetReplay();
  }

  #forgetReplay(): void {
    this.#replay = [];
    this.#replayBytes = 0;
  }

  /** Neither the publisher nor other consumers may suffer from one that fails. */
  #tell(consumer: FrameConsumer, tell: () => void): void {
    if (!this.#consumers.has(consumer)) return;
    try {
      tell();
    } catch (error) {
      this.#consumers.delete(consumer);
      this.#onFault(error);
    }
  }
}
