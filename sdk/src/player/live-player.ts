// SPDX-License-Identifier: Apache-2.0
import { asError, SdkError } from "../errors.ts";
import { Emitter } from "../events.ts";
import type { SessionState } from "../payment/pay-session.ts";
import type { Playback, PlaybackHost, PlaybackSource } from "./playback.ts";
import type {
  Latency,
  Player,
  PlayerEvents,
  PlayerSession,
  PlayerState,
  PlayerStats,
  Quality,
  Transport,
  TransportChoice,
} from "./player.ts";
import { TransportPolicy } from "./transport-policy.ts";

export type CreatePlayback = (options: {
  video: HTMLVideoElement;
  source: PlaybackSource;
  latency: Latency;
  host: PlaybackHost;
}) => Promise<Playback>;

export interface LivePlayerOptions {
  video: HTMLVideoElement;
  source: PlaybackSource;
  autoplay: boolean | "muted";
  transport: TransportChoice;
  latency: Latency;
  playbacks: Record<Transport, CreatePlayback>;
  /** Whether the browser has WebRTC. */
  hasWebRtc: boolean;
}

/** A wait for a key that is shorter than this is no block the viewer should hear of. */
const BLOCK_AFTER_MS = 400;
const REOPEN_MS = 1_000;
const EDGE_TOLERANCE_S = 0.1;

/** A way of playing that is under way, or about to be. */
interface Opened {
  playback: Playback;
  transport: Transport;
}

/**
 * The player: knows what the viewer wants and what the session allows, and has one way of playing do it; changes the way
 * when the viewer asks or when one fails.
 */
export class LivePlayer implements Player {
  readonly #options: LivePlayerOptions;
  readonly #video: HTMLVideoElement;
  readonly #policy: TransportPolicy;
  readonly #events = new Emitter<PlayerEvents>();
  readonly #listening = new AbortController();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #source: PlaybackSource;
  #offSession: (() => void) | undefined;
  #state: PlayerState = { name: "loading" };
  #current: Opened | null = null;
  /** Gets ready beside the current one, to take over. */
  #next: Opened | null = null;
  /** Rises with each opening, so that one that was overtaken is dropped. */
  #openings = 0;
  #transport: Transport;
  #policyTimer: ReturnType<typeof setTimeout> | undefined;
  /** The player itself paused the element, or is about to: no wish of the viewer's. */
  #held = true;
  #started = false;
  /** The viewer does not want it to begin by itself. */
  #waitsForClick: boolean;
  #stalls = 0;

  constructor(options: LivePlayerOptions) {
    this.#options = options;
    this.#video = options.video;
    this.#source = options.source;
    this.#waitsForClick = options.autoplay === false;
    this.#policy = new TransportPolicy(options.transport, options.latency);
    this.#transport = this.#wanted;
    this.#listen();
    this.#followSession();
  }

  /** @throws SdkError where the browser can play neither way */
  async open(): Promise<void> {
    this.#source.session?.joined();
    const first = this.#wanted;
    try {
      await this.#open(first, null);
    } catch (error) {
      if (first === "hls") throw error;
      await this.#fallBack(toSdkError(error), true);
    }
  }

  get state(): PlayerState {
    return this.#state;
  }

  get transport(): Transport {
    return this.#transport;
  }

  get transportChoice(): TransportChoice {
    return this.#policy.choice;
  }

  get latency(): Latency {
    return this.#policy.latency;
  }

  get latencyMs(): number | null {
    return this.#started ? (this.#current?.playback.latencyMs ?? null) : null;
  }

  get qualities(): readonly Quality[] {
    const { videoWidth, videoHeight } = this.#video;
    return [{ id: "source", width: videoWidth || null, height: videoHeight || null }];
  }

  get quality(): string {
    return "source";
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

  setTransport(choice: TransportChoice): void {
    if (choice === this.#policy.choice) return;
    this.#policy.choice = choice;
    this.#policy.reset();
    this.#followPolicy();
  }

  setLatency(latency: Latency): void {
    if (latency === this.#policy.latency) return;
    this.#policy.latency = latency;
    this.#policy.reset();
    this.#current?.playback.setLatency(latency);
    this.#followPolicy();
  }

  useSession(session: PlayerSession): void {
    this.#source = { session, playlistUrl: session.playlistUrl, whepUrl: session.whepUrl };
    this.#followSession();
    session.joined();
    this.#policy.reset();
    this.#dropNext();
    const taken = this.#current?.playback.useSession(session) ?? false;
    if (this.#state.name === "ended") return;
    if (!taken) this.#reopen();
    else if (this.#state.name === "blocked") this.#goOn();
    this.#followPolicy();
  }

  goLive(): void {
    this.#current?.playback.goLive();
  }

  async stats(): Promise<PlayerStats> {
    const { videoWidth, videoHeight } = this.#video;
    const { totalVideoFrames, droppedVideoFrames } = this.#video.getVideoPlaybackQuality();
    const playback = await this.#current?.playback.stats();
    return {
      transport: this.#transport,
      latencyMs: null,
      bufferMs: 0,
      bitrate: null,
      videoCodec: null,
      audioCodec: null,
      epoch: null,
      packetsLost: null,
      roundTripMs: null,
      ...playback,
      width: videoWidth || null,
      height: videoHeight || null,
      framesShown: totalVideoFrames - droppedVideoFrames,
      framesDropped: droppedVideoFrames,
      stalls: this.#stalls,
    };
  }

  async dispose(): Promise<void> {
    if (this.#listening.signal.aborted) return;
    this.#listening.abort();
    this.#offSession?.();
    clearTimeout(this.#policyTimer);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#dropNext();
    this.#current?.playback.dispose();
    this.#current = null;
    this.#events.clear();
  }

  get #wanted(): Transport {
    return this.#policy.wanted(performance.now(), this.#canWebRtc);
  }

  get #canWebRtc(): boolean {
    return this.#options.hasWebRtc && this.#source.whepUrl !== null;
  }

  #listen(): void {
    const { signal } = this.#listening;
    const on = (name: string, listener: () => void) =>
      this.#video.addEventListener(name, listener, { signal });
    on("playing", () => this.#playing());
    on("waiting", () => this.#waiting());
    on("pause", () => this.#paused());
    on("play", () => this.#resumed());
    globalThis.addEventListener?.(
      "online",
      () => {
        this.#current?.playback.networkChanged();
        this.#next?.playback.networkChanged();
      },
      { signal },
    );
  }

  #followSession(): void {
    this.#offSession?.();
    this.#offSession = this.#source.session?.on("state", (state) => this.#sessionChanged(state));
  }

  // ---- ways of playing

  /** Opens a way of playing; it takes the place of the current one at once, or when it is ready. */
  async #open(transport: Transport, error: SdkError | null): Promise<void> {
    const opening = ++this.#openings;
    const { video, playbacks } = this.#options;
    let opened: Opened | null = null;
    const playback = await playbacks[transport]({
      video,
      source: this.#source,
      latency: this.#policy.latency,
      host: this.#hostOf(() => opened),
    });
    if (this.#listening.signal.aborted || opening !== this.#openings) return playback.dispose();
    opened = { playback, transport };
    if (playback.needsElement || this.#current === null) this.#takeOver(opened, error);
    else this.#next = opened;
    playback.start();
  }

  #takeOver(opened: Opened, error: SdkError | null): void {
    const before = this.#current;
    if (before) {
      // Emptying the element pauses it, which is no wish of the viewer's.
      this.#held = true;
      before.playback.dispose();
    }
    this.#current = opened;
    if (this.#next === opened) this.#next = null;
    const changed = opened.transport !== this.#transport;
    this.#transport = opened.transport;
    if (changed) this.#events.emit("transport", { transport: opened.transport, error });
  }

  #dropNext(): void {
    this.#openings++;
    this.#next?.playback.dispose();
    this.#next = null;
  }

  /** What one way of playing says is heard while it is the current one, or the next. */
  #hostOf(self: () => Opened | null): PlaybackHost {
    const isCurrent = () => self() !== null && self() === this.#current;
    return {
      ready: () => {
        const opened = self();
        if (opened !== null && opened === this.#next) this.#takeOver(opened, null);
        if (isCurrent()) this.#ready();
      },
      starved: () => isCurrent() && this.#keyWaitsChanged(),
      disturbed: (error) => this.#events.emit("error", error),
      interrupted: () => {
        if (isCurrent() && this.#started && this.#state.name === "playing")
          this.#setState({ name: "waiting" });
      },
      failed: (error, lasting) => this.#failed(self(), error, lasting),
      ended: () => isCurrent() && this.#setState({ name: "ended" }),
    };
  }

  #failed(opened: Opened | null, error: SdkError, lasting: boolean): void {
    if (opened === null || (opened !== this.#current && opened !== this.#next)) return;
    this.#events.emit("error", error);
    if (opened.transport === "webrtc") void this.#fallBack(error, lasting);
    else this.#later(REOPEN_MS, () => opened === this.#current && this.#reopen());
  }

  /** WebRTC cannot go on: LL-HLS does, with the keys that are paid for. */
  async #fallBack(error: SdkError, lasting: boolean): Promise<void> {
    this.#policy.webRtcFailed(performance.now(), lasting);
    this.#followPolicyLater();
    if (this.#next?.transport === "webrtc") return this.#dropNext();
    if (this.#started && this.#state.name === "playing") this.#setState({ name: "waiting" });
    await this.#openOrTell("hls", error);
  }

  #reopen(): void {
    void this.#openOrTell(this.#wanted, null);
  }

  async #openOrTell(transport: Transport, error: SdkError | null): Promise<void> {
    try {
      await this.#open(transport, error);
    } catch (cause) {
      // Its code could not be loaded, or the browser has no use for it.
      this.#events.emit("error", toSdkError(cause));
      if (transport === "webrtc") await this.#fallBack(toSdkError(cause), true);
    }
  }

  #followPolicy(): void {
    this.#followPolicyLater();
    const isPlaying = this.#state.name === "playing" || this.#state.name === "waiting";
    if (!isPlaying && this.#state.name !== "loading") return;
    const wanted = this.#wanted;
    if (wanted === this.#current?.transport) this.#dropNext();
    else if (wanted !== this.#next?.transport) void this.#openOrTell(wanted, null);
  }

  #followPolicyLater(): void {
    clearTimeout(this.#policyTimer);
    const at = this.#policy.nextChange(this.#canWebRtc);
    const inMs = at === null ? 0 : at - performance.now();
    if (inMs > 0) this.#policyTimer = setTimeout(() => this.#followPolicy(), inMs);
  }

  // ---- the element

  /** There is media to play from. */
  #ready(): void {
    const { playback, transport } = this.#current!;
    if (transport === "webrtc") this.#policy.webRtcStarted(performance.now());
    playback.show();
    const first = !this.#started;
    this.#started = true;
    if (this.#state.name === "paused" || this.#state.name === "blocked") return;
    if (first && this.#waitsForClick) return this.#waitForClick();
    this.#held = false;
    this.#play();
  }

  #play(): void {
    const refused = (cause: unknown) => {
      if (this.#listening.signal.aborted || (cause as Error).name === "AbortError") return;
      const error = new SdkError("autoplay-refused", "The browser wants a click before it plays.", { cause });
      if (this.#options.autoplay === "muted" && !this.#video.muted) {
        this.#video.muted = true;
        this.#events.emit("muted", undefined);
        this.#video.play().then(() => this.#playing(), refused);
        return;
      }
      this.#waitForClick();
      this.#events.emit("autoplay-refused", error);
    };
    this.#video.play().then(() => this.#playing(), refused);
  }

  /** Nothing is bought for a viewer who sees nothing yet. */
  #waitForClick(): void {
    this.#source.session?.pause();
    this.#current?.playback.stop();
    this.#held = true;
    this.#setState({ name: "paused" });
  }

  #playing(): void {
    const isMeant = this.#state.name !== "blocked" && !this.#held && !this.#video.paused;
    if (isMeant) this.#setState({ name: "playing" });
  }

  #waiting(): void {
    if (!this.#started || this.#held || this.#video.paused || this.#state.name === "blocked") return;
    if (this.#state.name === "playing") this.#stalls++;
    this.#setState({ name: "waiting" });
    this.#keyWaitsChanged();
  }

  #paused(): void {
    // The element pauses itself at its end and when it is emptied, and the player does while payment is blocked.
    const { paused, ended } = this.#video;
    if (this.#held || !this.#started || !paused || ended || this.#state.name === "blocked") return;
    this.#dropNext();
    this.#source.session?.pause();
    this.#current?.playback.stop();
    this.#setState({ name: "paused" });
  }

  #resumed(): void {
    if (this.#state.name !== "paused") return;
    this.#source.session?.resume();
    this.#goOn();
    this.#followPolicy();
  }

  // ---- the session

  #sessionChanged(state: SessionState): void {
    if (state.name === "ended") {
      this.#dropNext();
      this.#current?.playback.stop();
      this.#setState({ name: "ended" });
    } else if (state.name === "blocked") this.#keyWaitsChanged();
    else if (state.name === "active" && this.#state.name === "blocked") this.#goOn();
  }

  /** A blocked session matters once playback needs a key it cannot have: what is paid for is played to its end. */
  #keyWaitsChanged(): void {
    const isWaiting = () =>
      this.#current?.playback.isStarved === true && this.#source.session?.state.name === "blocked";
    if (!isWaiting()) return;
    this.#later(BLOCK_AFTER_MS, () => {
      const { session } = this.#source;
      if (session?.state.name !== "blocked" || !isWaiting() || this.#state.name === "blocked") return;
      const { playback } = this.#current!;
      if (playback.aheadSeconds > EDGE_TOLERANCE_S && !this.#video.paused) return this.#keyWaitsChanged();
      const { reason, error } = session.state;
      this.#held = true;
      this.#video.pause();
      // Nothing older than the live edge will be wanted when payment goes on.
      playback.stop();
      this.#setState({ name: "blocked", reason, error });
    });
  }

  /** Plays on from the live edge. */
  #goOn(): void {
    this.#held = false;
    this.#started = true;
    this.#source.session?.joined();
    this.#setState({ name: "waiting" });
    this.#current?.playback.start();
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

function toSdkError(error: unknown): SdkError {
  return error instanceof SdkError
    ? error
    : new SdkError("player-failed", "Playback could not begin.", { cause: asError(error) });
}
