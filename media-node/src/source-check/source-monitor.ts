// SPDX-License-Identifier: Apache-2.0
import type { FrameConsumer, PlacedFrame } from "../media/fan-out.ts";
import { CLOCK_RATE, type AudioTrack, type Track, type TrackKind, type VideoTrack } from "../media/frame.ts";
import type { LiveStream, PublisherOfNow } from "../media/stream.ts";

/** What was seen of a publisher so far. */
export interface SourceFigures {
  publisher: PublisherOfNow;
  video: VideoTrack | null;
  audio: AudioTrack | null;
  /** Milliseconds since the last of each came; `null` before the first. */
  keyframeAgeMs: number | null;
  audioAgeMs: number | null;
  /** Milliseconds since it began to send. */
  ageMs: number;
  /** Milliseconds by which media comes later than at its best. */
  lateMs: number;
  /** The part of the last pictures whose distance is not the usual one, 0 to 1; `null` while there are too few. */
  unsteady: number | null;
  /** Frames dropped since it began, those before the first keyframe not counted. */
  dropped: number;
  /** Leaps of its timestamps in the last minute. */
  jumps: number;
}

const BUCKET_MS = 1_000;
/** How far back the best arrival is looked for: beyond that, clocks have drifted apart by more than jitter. */
const BUCKETS = 300;
const PICTURES = 120;
const ENOUGH_PICTURES = 30;
/** How far from the usual distance a picture may be. */
const TOLERANCE = 0.5;
const SOUND_TICKS = 2 * CLOCK_RATE;
const MAX_SOUND_BYTES = 256 << 10;
const MINUTE_MS = 60_000;
/** Below this a clock stumbles, and does not leap. 90 kHz ticks. */
const LEAP_TICKS = CLOCK_RATE / 100;

/** Watches what comes in of one stream, for what can be wrong with it. Keeps the last seconds of sound, as they came. */
export class SourceMonitor implements FrameConsumer {
  readonly #stream: Pick<LiveStream, "publisher" | "stats">;
  readonly #now: () => number;
  readonly #tracks = new Map<TrackKind, Track>();
  #publisher: PublisherOfNow | null = null;
  #began = 0;
  #keyframeAt: number | null = null;
  #audioAt: number | null = null;
  #droppedBefore = 0;
  /** Per second: the least by which arrival was behind media, milliseconds. */
  #behind: { second: number; least: number }[] = [];
  #distances: number[] = [];
  #lastPicture: number | null = null;
  /** The publisher's clock minus the stream's, 90 kHz ticks. */
  #clockOffset: number | null = null;
  #jumps: number[] = [];
  #sound: PlacedFrame[] = [];
  #soundBytes = 0;

  /** @param now milliseconds of a clock that never goes back */
  constructor(stream: Pick<LiveStream, "publisher" | "stats">, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  track(track: Track): void {
    this.#tracks.set(track.kind, track);
    if (track.kind === "audio") this.#forgetSound();
  }

  trackGone(kind: TrackKind): void {
    this.#tracks.delete(kind);
    if (kind === "audio") this.#forgetSound();
  }

  frame(frame: PlacedFrame): void {
    const now = this.#now();
    if (this.#publisher !== this.#stream.publisher) this.#begin(now);
    if (frame.kind === "audio") {
      this.#audioAt = now;
      this.#keepSound(frame);
    } else {
      if (frame.keyframe) this.#keyframeAt = now;
      this.#notePicture(frame, now);
    }
    this.#noteArrival(frame, now);
  }

  /** `null` while nobody publishes. */
  figures(): SourceFigures | null {
    const { publisher } = this.#stream;
    if (publisher === null || publisher !== this.#publisher) return null;
    const now = this.#now();
    const age = (at: number | null): number | null => (at === null ? null : Math.round(now - at));
    const [video, audio] = [this.#tracks.get("video"), this.#tracks.get("audio")];
    return {
      publisher,
      video: video?.kind === "video" ? video : null,
      audio: audio?.kind === "audio" ? audio : null,
      keyframeAgeMs: age(this.#keyframeAt),
      audioAgeMs: age(this.#audioAt),
      ageMs: Math.round(now - this.#began),
      lateMs: this.#lateMs(),
      unsteady: this.#unsteady(),
      dropped: this.#stream.stats().droppedFrames - this.#droppedBefore,
      jumps: this.#jumps.filter((at) => now - at < MINUTE_MS).length,
    };
  }

  /** The last seconds of sound, to be listened to. */
  sound(): { track: AudioTrack; frames: readonly PlacedFrame[] } | null {
    const track = this.#tracks.get("audio");
    if (track?.kind !== "audio" || this.#sound.length === 0) return null;
    return { track, frames: [...this.#sound] };
  }

  #begin(now: number): void {
    this.#publisher = this.#stream.publisher;
    this.#began = now;
    this.#keyframeAt = null;
    this.#audioAt = null;
    this.#droppedBefore = this.#stream.stats().droppedFrames;
    this.#jumps = [];
    this.#clockOffset = null;
    this.#forgetTimes();
    this.#forgetSound();
  }

  /** Times before a leap say nothing of those behind it. */
  #forgetTimes(): void {
    this.#behind = [];
    this.#distances = [];
    this.#lastPicture = null;
  }

  #notePicture(frame: PlacedFrame, now: number): void {
    // On the stream's clock a leap does not show: it is where the publisher's clock stands otherwise to it than before.
    const offset = frame.dts - frame.time;
    if (this.#clockOffset !== null && Math.abs(offset - this.#clockOffset) > LEAP_TICKS) {
      this.#jumps = [...this.#jumps.filter((at) => now - at < MINUTE_MS), now];
      this.#forgetTimes();
    }
    this.#clockOffset = offset;
    if (this.#lastPicture !== null) {
      this.#distances.push(frame.time - this.#lastPicture);
      if (this.#distances.length > PICTURES) this.#distances.shift();
    }
    this.#lastPicture = frame.time;
  }

  #noteArrival(frame: PlacedFrame, now: number): void {
    const second = Math.floor(now / BUCKET_MS);
    const behind = now - (frame.time * 1_000) / CLOCK_RATE;
    const last = this.#behind.at(-1);
    if (last?.second === second) {
      last.least = Math.min(last.least, behind);
      return;
    }
    this.#behind.push({ second, least: behind });
    if (this.#behind.length > BUCKETS) this.#behind.shift();
  }

  /** The second before this one is whole; of this one the best frame may still come. */
  #lateMs(): number {
    const now = this.#behind.at(-2) ?? this.#behind.at(-1);
    if (now === undefined) return 0;
    const best = this.#behind.reduce((least, bucket) => Math.min(least, bucket.least), now.least);
    return Math.round(now.least - best);
  }

  #unsteady(): number | null {
    if (this.#distances.length < ENOUGH_PICTURES) return null;
    const usual = this.#distances.toSorted((a, b) => a - b)[this.#distances.length >> 1] ?? 0;
    const odd = this.#distances.filter((distance) => Math.abs(distance - usual) > usual * TOLERANCE);
    return odd.length / this.#distances.length;
  }

  #keepSound(frame: PlacedFrame): void {
    this.#sound.push(frame);
    this.#soundBytes += frame.data.length;
    for (let first = this.#sound[0]; first !== undefined; first = this.#sound[0]) {
      if (frame.time - first.time <= SOUND_TICKS && this.#soundBytes <= MAX_SOUND_BYTES) break;
      this.#sound.shift();
      this.#soundBytes -= first.data.length;
    }
  }

  #forgetSound(): void {
    this.#sound = [];
    this.#soundBytes = 0;
  }
}
