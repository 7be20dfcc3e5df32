// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { partUri, type StreamId } from "@tickstream/contracts-types";
import { CLOCK_RATE, sameTrack, type Track, type TrackKind } from "../media/frame.ts";
import type { KeyVault } from "../protect/key-vault.ts";
import { PartCipher } from "../protect/part-cipher.ts";
import { fragment, type Sample } from "./fragment.ts";
import { initSection } from "./init-section.ts";
import { PartBuilder, type BuiltPart } from "./part-builder.ts";
import { PartTarget } from "./part-target.ts";
import { writePlaylist } from "./playlist-writer.ts";
import { SegmentStore, type Availability, type StoredPart, type StoredSegment } from "./segment-store.ts";

/** How a stream's media is protected: not at all, or by a key an epoch. */
export type Protection =
  | { kind: "clear" }
  | { kind: "epoch"; stream: StreamId; genesisHash: Uint8Array; vault: KeyVault; rendition: number };

export interface PackagerOptions {
  tickMs: number;
  protection: Protection;
  partTargetMs: number;
  segmentTargetMs: number;
  /** How much complete media stays listed and served, milliseconds; never less than the target durations require. */
  windowMs: number;
  /** The most media held in memory, bytes. */
  maxBytes: number;
  first: { msn: number; discontinuitySequence: number; discontinuity: boolean };
  /** A part can be had. */
  onPart: (part: StoredPart) => void;
}

/** What an egress needs of a stream, LL-HLS. All of it is prepared once and shared by every viewer. */
export interface HlsSource {
  /** The playlist's bytes, or undefined while there is nothing to play. `delta`: without what the reader has. */
  playlist(delta: boolean): Uint8Array | undefined;
  /** What became of a segment, or of a part of it. */
  availability(msn: number, part?: number): Availability;
  part(msn: number, index: number): StoredPart | undefined;
  segment(msn: number): StoredSegment | undefined;
  /** An init section; they are kept as long as a segment needs them. */
  init(id: string): Uint8Array | undefined;
  /** Why no LL-HLS player could play what there is; undefined where they can. */
  readonly unplayable: string | undefined;
  /** Whether anything is still to come. */
  readonly ended: boolean;
  /** Seconds. */
  readonly targetDuration: number;
  /** Calls back whenever there is something new. Returns the way to stop it. */
  onChange(listener: () => void): () => void;
}

const MS = CLOCK_RATE / 1_000;
/** A segment may end up this long when no keyframe comes while the target duration is still open. */
const LONGEST_SEGMENT_S = 12;
/** EXTINF is rounded to the nearest integer before it is compared with EXT-X-TARGETDURATION (4.4.3.1). */
const ROUNDING_MS = 490;
const SHORTEST_TARGET_DURATION_S = 2;
/** EXT-X-SKIP may be used where more than six target durations are listed (4.4.3.8). */
const WINDOW_TARGET_DURATIONS = 7;
/** How far arrival may fall behind the date-times before they follow it. */
const DATE_TIME_DRIFT_MS = 250;

/** One rendition of a stream: samples in; parts, segments and playlists out. */
export class Packager implements HlsSource {
  readonly #options: PackagerOptions;
  readonly #partTarget: PartTarget;
  readonly #builder: PartBuilder;
  readonly #store: SegmentStore;
  readonly #cipher: PartCipher | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #inits = new Map<string, Buffer>();
  #tracks: readonly Track[] = [];
  /** Of the init section that samples need now. */
  #init: string | undefined;
  #sequence = 1;
  #targetDuration: number | undefined;
  #discontinuity: boolean;
  /** The next part joins on to the last one, so that its URI is certain. */
  #flowing = false;
  #announcing = false;
  #ended = false;
  /** Wall clock minus the media's, milliseconds. */
  #wallOffset: number | undefined;
  #prepared: { full?: Buffer | undefined; delta?: Buffer | undefined } = {};

  constructor(options: PackagerOptions) {
    this.#options = options;
    this.#discontinuity = options.first.discontinuity;
    this.#partTarget = new PartTarget(options.partTargetMs);
    if (options.protection.kind === "epoch") {
      this.#cipher = new PartCipher(options.protection.vault, options.protection.rendition);
    }
    this.#builder = new PartBuilder({
      partTarget: this.#partTarget,
      segmentTargetMs: options.segmentTargetMs,
      maxSegmentMs: () =>
        this.#targetDuration === undefined
          ? LONGEST_SEGMENT_S * 1_000
          : this.#targetDuration * 1_000 + ROUNDING_MS,
      onPart: (part) => this.#addPart(part),
      onSegmentEnd: () => this.#endSegment(),
    });
    this.#store = new SegmentStore(
      {
        windowTicks: () =>
          Math.max(options.windowMs * MS, WINDOW_TARGET_DURATIONS * this.targetDuration * CLOCK_RATE),
        maxBytes: options.maxBytes,
        advancePartLimit: () => Math.ceil(3 / Math.min(1, this.#partTarget.seconds)),
      },
      options.first,
    );
  }

  /** A new run of cipher counters begins with the next part. */
  startRun(run: number): void {
    this.flush();
    this.#cipher?.startRun(run);
  }

  /**
   * The tracks of the samples to come. Where they differ from those before, players are told by a discontinuity
   * and a new init section.
   */
  setTracks(tracks: readonly Track[]): void {
    const same =
      this.#tracks.length === tracks.length &&
      tracks.every((track) =>
        sameTrack(
          track,
          this.#tracks.find((old) => old.kind === track.kind),
        ),
      );
    if (same && this.#init !== undefined) return;
    this.flush();
    this.#tracks = tracks;
    this.#builder.setTracks(tracks);
    const section = initSection(tracks);
    this.#init = initId(section);
    this.#inits.set(this.#init, section);
    if (this.#store.segments.length > 0) this.#discontinuity = true;
  }

  /** False: more than fits between two parts; the source has to go. */
  push(kind: TrackKind, sample: Omit<Sample, "duration">): boolean {
    return this.#builder.push(kind, sample);
  }

  /** Ends part and segment: the source stops or jumps, and what comes next can't be foretold. */
  flush(): void {
    this.#builder.flush();
    this.#flowing = false;
    this.#changed();
  }

  /** The stream is over: the playlist says so. */
  end(): void {
    this.#ended = true;
    this.flush();
  }

  /** Forgets all media; what follows is a new beginning to players. */
  clear(): void {
    this.#store.clear();
    this.#dropUnusedInits();
    this.#discontinuity = true;
    this.#wallOffset = undefined;
    this.#changed();
  }

  get ended(): boolean {
    return this.#ended;
  }

  get unplayable(): string | undefined {
    if (!this.#tracks.some(({ codec }) => codec === "vp08")) return undefined;
    return "codec-not-in-hls: VP8 plays over WebRTC only; send H.264, VP9 or AV1 to be seen everywhere.";
  }

  get targetDuration(): number {
    return this.#targetDuration ?? SHORTEST_TARGET_DURATION_S;
  }

  /** Media sequence number and discontinuity sequence that come next: what has to be reserved. */
  get position(): { msn: number; discontinuitySequence: number } {
    const listed = this.#store.segments.filter((segment) => segment.discontinuity).length;
    return {
      msn: this.#store.nextMsn,
      discontinuitySequence: this.#store.discontinuitySequence + listed + (this.#discontinuity ? 1 : 0),
    };
  }

  get bytes(): number {
    return this.#store.bytes;
  }

  /** The epoch of the oldest part that is still served. */
  get firstEpoch(): number | undefined {
    return this.#store.segments[0]?.parts[0]?.epoch;
  }

  playlist(delta: boolean): Buffer | undefined {
    // Players take a playlist without a finished segment for an empty one.
    if (this.#targetDuration === undefined || this.#store.segments[0]?.complete !== true) return undefined;
    const name = delta ? "delta" : "full";
    this.#prepared[name] ??= Buffer.from(this.#write(delta));
    return this.#prepared[name];
  }

  availability(msn: number, part?: number): Availability {
    const availability = this.#store.availability(msn, part);
    return availability === "upcoming" && this.#ended ? "gone" : availability;
  }

  part(msn: number, index: number): StoredPart | undefined {
    return this.#store.segment(msn)?.parts[index];
  }

  segment(msn: number): StoredSegment | undefined {
    return this.#store.segment(msn);
  }

  init(id: string): Buffer | undefined {
    return this.#inits.get(id);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The epoch that media at this time of the 90 kHz clock belongs to. */
  epochAt(time: number): number {
    return Math.floor(time / (this.#options.tickMs * MS));
  }

  #addPart(built: BuiltPart): void {
    if (this.#init === undefined) throw new RangeError("no tracks");
    this.#follow(built);
    const segment =
      this.#store.current ??
      this.#store.open({
        init: this.#init,
        discontinuity: this.#discontinuity,
        programDateTime: this.#dateTime(built),
      });
    this.#discontinuity = false;
    const epoch = this.epochAt(built.start);
    const plaintext = fragment(this.#sequence++, built.runs);
    const { cipher, ciphertext: body } = this.#cipher?.encrypt(epoch, plaintext) ?? {
      cipher: undefined,
      ciphertext: plaintext,
    };
    const { start, duration, independent } = built;
    const uri = partUri(segment.msn, segment.parts.length, cipher);
    const part = this.#store.add({ start, duration, epoch, independent, body, cipher, uri });
    this.#flowing = true;
    this.#options.onPart(part);
    this.#changed();
  }

  #endSegment(): void {
    const segment = this.#store.current;
    if (segment === undefined) return;
    this.#targetDuration ??= Math.max(
      SHORTEST_TARGET_DURATION_S,
      Math.ceil(this.#options.segmentTargetMs / 1_000),
      Math.round(segment.duration / CLOCK_RATE),
    );
    this.#store.close();
    this.#dropUnusedInits();
    this.#changed();
  }

  /**
   * Learns how the wall clock stands to the media's. The part that came quickest tells: what others are later is the
   * network's jitter and must not show.
   */
  #follow(part: BuiltPart): void {
    const offset = Date.now() - (part.start + part.duration) / MS;
    const learnt = this.#wallOffset;
    if (learnt === undefined || offset < learnt || offset > learnt + DATE_TIME_DRIFT_MS)
      this.#wallOffset = offset;
  }

  /** When a part's first frame was taken in, in milliseconds since 1970. */
  #dateTime(part: BuiltPart): number {
    return (this.#wallOffset ?? Date.now()) + part.start / MS;
  }

  #dropUnusedInits(): void {
    const used = new Set(this.#store.segments.map(({ init }) => init));
    for (const id of this.#inits.keys()) if (id !== this.#init && !used.has(id)) this.#inits.delete(id);
  }

  /** Readers are told once for all that one frame led to: a part, and perhaps its segment's end. */
  #changed(): void {
    this.#prepared = {};
    if (this.#announcing) return;
    this.#announcing = true;
    queueMicrotask(() => {
      this.#announcing = false;
      for (const listener of this.#listeners) listener();
    });
  }

  #write(delta: boolean): string {
    const { protection, tickMs } = this.#options;
    return writePlaylist(
      {
        segments: this.#store.segments,
        nextMsn: this.#store.nextMsn,
        discontinuitySequence: this.#store.discontinuitySequence,
        targetDuration: this.targetDuration,
        partTarget: this.#partTarget.seconds,
        hint: this.#hint(),
        ended: this.#ended,
        protection:
          protection.kind === "clear"
            ? undefined
            : { ...protection, tickMs, keyHash: (epoch) => protection.vault.keyHash(epoch) },
      },
      delta,
    );
  }

  #hint(): string | undefined {
    const last = this.#store.segments.at(-1)?.parts.at(-1);
    if (!this.#flowing || this.#discontinuity || last === undefined) return undefined;
    const { msn, part } = this.#store.edge;
    return partUri(msn, part, this.#cipher?.next(this.epochAt(last.start + last.duration)));
  }
}

/** As `initUri` wants it: two sections that differ never share a URL, also over a restart of the node. */
function initId(section: Uint8Array): string {
  return createHash("sha256").update(section).digest("hex").slice(0, 16);
}
