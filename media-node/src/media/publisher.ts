// SPDX-License-Identifier: Apache-2.0
import type { TickstreamError } from "@tickstream/contracts-types";
import type { Packager } from "../packaging/packager.ts";
import { PublishRefusedError } from "./errors.ts";
import type { PlacedFrame } from "./fan-out.ts";
import { CLOCK_RATE, sameTrack, type Frame, type Track, type TrackKind } from "./frame.ts";
import { type MediaClock, toClock } from "./media-clock.ts";
import type { Timeline } from "./timeline.ts";

/** Where an ingest puts what a publisher sends. Methods throw nothing: a refused publisher is told by `onClosed`. */
export interface PublisherSink {
  /** A track begins, or changes its configuration. */
  track(track: Track): void;
  /** The next frame of an announced track. */
  frame(frame: Frame): void;
  /** The publisher is gone. */
  close(): void;
}

/** How a publisher's packets come, since it began. */
export interface ConnectionStats {
  packets: number;
  /** Never came, asked for again or not. */
  lost: number;
  /** Came when they were asked for again. */
  recovered: number;
  /** Of arrival times, milliseconds. */
  jitterMs: number;
  /** There and back, milliseconds; `null` while unknown. */
  roundTripMs: number | null;
  /** Loudness of the newest sound, dB below the loudest possible, 127 for silence; `null` where nobody says. */
  level: number | null;
}

export interface PublisherInfo {
  /** For the log and the creator: `rtmp`, `whip`, … */
  protocol: string;
  address: string;
  /** The stream lets go of the publisher: the connection has to be closed with this reason. */
  onClosed: (reason: TickstreamError) => void;
  /** Asks the source for a picture that decodes by itself, where the protocol can ask. */
  requestKeyframe?: () => void;
  /** How its packets come, where the protocol tells. */
  connection?: () => ConnectionStats;
}

export interface PublisherOptions {
  packager: Packager;
  clock: MediaClock;
  timeline: Timeline;
  /** What comes from here on has no clock in common with what came before. */
  onRun: () => void;
  /** The tracks of the frames to come. */
  onTracks: (tracks: readonly Track[]) => void;
  /** A frame went on air. */
  onFrame: (frame: PlacedFrame) => void;
  onDropped: () => void;
  /** Called once, with a reason where it was not the publisher's own wish. */
  onClose: (reason: TickstreamError | undefined) => void;
}

/** A source that announced one track so far gets this much media time to announce the other. 90 kHz ticks. */
const SECOND_TRACK_PATIENCE = CLOCK_RATE / 2;
const MAX_START_FRAMES = 2_048;
const MAX_START_BYTES = 16 << 20;
/** Media time may lead wall time by this share and this much (docs/protocol.md, "Viewer ⇄ node"). */
const MAX_LEAD_SHARE = 0.05;
const MAX_LEAD = 2 * CLOCK_RATE;
const MAX_JUMPS_A_MINUTE = 10;
/** Frames in a row that fit nowhere on the clock. */
const MAX_STALE_FRAMES = 1_000;
/** Numbers to spare for what one frame can lead to: segments ended, tracks changed. */
const RESERVE_AHEAD = 3;

/** One publish: puts a publisher's frames on the stream's clock and into its packager. */
export class Publisher implements PublisherSink {
  readonly #options: PublisherOptions;
  readonly #startedAt = performance.now();
  readonly #mediaStart: number;
  readonly #announced = new Map<TrackKind, Track>();
  #packaged = new Map<TrackKind, Track>();
  /** Frames that wait until it is clear which tracks there are. */
  #waiting: Frame[] = [];
  #waitingBytes = 0;
  #needKeyframe = true;
  #jumps: number[] = [];
  #stale = 0;
  #closed = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#mediaStart = options.clock.end;
  }

  track(track: Track): void {
    if (this.#closed) return;
    this.#announced.set(track.kind, track);
  }

  frame(frame: Frame): void {
    if (this.#closed || !this.#announced.has(frame.kind)) return;
    if (this.#options.clock.running) {
      this.#accept(frame);
      return;
    }
    this.#waiting.push(frame);
    this.#waitingBytes += frame.data.length;
    if (this.#waiting.length > MAX_START_FRAMES || this.#waitingBytes > MAX_START_BYTES) {
      this.#refuse("media-overflow", "Much media came, but no keyframe to begin with.");
    } else if (this.#tracksSettled()) {
      this.#start();
    }
  }

  close(): void {
    this.#close(undefined);
  }

  /** Lets go of the publisher for a reason of the stream's own. */
  dismiss(reason: TickstreamError): void {
    this.#close(reason);
  }

  /** Both tracks are announced, or the second one has been waited for long enough. */
  #tracksSettled(): boolean {
    if (this.#announced.size === 2) return true;
    const [first, last] = [this.#waiting[0], this.#waiting.at(-1)];
    const track = first && this.#announced.get(first.kind);
    if (track === undefined || first === undefined || last === undefined) return false;
    return toClock(track, last.dts - first.dts) >= SECOND_TRACK_PATIENCE;
  }

  /** Begins with the first frame that decodes by itself, if it has come. */
  #start(): void {
    const leader: TrackKind = this.#announced.has("video") ? "video" : "audio";
    const first = this.#waiting.findIndex((frame) => frame.kind === leader && frame.keyframe);
    if (first < 0) {
      this.#forget(this.#waiting);
      return;
    }
    const frames = this.#waiting.slice(first);
    this.#forget(this.#waiting.slice(0, first));
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (!this.#startRun(frames[0] as Frame)) return;
    for (const frame of frames) this.#accept(frame);
  }

  /** Before the first keyframe nothing can be shown: sound of that time is let go as well. */
  #forget(frames: Frame[]): void {
    for (let i = 0; i < frames.length; i++) this.#options.onDropped();
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** A new run of cipher counters, from this frame on. False while none is reserved. */
  #startRun(frame: Frame): boolean {
    const { clock, packager, timeline } = this.#options;
    const run = timeline.takeRun();
    if (run === undefined) {
      this.#options.onDropped();
      return false;
    }
    packager.startRun(run);
    clock.begin(this.#announced.get(frame.kind) as Track, frame);
    this.#options.onRun();
    this.#needKeyframe = this.#announced.has("video");
    this.#packaged = new Map();
    return true;
  }

  #accept(frame: Frame): void {
    if (this.#closed) return;
    const { clock, packager } = this.#options;
    const track = this.#announced.get(frame.kind) as Track;
    const placement = clock.place(track, frame);
    if (placement.kind === "jump") {
      this.#jump(frame);
      return;
    }
    if (placement.kind === "stale") {
      this.#options.onDropped();
      if (++this.#stale > MAX_STALE_FRAMES) {
        this.#refuse("media-out-of-order", "The timestamps of sound and picture are too far apart.");
      }
      return;
    }
    this.#stale = 0;
    const time = toClock(track, placement.dts);
    if (!this.#inTime(time) || !this.#numbersLast(time)) return;
    this.#updateTracks();
    if (frame.kind === "video" && this.#needKeyframe) {
      if (!frame.keyframe) {
        this.#options.onDropped();
        return;
      }
      this.#needKeyframe = false;
    }
    const { kind, cts, keyframe, data } = frame;
    if (!packager.push(kind, { dts: placement.dts, cts, keyframe, data })) {
      this.#refuse("media-overflow", "More frames came than fit into the time they cover.");
      return;
    }
    this.#options.onFrame({ ...frame, time, epoch: packager.epochAt(time) });
  }

  /** The publisher's clock jumped: what it sends goes on where the stream stood, in a new run. */
  #jump(frame: Frame): void {
    const now = performance.now();
    this.#jumps = this.#jumps.filter((at) => now - at < 60_000);
    this.#jumps.push(now);
    if (this.#jumps.length > MAX_JUMPS_A_MINUTE) {
      this.#refuse("media-jumps", "The timestamps jump again and again.");
      return;
    }
    this.#interrupt();
    this.#waiting = [frame];
    this.#waitingBytes = frame.data.length;
    this.#start();
  }

  /** Ends the run: the next one begins with a keyframe. */
  #interrupt(): void {
    this.#options.packager.flush();
    this.#options.clock.stop();
  }

  /** Tells the packager of tracks that were announced or changed since the last frame. */
  #updateTracks(): void {
    const tracks = [...this.#announced.values()].toSorted((a) => (a.kind === "video" ? -1 : 1));
    if (
      tracks.length === this.#packaged.size &&
      tracks.every((track) => sameTrack(track, this.#packaged.get(track.kind)))
    ) {
      return;
    }
    if (!sameTrack(this.#announced.get("video"), this.#packaged.get("video"))) this.#needKeyframe = true;
    this.#packaged = new Map(this.#announced);
    this.#options.packager.setTracks(tracks);
    this.#options.onTracks(tracks);
  }

  /** Media time must not run ahead of wall time: viewers pay by media time. */
  #inTime(time: number): boolean {
    const media = time - this.#mediaStart;
    const wall = ((performance.now() - this.#startedAt) * CLOCK_RATE) / 1_000;
    if (media <= wall * (1 + MAX_LEAD_SHARE) + MAX_LEAD) return true;
    this.#refuse(
      "media-ahead-of-time",
      "The media runs faster than real time; a live source has to send at its own pace (ffmpeg: -re).",
    );
    return false;
  }

  /** Whether the numbers that this frame may need are reserved; if not, media is dropped until they are. */
  #numbersLast(time: number): boolean {
    const { packager, timeline } = this.#options;
    const { msn, discontinuitySequence } = packager.position;
    const used = { nextEpoch: packager.epochAt(time) + 1, nextMsn: msn, discontinuitySequence };
    timeline.advance(used);
    const enough = timeline.covers({
      nextEpoch: used.nextEpoch + RESERVE_AHEAD,
      nextMsn: used.nextMsn + RESERVE_AHEAD,
      discontinuitySequence: used.discontinuitySequence + RESERVE_AHEAD,
    });
    if (!enough) {
      this.#options.onDropped();
      this.#interrupt();
    }
    return enough;
  }

  #refuse(code: string, sentence: string): void {
    this.#close(new PublishRefusedError(code, sentence));
  }

  #close(reason: TickstreamError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = [];
    this.#interrupt();
    this.#options.onClose(reason);
  }
}
