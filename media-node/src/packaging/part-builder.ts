// SPDX-License-Identifier: Apache-2.0
import { CLOCK_RATE, type Track, type TrackKind } from "../media/frame.ts";
import type { Sample, TrackRun } from "./fragment.ts";
import type { PartTarget } from "./part-target.ts";

/** A part before it is written: which samples, and where it stands. Times in the stream's 90 kHz clock. */
export interface BuiltPart {
  start: number;
  duration: number;
  /** Begins with a frame that decodes without any before it. */
  independent: boolean;
  runs: TrackRun[];
}

export interface PartBuilderOptions {
  /** Shared by every builder of a stream: PART-TARGET stays constant over publishes. */
  partTarget: PartTarget;
  /** A segment ends at the first keyframe after this long, milliseconds. */
  segmentTargetMs: number;
  /** A segment ends here, keyframe or not, milliseconds; asked at each part, since it is only known later. */
  maxSegmentMs: () => number;
  onPart: (part: BuiltPart) => void;
  /** The part that came last ended its segment. */
  onSegmentEnd: () => void;
}

/** A sample whose duration may not be known yet: it is when the next one came. */
type PendingSample = Omit<Sample, "duration">;

/** Audio may run ahead of the video this long before parts go out without waiting for the next picture. */
const VIDEO_PATIENCE = CLOCK_RATE / 2;
/** How far short of the segment target a keyframe may come and still end the segment. */
const SEGMENT_TOLERANCE_MS = 50;
/** More samples than any sane source sends in the time that a queue spans. */
const MAX_QUEUED_SAMPLES = 4_096;
const MAX_QUEUED_BYTES = 32 << 20;

/**
 * Cuts a track or a pair of tracks into parts and segments, as samples come.
 *
 * Video leads where there is any: a part is a whole number of pictures and never exceeds the part target, a
 * segment ends at a keyframe. Audio joins the part in which it starts, or the next one when it comes late.
 */
export class PartBuilder {
  readonly #options: PartBuilderOptions;
  #tracks = new Map<TrackKind, Track>();
  #queues: Record<TrackKind, PendingSample[]> = { video: [], audio: [] };
  #queuedBytes = 0;
  /** Where the next part starts; undefined until the first sample. */
  #partStart: number | undefined;
  #segmentStart = 0;
  /** The last picture's duration, in case the next one is late. */
  #pictureDuration = CLOCK_RATE / 30;

  constructor(options: PartBuilderOptions) {
    this.#options = options;
  }

  /** The tracks that the samples from now on belong to. Call {@link flush} before a change. */
  setTracks(tracks: readonly Track[]): void {
    this.#tracks = new Map(tracks.map((track) => [track.kind, track]));
  }

  /** Takes the next sample of a track, its `dts` higher than the last one's. False when the queue is full. */
  push(kind: TrackKind, sample: PendingSample): boolean {
    const queue = this.#queues[kind];
    this.#queuedBytes += sample.data.length;
    if (queue.length >= MAX_QUEUED_SAMPLES || this.#queuedBytes > MAX_QUEUED_BYTES) return false;
    if (this.#partStart === undefined && kind === this.#leader()) {
      this.#partStart = this.#segmentStart = this.#toClock(kind, sample.dts);
    }
    queue.push(sample);
    this.#cutParts();
    return true;
  }

  /** Ends part and segment here, whatever is missing: the source stopped, jumped, or changes its tracks. */
  flush(): void {
    const leader = this.#queues[this.#leader()];
    const last = leader.at(-1);
    // A part can't be published before the part target is known, and a single frame does not tell it.
    if (last !== undefined && this.#partStart !== undefined && this.#learnPartTarget(true)) {
      this.#cutAt(this.#toClock(this.#leader(), last.dts) + this.#lastDuration());
    }
    this.#queues = { video: [], audio: [] };
    this.#queuedBytes = 0;
    if (this.#partStart !== undefined && this.#partStart > this.#segmentStart) this.#options.onSegmentEnd();
    this.#partStart = undefined;
  }

  #leader(): TrackKind {
    return this.#tracks.has("video") ? "video" : "audio";
  }

  #cutParts(): void {
    if (this.#partStart === undefined) return;
    if (!this.#learnPartTarget(false)) return;
    while (this.#cutNext() || this.#cutWithoutPicture());
  }

  /** The part target follows from how far apart the leader's first samples are. */
  #learnPartTarget(last: boolean): boolean {
    if (this.#options.partTarget.known) return true;
    const leader = this.#leader();
    const queue = this.#queues[leader];
    const [first, newest] = [queue[0], queue.at(-1)];
    if (first === undefined || newest === undefined) return false;
    const span = this.#toClock(leader, newest.dts) - this.#toClock(leader, first.dts);
    return this.#options.partTarget.learn(span, queue.length - 1, last);
  }

  /** Cuts one part off the leader's queue if a whole one is there. */
  #cutNext(): boolean {
    const leader = this.#leader();
    const queue = this.#queues[leader];
    const { ticks } = this.#options.partTarget;
    const partStart = this.#partStart ?? 0;
    const time = (i: number): number => this.#toClock(leader, queue[i]?.dts ?? 0);
    for (let k = 1; k < queue.length; k++) {
      const end = time(k);
      const next = k + 1 < queue.length ? time(k + 1) - end : end - time(k - 1);
      const endsSegment = queue[k]?.keyframe === true && this.#segmentTargetReached(end);
      if (endsSegment || end + next - partStart > ticks) {
        this.#pictureDuration = end - time(k - 1);
        this.#cutAt(end);
        if (endsSegment || this.#segmentTooLong()) this.#endSegment();
        return true;
      }
    }
    return false;
  }

  /** Where pictures are late or rare and sound is there: a part of what there is. */
  #cutWithoutPicture(): boolean {
    const audio = this.#queues.audio.at(-1);
    if (this.#leader() !== "video" || audio === undefined) return false;
    const end = (this.#partStart ?? 0) + this.#options.partTarget.ticks;
    if (this.#toClock("audio", audio.dts) < end + VIDEO_PATIENCE) return false;
    const first = this.#queues.audio[0];
    if (this.#queues.video.length === 0 && first !== undefined && this.#toClock("audio", first.dts) >= end) {
      // Silence in both tracks: the part begins where the sound goes on.
      this.#partStart = this.#toClock("audio", first.dts);
      return true;
    }
    this.#cutAt(end);
    if (this.#segmentTooLong()) this.#endSegment();
    return true;
  }

  #segmentTargetReached(at: number): boolean {
    const elapsedMs = ((at - this.#segmentStart) * 1_000) / CLOCK_RATE;
    return elapsedMs >= this.#options.segmentTargetMs - SEGMENT_TOLERANCE_MS;
  }

  /** Whether one more part would make the segment longer than the playlist's target duration allows. */
  #segmentTooLong(): boolean {
    const next = (this.#partStart ?? 0) + this.#options.partTarget.ticks;
    return ((next - this.#segmentStart) * 1_000) / CLOCK_RATE > this.#options.maxSegmentMs();
  }

  #endSegment(): void {
    this.#segmentStart = this.#partStart ?? 0;
    this.#options.onSegmentEnd();
  }

  /** Everything that starts before `end` becomes a part. */
  #cutAt(end: number): void {
    const start = this.#partStart ?? 0;
    const runs: TrackRun[] = [];
    for (const kind of ["video", "audio"] as const) {
      const samples = this.#take(kind, end);
      if (samples.length > 0) runs.push({ kind, samples });
    }
    this.#partStart = end;
    const leading = runs.find((run) => run.kind === this.#leader());
    this.#options.onPart({
      start,
      duration: end - start,
      independent: leading?.samples[0]?.keyframe === true,
      runs,
    });
  }

  /** The samples of a track that start before `end`, with their durations. */
  #take(kind: TrackKind, end: number): Sample[] {
    const queue = this.#queues[kind];
    let count = 0;
    while (count < queue.length && this.#toClock(kind, queue[count]?.dts ?? 0) < end) count++;
    const taken = queue.splice(0, count);
    return taken.map((sample, i) => {
      this.#queuedBytes -= sample.data.length;
      const next = taken[i + 1] ?? queue[0];
      return { ...sample, duration: this.#duration(kind, sample, next, end) };
    });
  }

  #duration(kind: TrackKind, sample: PendingSample, next: PendingSample | undefined, end: number): number {
    if (next !== undefined) return next.dts - sample.dts;
    const track = this.#tracks.get(kind);
    if (track?.kind === "audio") return track.frameDuration;
    return Math.max(1, Math.round(Math.max(end - sample.dts, this.#pictureDuration)));
  }

  /** Of the leader's last sample, whose successor never came. */
  #lastDuration(): number {
    const track = this.#tracks.get(this.#leader());
    if (track?.kind === "audio") return Math.round((track.frameDuration * CLOCK_RATE) / track.timescale);
    return this.#pictureDuration;
  }

  #toClock(kind: TrackKind, dts: number): number {
    const timescale = this.#tracks.get(kind)?.timescale ?? CLOCK_RATE;
    return timescale === CLOCK_RATE ? dts : Math.round((dts * CLOCK_RATE) / timescale);
  }
}
