// SPDX-License-Identifier: Apache-2.0
import type { CipherRange } from "@tickstream/contracts-types";

/** A part as it is served. */
export interface StoredPart {
  /** Start and duration in ticks of the stream's 90 kHz clock. */
  start: number;
  duration: number;
  epoch: number;
  independent: boolean;
  /** What every viewer gets; undefined where the media was lost (a gap). */
  body: Buffer | undefined;
  cipher: CipherRange | undefined;
  uri: string;
}

/** A segment as it is served: its parts, joined. */
export interface StoredSegment {
  msn: number;
  /** Id of the init section it needs. */
  init: string;
  /** What comes before it does not join on. */
  discontinuity: boolean;
  /** Wall clock of its first frame, milliseconds since 1970. */
  programDateTime: number;
  parts: StoredPart[];
  /** Ticks of the 90 kHz clock, so far. */
  duration: number;
  bytes: number;
  /** A part of it was lost: nobody is offered it as a whole. */
  gap: boolean;
  complete: boolean;
}

/** What became of a place in the stream: (segment) or (segment, part). */
export type Availability = "available" | "upcoming" | "gone" | "too-far";

export interface SegmentStoreOptions {
  /** How long complete segments are kept, ticks of the 90 kHz clock; asked each time. */
  windowTicks: () => number;
  /** The most media that is held, bytes. */
  maxBytes: number;
  /** A reload may ask this many parts ahead: the Advance Part Limit of RFC 8216bis section 6.2.5.2. */
  advancePartLimit: () => number;
}

/** RFC 8216bis section 6.2.5.2: a request further ahead than this is a mistake. */
const ADVANCE_SEGMENT_LIMIT = 2;

/** A stream's latest segments in memory: a ring bounded by time and by bytes. */
export class SegmentStore {
  readonly #options: SegmentStoreOptions;
  readonly #segments: StoredSegment[] = [];
  #bytes = 0;
  #nextMsn: number;
  /** How many discontinuities have left the ring. */
  #discontinuitySequence: number;

  constructor(options: SegmentStoreOptions, first: { msn: number; discontinuitySequence: number }) {
    this.#options = options;
    this.#nextMsn = first.msn;
    this.#discontinuitySequence = first.discontinuitySequence;
  }

  get segments(): readonly StoredSegment[] {
    return this.#segments;
  }

  /** The segment that is being built. */
  get current(): StoredSegment | undefined {
    const last = this.#segments.at(-1);
    return last?.complete === false ? last : undefined;
  }

  /** The media sequence number that a new segment gets. */
  get nextMsn(): number {
    return this.#nextMsn;
  }

  get discontinuitySequence(): number {
    return this.#discontinuitySequence;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Where the next part will stand. */
  get edge(): { msn: number; part: number } {
    const { current } = this;
    return current === undefined
      ? { msn: this.#nextMsn, part: 0 }
      : { msn: current.msn, part: current.parts.length };
  }

  /** Begins a segment. The last one has to be complete. */
  open(segment: Pick<StoredSegment, "init" | "discontinuity" | "programDateTime">): StoredSegment {
    const opened: StoredSegment = {
      ...segment,
      msn: this.#nextMsn++,
      parts: [],
      duration: 0,
      bytes: 0,
      gap: false,
      complete: false,
    };
    this.#segments.push(opened);
    return opened;
  }

  /** Adds a part to the open segment; where its memory is used up, as a gap. Returns it as it is kept. */
  add(part: StoredPart): StoredPart {
    const { current } = this;
    if (current === undefined) throw new RangeError("no open segment");
    const length = part.body?.length ?? 0;
    while (this.#bytes + length > this.#options.maxBytes && this.#segments.length > 1) this.#dropFirst();
    const kept = this.#bytes + length > this.#options.maxBytes ? { ...part, body: undefined } : part;
    current.parts.push(kept);
    current.duration += kept.duration;
    current.bytes += kept.body?.length ?? 0;
    current.gap ||= kept.body === undefined;
    this.#bytes += kept.body?.length ?? 0;
    return kept;
  }

  /** Completes the open segment, and lets go of those that have left the window. */
  close(): void {
    const { current } = this;
    if (current === undefined) return;
    current.complete = true;
    let kept = this.#segments.reduce((sum, segment) => sum + segment.duration, 0);
    for (;;) {
      const first = this.#segments[0];
      if (first === undefined || this.#segments.length === 1) return;
      kept -= first.duration;
      if (kept < this.#options.windowTicks()) return;
      this.#dropFirst();
    }
  }

  /** Forgets all media. Numbers go on. */
  clear(): void {
    while (this.#segments.length > 0) this.#dropFirst();
  }

  segment(msn: number): StoredSegment | undefined {
    const first = this.#segments[0];
    return first === undefined ? undefined : this.#segments[msn - first.msn];
  }

  /**
   * What became of a segment or part, as a blocking reload asks (RFC 8216bis section 6.2.5.2): a part beyond
   * the last one of a complete segment means the next segment's first.
   */
  availability(msn: number, part?: number): Availability {
    const { edge } = this;
    const first = this.#segments[0]?.msn ?? edge.msn;
    if (msn < first) return "gone";
    if (msn < edge.msn) {
      if (part === undefined || part < (this.segment(msn)?.parts.length ?? 0)) return "available";
      return this.availability(msn + 1, 0);
    }
    if (msn > edge.msn + ADVANCE_SEGMENT_LIMIT) return "too-far";
    if (msn > edge.msn || part === undefined) return "upcoming";
    if (part < edge.part) return "available";
    return part > edge.part + this.#options.advancePartLimit() ? "too-far" : "upcoming";
  }

  #dropFirst(): void {
    const dropped = this.#segments.shift();
    if (dropped === undefined) return;
    this.#bytes -= dropped.bytes;
    if (dropped.discontinuity) this.#discontinuitySequence++;
  }
}
