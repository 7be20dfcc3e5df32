// SPDX-License-Identifier: Apache-2.0
import type { ErrorData, HlsConfig, default as HlsClass } from "hls.js";
import { asError, type PaymentBlockedError, SdkError, type BlockReason } from "../errors.ts";
import { Emitter, type Events } from "../events.ts";
import type { PaySession, SessionState } from "../payment/pay-session.ts";
import { decryptingLoader, type KeyWaits } from "./decrypting-loader.ts";
import { playlistLoader } from "./playlist-loader.ts";

/** What a player is doing. */
export type PlayerState =
  | { name: "loading" }
  | { name: "playing" }
  /** By the viewer; a paid stream buys nothing meanwhile. */
  | { name: "paused" }
  /** For media: the network, or a publisher that is gone for now. Goes on by itself. */
  | { name: "waiting" }
  /** For money or consent; `reason` says which. Goes on at the live edge when the session does. */
  | { name: "blocked"; reason: BlockReason; error: PaymentBlockedError }
  | { name: "ended" };

export interface PlayerEvents {
  state: PlayerState;
  /** The browser wants a click before it plays with sound: call `video.play()` from one, or mute and call it. */
  "autoplay-refused": SdkError;
  /** Dealt with by the player itself, or told by the state too. */
  error: SdkError;
}

/** The parts of a session that a player needs. */
export type PlayerSession = Pick<
  PaySession,
  "playlistUrl" | "state" | "on" | "key" | "proved" | "disproved" | "joined" | "pause" | "resume" | "media"
>;

export type PlayerOptions = {
  video: HTMLVideoElement;
  /** Whether playback begins by itself; `true` unless given. */
  autoplay?: boolean | undefined;
} & (
  | { session: PlayerSession }
  /** A clear stream, by the absolute URL of its playlist: no payment code is loaded for it. */
  | { playlistUrl: string }
);

/** Plays one stream in one video element. The session stays its maker's to dispose. */
export interface Player extends Events<PlayerEvents> {
  readonly state: PlayerState;
  /** Behind the live edge, in milliseconds; `null` before playback. */
  readonly latencyMs: number | null;
  /** Jumps to the live edge. */
  goLive(): void;
  dispose(): Promise<void>;
}

/** Further behind than this, or than three times the target, the player jumps to the live edge, in seconds. */
const MAX_LATENCY_S = 6;
const RESTART_MIN_MS = 500;
const RESTART_MAX_MS = 5_000;
const MEDIA_RECOVERY_MS = 5_000;
/** Playback begins with this much in the buffer beyond the part joined at, at most, in seconds. */
const MAX_START_BUFFER_S = 1.5;
/** A wait for a key that is shorter than this is no block the viewer should hear of. */
const BLOCK_AFTER_MS = 400;

/**
 * Plays a stream with hls.js, which is loaded here, when it is needed.
 *
 * @example
 * const player = await createPlayer({ video, session });
 * player.on("state", (state) => state.name === "blocked" && show(state.error.shortMessage));
 */
export async function createPlayer(options: PlayerOptions): Promise<Player> {
  const { default: Hls } = await import("hls.js/light");
  if (!Hls.isSupported()) {
    throw new SdkError(
      "player-unsupported",
      "This browser has no Media Source Extensions to play the stream with.",
    );
  }
  return new HlsPlayer(Hls, options);
}

class HlsPlayer implements Player {
  readonly #hls: HlsClass;
  readonly #Hls: typeof HlsClass;
  readonly #video: HTMLVideoElement;
  readonly #session: PlayerSession | null;
  readonly #events = new Emitter<PlayerEvents>();
  readonly #listening = new AbortController();
  readonly #unsubscribe: (() => void)[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #waits: KeyWaits;
  readonly #autoplay: boolean;
  #state: PlayerState = { name: "loading" };
  /** The player itself paused the element, or is about to: no wish of the viewer's. */
  #held = true;
  #started = false;
  #seekToEdge = false;
  #restarts = 0;
  #recoveredAt = Number.NEGATIVE_INFINITY;

  constructor(Hls: typeof HlsClass, options: PlayerOptions) {
    this.#Hls = Hls;
    this.#video = options.video;
    this.#autoplay = options.autoplay ?? true;
    this.#session = "session" in options ? options.session : null;
    this.#waits = { changed: () => this.#keyWaitsChanged(), count: 0 };
    const url = "session" in options ? options.session.playlistUrl : options.playlistUrl;
    this.#hls = new Hls(this.#config());
    this.#listen();
    this.#session?.joined();
    this.#hls.loadSource(url);
    this.#hls.attachMedia(this.#video);
  }

  get state(): PlayerState {
    return this.#state;
  }

  get latencyMs(): number | null {
    return this.#started ? Math.round(this.#hls.latency * 1_000) : null;
  }

  on<Name extends keyof PlayerEvents>(name: Name, listener: (event: PlayerEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  once<Name extends keyof PlayerEvents>(
    name: Name,
    listener: (event: PlayerEvents[Name]) => void,
  ): () => void {
    return this.#events.once(name, listener);
  }

  goLive(): void {
    const edge = this.#hls.liveSyncPosition;
    if (edge !== null) this.#video.currentTime = edge;
  }

  async dispose(): Promise<void> {
    if (this.#listening.signal.aborted) return;
    this.#listening.abort();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#hls.destroy();
    this.#events.clear();
  }

  #config(): Partial<HlsConfig> {
    const session = this.#session;
    return {
      lowLatencyMode: true,
      // A stall must not add a second of latency for good; and a duration count would override PART-HOLD-BACK.
      liveSyncOnStallIncrease: 0,
      maxLiveSyncPlaybackRate: 1.25,
      backBufferLength: 10,
      maxBufferLength: 10,
      ...(session && {
        pLoader: playlistLoader(this.#Hls.DefaultConfig.loader, session.media),
        fLoader: decryptingLoader(session, this.#waits),
      }),
    };
  }

  #listen(): void {
    const { Events } = this.#Hls;
    const { signal } = this.#listening;
    const video = this.#video;
    this.#hls.on(Events.ERROR, (_event, data) => this.#failed(data));
    this.#hls.on(Events.LEVEL_UPDATED, () => this.#levelUpdated());
    this.#hls.on(Events.FRAG_BUFFERED, () => this.#buffered());
    this.#hls.on(Events.BUFFER_EOS, () => this.#setState({ name: "ended" }));
    video.addEventListener("playing", () => this.#isHeard() && this.#setState({ name: "playing" }), {
      signal,
    });
    video.addEventListener("waiting", () => this.#waiting(), { signal });
    video.addEventListener("ended", () => this.#setState({ name: "ended" }), { signal });
    video.addEventListener("pause", () => this.#paused(), { signal });
    video.addEventListener("play", () => this.#resumed(), { signal });
    const off = this.#session?.on("state", (state) => this.#sessionChanged(state));
    if (off) this.#unsubscribe.push(off);
  }

  /** Whether what the element does is not the player's own doing. */
  #isHeard(): boolean {
    return this.#state.name !== "blocked";
  }

  /** Starts with enough buffered not to stall at once: the latest independent part may be very young. */
  #buffered(): void {
    if (this.#started || !this.#held) return;
    const { buffered, currentTime } = this.#video;
    const end = buffered.length > 0 ? buffered.end(buffered.length - 1) : 0;
    const start = buffered.length > 0 ? Math.max(buffered.start(0), currentTime) : 0;
    if (end - start < Math.min(this.#hls.targetLatency ?? 0, MAX_START_BUFFER_S) * 0.8) return;
    this.#started = true;
    this.#held = false;
    if (this.#autoplay) this.#play();
  }

  #levelUpdated(): void {
    this.#restarts = 0;
    if (this.#seekToEdge) {
      this.#seekToEdge = false;
      this.goLive();
      this.#play();
      return;
    }
    const limit = Math.max(MAX_LATENCY_S, 3 * (this.#hls.targetLatency ?? 0));
    const behind = this.#started && !this.#video.paused && this.#hls.latency > limit;
    if (behind && this.#waits.count === 0) this.goLive();
  }

  #play(): void {
    this.#video.play().catch((cause: unknown) => {
      if (this.#listening.signal.aborted || (cause as Error).name === "AbortError") return;
      const error = new SdkError("autoplay-refused", "The browser wants a click before it plays.", { cause });
      this.#events.emit("autoplay-refused", error);
    });
  }

  #waiting(): void {
    if (!this.#started || this.#video.paused || this.#state.name === "blocked") return;
    this.#setState({ name: "waiting" });
    this.#keyWaitsChanged();
  }

  #paused(): void {
    // The element pauses itself at its end, and the player does while payment is blocked.
    if (this.#held || !this.#started || this.#video.ended || this.#state.name === "blocked") return;
    this.#session?.pause();
    this.#hls.stopLoad();
    this.#setState({ name: "paused" });
  }

  #resumed(): void {
    if (this.#state.name !== "paused") return;
    this.#session?.resume();
    this.#setState({ name: "waiting" });
    this.#restartAtEdge();
  }

  #sessionChanged(state: SessionState): void {
    if (state.name === "ended") {
      this.#hls.stopLoad();
      this.#setState({ name: "ended" });
    } else if (state.name === "blocked") this.#keyWaitsChanged();
    else if (state.name === "active" && this.#state.name === "blocked") {
      this.#setState({ name: "waiting" });
      this.#restartAtEdge();
    }
  }

  /** A blocked session matters once playback needs a key it cannot have: what is paid for is played to its end. */
  #keyWaitsChanged(): void {
    if (this.#waits.count === 0 || this.#session?.state.name !== "blocked") return;
    this.#later(BLOCK_AFTER_MS, () => {
      const state = this.#session?.state;
      if (state?.name !== "blocked" || this.#waits.count === 0 || this.#state.name === "blocked") return;
      if (this.#aheadSeconds() > 0.1 && !this.#video.paused) return this.#keyWaitsChanged();
      this.#held = true;
      this.#video.pause();
      // Nothing older than the live edge will be wanted when payment goes on.
      this.#hls.stopLoad();
      this.#setState({ name: "blocked", reason: state.reason, error: state.error });
    });
  }

  #aheadSeconds(): number {
    const { buffered, currentTime } = this.#video;
    return buffered.length > 0 ? buffered.end(buffered.length - 1) - currentTime : 0;
  }

  #restartAtEdge(): void {
    this.#held = false;
    this.#started = true;
    this.#seekToEdge = true;
    this.#session?.joined();
    this.#hls.startLoad(-1);
  }

  #failed(data: ErrorData): void {
    const cause: unknown = data.error;
    const error = new SdkError("player-failed", "Playback was disturbed.", {
      details: `${data.details}${data.reason ? `: ${data.reason}` : ""}`,
      cause: cause === undefined ? undefined : asError(cause),
    });
    this.#events.emit("error", error);
    if (!data.fatal || this.#state.name === "blocked" || this.#state.name === "ended") return;
    const { ErrorTypes } = this.#Hls;
    if (data.type === ErrorTypes.MEDIA_ERROR && performance.now() - this.#recoveredAt > MEDIA_RECOVERY_MS) {
      this.#recoveredAt = performance.now();
      this.#hls.recoverMediaError();
      this.#seekToEdge = true;
      return;
    }
    // A node that restarts, a network that is gone: whatever hls.js gave up is begun again, for as long as it takes.
    if (this.#started) this.#setState({ name: "waiting" });
    const wait = Math.min(RESTART_MIN_MS * 2 ** this.#restarts++, RESTART_MAX_MS);
    this.#later(wait, () => {
      if (this.#hls.levels.length === 0) {
        this.#hls.loadSource(this.#hls.url ?? "");
        return;
      }
      if (this.#started) this.#seekToEdge = true;
      this.#hls.startLoad(-1);
    });
  }

  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }

  #setState(state: PlayerState): void {
    if (this.#state.name === "ended" || (state.name === this.#state.name && state.name !== "blocked")) return;
    this.#state = state;
    this.#events.emit("state", state);
  }
}
