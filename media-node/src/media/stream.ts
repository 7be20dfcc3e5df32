// SPDX-License-Identifier: Apache-2.0
import type { TickstreamError } from "@tickstream/contracts-types";
import { Packager, type HlsSource, type Protection } from "../packaging/packager.ts";
import { StreamEndedError, StreamInUseError } from "./errors.ts";
import { FanOut, type FrameConsumer, type PlacedFrame } from "./fan-out.ts";
import { CLOCK_RATE, type Track } from "./frame.ts";
import { MediaClock } from "./media-clock.ts";
import { Publisher, type ConnectionStats, type PublisherInfo, type PublisherSink } from "./publisher.ts";
import { RateMeter } from "./rate-meter.ts";
import { Timeline, type TimelineStore } from "./timeline.ts";

/** `idle`: nobody has published, or the last publisher is gone for good; `waiting`: it may come back. */
export type StreamState = "idle" | "live" | "waiting" | "ended";

/** What a stream writes its log to; pino fits. */
export interface StreamLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface LiveStreamOptions {
  /** As in its URL. */
  id: string;
  /** Milliseconds of media in a tick. */
  tickMs: number;
  protection: Protection;
  timeline: TimelineStore;
  log: StreamLog;
  /** Wanted part duration, milliseconds; the real one is the nearest multiple of the frame duration. Default 250. */
  partTargetMs?: number;
  /** A segment ends at the first keyframe after this long, milliseconds. Default 1,000. */
  segmentTargetMs?: number;
  /** Media that stays listed and served, milliseconds. Default 30,000. */
  windowMs?: number;
  /** The most media held in memory, bytes. Default 96 MiB. */
  maxBytes?: number;
  /** How long viewers are kept waiting for a publisher to return, milliseconds. Default 300,000. */
  waitMs?: number;
}

/** What a stream's source looks like at the moment. */
export interface StreamStats {
  /** Bits and frames per second that came in over the last seconds. */
  bitrate: number;
  fps: number;
  /** Milliseconds between the last two keyframes, 0 while unknown. */
  gopMs: number;
  /** Pictures come in another order than they are shown in. */
  hasBFrames: boolean;
  frames: number;
  droppedFrames: number;
  /** How often somebody began to publish. */
  publishes: number;
  /** Media held in memory. */
  bytes: number;
}

/** Who publishes to a stream. */
export interface PublisherOfNow {
  /** `rtmp`, `whip`, … */
  readonly protocol: string;
  readonly since: Date;
  /** How its packets come, where the protocol tells. */
  readonly connection: (() => ConnectionStats) | undefined;
}

/** What a stream has once somebody has published to it. */
interface Core {
  timeline: Timeline;
  packager: Packager;
  clock: MediaClock;
}

const DEFAULTS = { partTargetMs: 250, segmentTargetMs: 1_000, windowMs: 30_000, maxBytes: 96 << 20 };
const DEFAULT_WAIT_MS = 300_000;
/** A keyframe costs the publisher several pictures' bits: viewers who join together share one. */
const KEYFRAME_REQUEST_MS = 500;

/** Begins a stream; nobody publishes yet. */
export function createLiveStream(options: LiveStreamOptions): LiveStream {
  return new LiveStream(options);
}

/**
 * One stream as long as the node runs: takes one publisher at a time and carries on its numbering over
 * publishes, gaps and restarts.
 */
export class LiveStream {
  readonly id: string;
  /** What viewers get. */
  readonly hls: HlsSource;
  readonly #options: LiveStreamOptions;
  #state: StreamState = "idle";
  #startedAt: Date | undefined;
  #core: Core | undefined;
  #publisher: Publisher | undefined;
  #publisherOfNow: PublisherOfNow | null = null;
  #requestKeyframe: (() => void) | undefined;
  #keyframeRequestedAt = Number.NEGATIVE_INFINITY;
  readonly #fanOut: FanOut;
  #opening = false;
  #stopReason: TickstreamError | undefined;
  #edge: number | null = null;
  #idleTimer: NodeJS.Timeout | undefined;
  readonly #edgeListeners = new Set<(epoch: number) => void>();
  readonly #stateListeners = new Set<(state: StreamState) => void>();
  readonly #changeListeners = new Set<() => void>();
  readonly #bytesMeter = new RateMeter();
  readonly #picturesMeter = new RateMeter();
  #counters = { frames: 0, droppedFrames: 0, publishes: 0, gopMs: 0 };
  #lastKeyframe: number | undefined;

  constructor(options: LiveStreamOptions) {
    this.id = options.id;
    this.#options = options;
    this.hls = this.#source();
    this.#fanOut = new FanOut((error) =>
      options.log.warn({ stream: this.id, err: error }, "a consumer of the stream's frames failed"),
    );
  }

  get state(): StreamState {
    return this.#state;
  }

  /** When the stream went on air, after the last time nobody published for good. */
  get startedAt(): Date | undefined {
    return this.#startedAt;
  }

  /** Who publishes now; another object for every publish. */
  get publisher(): PublisherOfNow | null {
    return this.#publisherOfNow;
  }

  get tickMs(): number {
    return this.#options.tickMs;
  }

  /** Whether its seconds are sold: then only keys open its media. */
  get sold(): boolean {
    return this.#options.protection.kind === "epoch";
  }

  /** The epoch of the newest part, or null off air. */
  edgeEpoch(): number | null {
    return this.#edge;
  }

  /** The epoch of the oldest part that is still served, or null where there is none. */
  firstEpoch(): number | null {
    return this.#core?.packager.firstEpoch ?? null;
  }

  /** Calls back when the newest part is of a new epoch. Returns the way to stop it. */
  onEdge(listener: (epoch: number) => void): () => void {
    this.#edgeListeners.add(listener);
    return () => this.#edgeListeners.delete(listener);
  }

  onState(listener: (state: StreamState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Whether pictures come in another order than they are shown in, as far as this publish has told. */
  get hasBFrames(): boolean {
    return this.#fanOut.hasBFrames;
  }

  /** What is on air, or was last: the picture first. */
  tracks(): Track[] {
    return this.#fanOut.tracks;
  }

  /**
   * Hands every frame to a consumer from now on or, with `replay`, from the last keyframe on.
   *
   * @returns the way to stop it
   */
  subscribe(consumer: FrameConsumer, options: { replay?: boolean } = {}): () => void {
    return this.#fanOut.subscribe(consumer, { replay: options.replay ?? false });
  }

  /** Asks the publisher for a keyframe, not too often, where its protocol can ask. False: it can't. */
  requestKeyframe(): boolean {
    if (this.#requestKeyframe === undefined) return false;
    const now = performance.now();
    if (now - this.#keyframeRequestedAt >= KEYFRAME_REQUEST_MS) {
      this.#keyframeRequestedAt = now;
      this.#requestKeyframe();
    }
    return true;
  }

  /**
   * Takes a publisher. The stream goes on where it stood: epochs, runs and segments are counted on.
   *
   * @throws {@link StreamInUseError}, {@link StreamEndedError}, `TimelineUnavailableError`
   */
  async openPublisher(info: PublisherInfo): Promise<PublisherSink> {
    this.#mustTakePublishers();
    if (this.#publisher !== undefined || this.#opening) throw new StreamInUseError();
    this.#opening = true;
    try {
      const { timeline, packager, clock } = (this.#core ??= await this.#open());
      await timeline.ensure();
      this.#mustTakePublishers();
      const publisher = new Publisher({
        packager,
        clock,
        timeline,
        onRun: () => this.#fanOut.startRun(),
        onTracks: (tracks) => this.#fanOut.setTracks(tracks),
        onFrame: (frame) => {
          this.#count(frame);
          this.#fanOut.frame(frame);
        },
        onDropped: () => this.#counters.droppedFrames++,
        onClose: (reason) => this.#publisherGone(info, reason),
      });
      this.#publisher = publisher;
      this.#publisherOfNow = {
        protocol: info.protocol,
        since: new Date(),
        connection: info.connection,
      };
      this.#requestKeyframe = info.requestKeyframe;
      this.#counters.publishes++;
      clearTimeout(this.#idleTimer);
      const { protocol, address } = info;
      this.#options.log.info({ stream: this.id, protocol, address }, "publisher connected");
      return publisher;
    } finally {
      this.#opening = false;
    }
  }

  stats(): StreamStats {
    const now = performance.now();
    return {
      bitrate: Math.round(this.#bytesMeter.rate(now) * 8),
      fps: Math.round(this.#picturesMeter.rate(now) * 10) / 10,
      ...this.#counters,
      hasBFrames: this.#fanOut.hasBFrames,
      bytes: this.#core?.packager.bytes ?? 0,
    };
  }

  /** Ends the stream for good: the publisher is dismissed, players are told, the numbers are stored. */
  async end(): Promise<void> {
    if (this.#state === "ended") return;
    this.#setState("ended");
    await this.#shutDown(new StreamEndedError());
  }

  /** The node stops: like {@link end}, but the stream may go on after a restart, and players are not told otherwise. */
  async stop(reason: TickstreamError): Promise<void> {
    this.#stopReason = reason;
    await this.#shutDown(reason);
  }

  #mustTakePublishers(): void {
    if (this.#state === "ended") throw new StreamEndedError();
    if (this.#stopReason !== undefined) throw this.#stopReason;
  }

  async #shutDown(reason: TickstreamError): Promise<void> {
    this.#publisher?.dismiss(reason);
    clearTimeout(this.#idleTimer);
    this.#edge = null;
    if (this.#core === undefined) return;
    const { packager, timeline, clock } = this.#core;
    if (this.#state === "ended") packager.end();
    const { msn, discontinuitySequence } = packager.position;
    timeline.advance({ nextEpoch: packager.epochAt(clock.end) + 1, nextMsn: msn, discontinuitySequence });
    if (!(await timeline.close())) {
      this.#options.log.warn(
        { stream: this.id },
        "the stream's numbers could not be stored: a restart skips some",
      );
    }
  }

  async #open(): Promise<Core> {
    const { tickMs, protection, timeline: store } = this.#options;
    const timeline = await Timeline.open(store, tickMs);
    const { nextEpoch, nextMsn, discontinuitySequence } = timeline.position;
    const clock = new MediaClock((nextEpoch * tickMs * CLOCK_RATE) / 1_000);
    const { partTargetMs, segmentTargetMs, windowMs, maxBytes } = { ...DEFAULTS, ...this.#options };
    const packager = new Packager({
      tickMs,
      protection,
      partTargetMs,
      segmentTargetMs,
      windowMs,
      maxBytes,
      first: { msn: nextMsn, discontinuitySequence, discontinuity: nextMsn > 0 },
      onPart: ({ start, duration, epoch }) => {
        clock.extend(start + duration);
        this.#partOut(epoch);
      },
    });
    packager.onChange(() => {
      for (const listener of this.#changeListeners) listener();
    });
    return { timeline, packager, clock };
  }

  #partOut(epoch: number): void {
    if (this.#state === "idle" || this.#state === "waiting") {
      this.#startedAt ??= new Date();
      this.#setState("live");
    }
    if (this.#edge !== null && epoch <= this.#edge) return;
    this.#edge = epoch;
    for (const listener of this.#edgeListeners) listener(epoch);
  }

  #publisherGone(info: PublisherInfo, reason: TickstreamError | undefined): void {
    this.#publisher = undefined;
    this.#publisherOfNow = null;
    this.#requestKeyframe = undefined;
    this.#lastKeyframe = undefined;
    const { protocol, address } = info;
    const fields = { stream: this.id, protocol, address };
    if (reason === undefined) {
      this.#options.log.info(fields, "publisher gone");
    } else {
      this.#options.log.warn({ ...fields, code: reason.code }, `publisher closed: ${reason.message}`);
      info.onClosed(reason);
    }
    if (this.#state === "ended") return;
    if (this.#state === "live") this.#setState("waiting");
    this.#idleTimer = setTimeout(() => this.#giveUpWaiting(), this.#options.waitMs ?? DEFAULT_WAIT_MS);
    this.#idleTimer.unref();
  }

  /** Nobody came back: the memory is given back, and the next publisher begins anew to viewers. */
  #giveUpWaiting(): void {
    this.#edge = null;
    this.#startedAt = undefined;
    this.#core?.packager.clear();
    if (this.#state !== "idle") this.#setState("idle");
  }

  #setState(state: StreamState): void {
    this.#state = state;
    this.#options.log.info({ stream: this.id, state }, `stream ${state}`);
    for (const listener of this.#stateListeners) listener(state);
  }

  #count(frame: PlacedFrame): void {
    const now = performance.now();
    this.#counters.frames++;
    this.#bytesMeter.add(frame.data.length, now);
    if (frame.kind !== "video") return;
    this.#picturesMeter.add(1, now);
    if (!frame.keyframe) return;
    if (this.#lastKeyframe !== undefined && frame.dts > this.#lastKeyframe) {
      this.#counters.gopMs = Math.round(((frame.dts - this.#lastKeyframe) * 1_000) / CLOCK_RATE);
    }
    this.#lastKeyframe = frame.dts;
  }

  /** The packager exists once somebody has published; viewers may ask before. */
  #source(): HlsSource {
    const packager = (): Packager | undefined => this.#core?.packager;
    const ended = (): boolean => this.#state === "ended";
    return {
      playlist: (delta) => packager()?.playlist(delta),
      availability: (msn, part) => packager()?.availability(msn, part) ?? "gone",
      part: (msn, index) => packager()?.part(msn, index),
      segment: (msn) => packager()?.segment(msn),
      init: (id) => packager()?.init(id),
      get unplayable() {
        return packager()?.unplayable;
      },
      get ended() {
        return ended();
      },
      get targetDuration() {
        return packager()?.targetDuration ?? 2;
      },
      onChange: (listener) => {
        this.#changeListeners.add(listener);
        return () => this.#changeListeners.delete(listener);
      },
    };
  }
}
