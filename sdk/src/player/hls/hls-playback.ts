// SPDX-License-Identifier: Apache-2.0
import type { ErrorData, FragBufferedData, HlsConfig, default as HlsClass } from "hls.js";
import { later } from "../../delay.ts";
import { asError, SdkError } from "../../errors.ts";
import type { Playback, PlaybackHost, PlaybackSource, PlaybackStats } from "../playback.ts";
import type { Latency, PlayerSession } from "../player.ts";
import { RateWindow } from "../rate-window.ts";
import { decryptingLoader, type KeyWaits } from "./decrypting-loader.ts";
import { playlistLoader } from "./playlist-loader.ts";

/** Further behind than this, or than three times the target, playback jumps to the live edge, in seconds. */
const MAX_LATENCY_S = 6;
/** With `steady`, this much is kept between the viewer and the live edge, in seconds. */
const STEADY_LATENCY_S = 6;
const STEADY_SLACK_S = 1;
const RESTART_MIN_MS = 500;
const RESTART_MAX_MS = 5_000;
/** The node's answer where HLS cannot carry the stream's codec. */
const NOT_ACCEPTABLE = 406;
/** A second media error within this long is not mended in place. */
const MEDIA_RECOVERY_MS = 20_000;
const MAX_MEDIA_RECOVERIES = 4;
/** A gap this small is played over, in seconds. */
const GAP_S = 0.1;
/** Playback begins with this much in the buffer beyond the part joined at, at most, in seconds. */
const MAX_START_BUFFER_S = 1.5;

/** Has hls.js at hand. */
export async function preloadHls(): Promise<void> {
  await import("hls.js/light");
}

/**
 * Plays by LL-HLS, with hls.js.
 *
 * @throws SdkError `player-unsupported` where the browser has no Media Source Extensions
 */
export async function createHlsPlayback(options: {
  video: HTMLVideoElement;
  source: PlaybackSource;
  latency: Latency;
  host: PlaybackHost;
}): Promise<Playback> {
  const { default: Hls } = await import("hls.js/light");
  if (!Hls.isSupported()) {
    throw new SdkError(
      "player-unsupported",
      "This browser has no Media Source Extensions to play the stream with.",
    );
  }
  return new HlsPlayback(Hls, options);
}

class HlsPlayback implements Playback {
  readonly transport = "hls";
  readonly needsElement = true;
  readonly #Hls: typeof HlsClass;
  readonly #hls: HlsClass;
  readonly #video: HTMLVideoElement;
  readonly #host: PlaybackHost;
  readonly #url: string;
  readonly #waits: KeyWaits;
  readonly #rate = new RateWindow();
  readonly #listening = new AbortController();
  #session: PlayerSession | null;
  #latency: Latency;
  /** hls.js's own target, once something else was asked for. */
  #lowLatencyTarget: number | null = null;
  #loaded = false;
  /** Enough was there to play from, once. */
  #started = false;
  #seekToEdge = false;
  #restarts = 0;
  #restart: (() => void) | null = null;
  #recoveries: number[] = [];
  #codecs: { video: string | null; audio: string | null } = { video: null, audio: null };

  constructor(
    Hls: typeof HlsClass,
    options: { video: HTMLVideoElement; source: PlaybackSource; latency: Latency; host: PlaybackHost },
  ) {
    this.#Hls = Hls;
    this.#video = options.video;
    this.#host = options.host;
    this.#url = options.source.playlistUrl;
    this.#session = options.source.session;
    this.#latency = options.latency;
    this.#waits = { changed: () => this.#host.starved(), count: 0 };
    this.#hls = new Hls(this.#config());
    this.#listen();
  }

  get latencyMs(): number | null {
    return this.#started ? Math.round(this.#hls.latency * 1_000) : null;
  }

  get isStarved(): boolean {
    return this.#waits.count > 0;
  }

  get aheadSeconds(): number {
    const { buffered, currentTime } = this.#video;
    for (let i = 0; i < buffered.length; i++) {
      // What lies behind a gap cannot be played on to.
      const isHere = buffered.start(i) <= currentTime + GAP_S && currentTime < buffered.end(i);
      if (isHere) return buffered.end(i) - currentTime;
    }
    return 0;
  }

  start(): void {
    if (!this.#loaded) {
      this.#loaded = true;
      this.#hls.loadSource(this.#url);
      this.#hls.attachMedia(this.#video);
      return;
    }
    this.#started = true;
    this.#seekToEdge = true;
    this.#hls.startLoad(-1);
  }

  stop(): void {
    this.#hls.stopLoad();
  }

  /** hls.js has put it there as it came. */
  show(): void {}

  goLive(): void {
    const edge = this.#hls.liveSyncPosition;
    if (edge !== null) this.#video.currentTime = edge;
  }

  setLatency(latency: Latency): void {
    if (latency === this.#latency) return;
    this.#latency = latency;
    this.#aimAt(latency);
  }

  useSession(session: PlayerSession): boolean {
    const before = this.#session;
    if (before === null) return false;
    // Delta updates of the playlist go on from what was listed before.
    session.media.adopt(before.media);
    this.#session = session;
    return true;
  }

  networkChanged(): void {
    this.#restart?.();
  }

  async stats(): Promise<PlaybackStats> {
    return {
      transport: "hls",
      latencyMs: this.latencyMs,
      bufferMs: Math.round(this.aheadSeconds * 1_000),
      bitrate: this.#rate.perSecond,
      videoCodec: this.#codecs.video,
      audioCodec: this.#codecs.audio,
      epoch: this.#session?.media.edge ?? null,
      packetsLost: null,
      roundTripMs: null,
    };
  }

  dispose(): void {
    this.#listening.abort();
    this.#hls.destroy();
  }

  #config(): Partial<HlsConfig> {
    return {
      lowLatencyMode: true,
      // A stall must not add a second of latency for good; and a duration count would override PART-HOLD-BACK.
      liveSyncOnStallIncrease: 0,
      maxLiveSyncPlaybackRate: 1.25,
      backBufferLength: 10,
      maxBufferLength: 10,
      ...(this.#session && {
        pLoader: playlistLoader(this.#Hls.DefaultConfig.loader, {
          media: () => this.#session!.media,
          joinsLate: () => this.#latency !== "steady",
        }),
        fLoader: decryptingLoader(() => this.#session!, this.#waits),
      }),
    };
  }

  #listen(): void {
    const { Events } = this.#Hls;
    this.#hls.on(Events.ERROR, (_event, data) => this.#failed(data));
    this.#hls.on(Events.LEVEL_LOADED, () => this.#levelLoaded());
    this.#hls.on(Events.LEVEL_UPDATED, () => this.#levelUpdated());
    this.#hls.on(Events.FRAG_BUFFERED, (_event, data) => this.#buffered(data));
    this.#hls.on(Events.BUFFER_EOS, () => {
      // The element's own `ended` does not come where audio and video end apart.
      later(this.aheadSeconds * 1_000 + 500, this.#listening.signal, () => this.#host.ended());
    });
    this.#hls.on(Events.BUFFER_CREATED, (_event, { tracks }) => {
      const [video, audio] = (tracks.audiovideo?.codec ?? "").split(",");
      this.#codecs = {
        video: tracks.video?.codec ?? (video || null),
        audio: tracks.audio?.codec ?? audio ?? null,
      };
    });
    this.#video.addEventListener("ended", () => this.#host.ended(), { signal: this.#listening.signal });
  }

  #aimAt(latency: Latency): void {
    const target = this.#hls.targetLatency;
    if (target === null) return;
    if (latency === "steady") {
      this.#lowLatencyTarget ??= target;
      this.#hls.targetLatency = Math.max(STEADY_LATENCY_S, this.#lowLatencyTarget);
    } else if (this.#lowLatencyTarget !== null) this.#hls.targetLatency = this.#lowLatencyTarget;
    else return;
    if (this.#started) this.goLive();
  }

  #levelLoaded(): void {
    if (this.#lowLatencyTarget === null) this.#aimAt(this.#latency);
  }

  /** Starts with enough buffered not to stall at once: the latest independent part may be very young. */
  #buffered({ part, frag, stats }: FragBufferedData): void {
    this.#rate.add((part?.stats ?? stats).loaded * 8, part?.duration ?? frag.duration);
    if (this.#started) return;
    const { buffered, currentTime } = this.#video;
    const end = buffered.length > 0 ? buffered.end(buffered.length - 1) : 0;
    const start = buffered.length > 0 ? Math.max(buffered.start(0), currentTime) : 0;
    if (end - start < Math.min(this.#hls.targetLatency ?? 0, MAX_START_BUFFER_S) * 0.8) return;
    this.#started = true;
    this.#host.ready();
    // The wish may have come after hls.js had chosen where to begin.
    const target = this.#hls.targetLatency ?? 0;
    if (this.#latency === "steady" && this.#hls.latency < target - STEADY_SLACK_S) this.goLive();
  }

  #levelUpdated(): void {
    this.#restarts = 0;
    if (this.#seekToEdge) {
      this.#seekToEdge = false;
      this.goLive();
      this.#host.ready();
      return;
    }
    const limit = Math.max(MAX_LATENCY_S, 3 * (this.#hls.targetLatency ?? 0));
    const behind = this.#started && !this.#video.paused && this.#hls.latency > limit;
    if (behind && !this.isStarved) this.goLive();
  }

  #failed(data: ErrorData): void {
    const cause: unknown = data.error;
    const error = new SdkError("player-failed", "Playback was disturbed.", {
      details: `${data.details}${data.reason ? `: ${data.reason}` : ""}`,
      cause: cause === undefined ? undefined : asError(cause),
    });
    this.#host.disturbed(error);
    if (!data.fatal) return;
    if (data.response?.code === NOT_ACCEPTABLE) this.#host.failed(error, true);
    else if (data.type === this.#Hls.ErrorTypes.MEDIA_ERROR) this.#mediaFailed(error);
    else this.#restartLater();
  }

  #mediaFailed(error: SdkError): void {
    const now = performance.now();
    this.#recoveries = this.#recoveries.filter((at) => now - at < MEDIA_RECOVERY_MS);
    if (this.#recoveries.length >= MAX_MEDIA_RECOVERIES) {
      this.#host.failed(error, false);
      return;
    }
    // One fault in the media may take more than one new start to get past.
    const wait = this.#recoveries.length * RESTART_MIN_MS;
    this.#recoveries.push(now);
    later(wait, this.#listening.signal, () => {
      this.#hls.recoverMediaError();
      this.#seekToEdge = true;
    });
  }

  /** A node that restarts, a network that is gone: whatever hls.js gave up is begun again, for as long as it takes. */
  #restartLater(): void {
    this.#host.interrupted();
    const wait = Math.min(RESTART_MIN_MS * 2 ** this.#restarts++, RESTART_MAX_MS);
    const restart = () => {
      if (this.#restart !== restart) return;
      this.#restart = null;
      if (this.#hls.levels.length === 0) {
        this.#hls.loadSource(this.#url);
        return;
      }
      if (this.#started) this.#seekToEdge = true;
      this.#hls.startLoad(-1);
    };
    this.#restart = restart;
    later(wait, this.#listening.signal, restart);
  }
}
