// SPDX-License-Identifier: Apache-2.0
import type { StreamSummary, WhepObstacle } from "@tickstream/contracts-types";
import { later } from "../delay.ts";
import { SdkError } from "../errors.ts";
import { Emitter } from "../events.ts";
import type { SessionState } from "../payment/session/pay-session.ts";
import { PlaybackSwitch, type PlaybackSwitchOptions } from "./playback-switch.ts";
import type { PlaybackSource } from "./playback.ts";
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

export interface LivePlayerOptions extends Omit<PlaybackSwitchOptions, "host"> {
  autoplay: boolean | "muted";
}

/** A wait for a key that is shorter than this is no block the viewer should hear of. */
const BLOCK_AFTER_MS = 400;
const EDGE_TOLERANCE_S = 0.1;

const NO_WEBRTC: Record<WhepObstacle, string> = {
  "off-air": "The stream is off air.",
  "b-frames": "The broadcaster's encoder sends B-frames, which WebRTC can't carry.",
  codec: "WebRTC can't carry the stream's codec.",
};

/**
 * The player: knows what the viewer wants of the element and what the session allows, and has whichever way of playing is
 * taken follow.
 */
export class LivePlayer implements Player {
  readonly #options: LivePlayerOptions;
  readonly #video: HTMLVideoElement;
  readonly #switch: PlaybackSwitch;
  readonly #events = new Emitter<PlayerEvents>();
  readonly #listening = new AbortController();
  #source: PlaybackSource;
  /** The WHEP endpoint as the node told last; undefined before that. */
  #whepUrl: string | null | undefined;
  #offSession: (() => void) | undefined;
  #state: PlayerState = { name: "loading" };
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
    this.#switch = new PlaybackSwitch({
      ...options,
      host: {
        isWatched: () => ["loading", "playing", "waiting"].includes(this.#state.name),
        leaving: () => void (this.#held = true),
        changed: (transport, error) => this.#events.emit("transport", { transport, error }),
        ready: () => this.#ready(),
        starved: () => this.#keyWaitsChanged(),
        disturbed: (error) => this.#events.emit("error", error),
        interrupted: () => this.#state.name === "playing" && this.#setState({ name: "waiting" }),
        ended: () => this.#setState({ name: "ended" }),
      },
    });
    this.#listen();
    this.#followSession();
  }

  /** @throws SdkError where the browser can play neither way */
  async open(): Promise<void> {
    this.#source.session?.joined();
    await this.#switch.open();
  }

  get state(): PlayerState {
    return this.#state;
  }

  get transport(): Transport {
    return this.#switch.transport;
  }

  get transportChoice(): TransportChoice {
    return this.#switch.choice;
  }

  get latency(): Latency {
    return this.#switch.latency;
  }

  get latencyMs(): number | null {
    return this.#started ? (this.#switch.current?.latencyMs ?? null) : null;
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
    if (choice !== this.transportChoice) this.#switch.choose(choice, this.latency);
  }

  setLatency(latency: Latency): void {
    if (latency !== this.latency) this.#switch.choose(this.transportChoice, latency);
  }

  useSession(session: PlayerSession): void {
    const { playlistUrl, paysWebRtc, whepUrl } = session;
    const known = this.#whepUrl === undefined ? whepUrl : this.#whepUrl;
    this.#source = { session, playlistUrl, whepUrl: paysWebRtc ? known : null };
    this.#followSession();
    if (this.#state.name === "ended") return;
    session.joined();
    const wasBlocked = this.#state.name === "blocked";
    const taken = this.#switch.changeSource(this.#source);
    if (wasBlocked && taken) this.#goOn();
    else if (wasBlocked) this.#setState({ name: "waiting" });
    this.#switch.follow();
  }

  update({ playback }: Pick<StreamSummary, "playback">): void {
    const { session, playlistUrl } = this.#source;
    const { whep, whepObstacle } = playback;
    this.#whepUrl = whep === null ? null : new URL(whep, playlistUrl).href;
    if (session?.paysWebRtc === false) return;
    this.#source = { ...this.#source, whepUrl: this.#whepUrl };
    const why = whepObstacle && new SdkError("webrtc-unfit", NO_WEBRTC[whepObstacle]);
    this.#switch.offerWebRtc(this.#whepUrl, why);
  }

  goLive(): void {
    this.#switch.current?.goLive();
  }

  async stats(): Promise<PlayerStats> {
    const { videoWidth, videoHeight } = this.#video;
    const { totalVideoFrames, droppedVideoFrames } = this.#video.getVideoPlaybackQuality();
    const playback = await this.#switch.current?.stats();
    return {
      transport: this.#switch.transport,
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
    this.#switch.dispose();
    this.#events.clear();
  }

  #listen(): void {
    const { signal } = this.#listening;
    const on = (name: string, listener: () => void) =>
      this.#video.addEventListener(name, listener, { signal });
    on("playing", () => this.#playing());
    on("waiting", () => this.#waiting());
    on("pause", () => this.#paused());
    on("play", () => this.#resumed());
    globalThis.addEventListener("online", () => this.#switch.networkChanged(), { signal });
  }

  #followSession(): void {
    this.#offSession?.();
    this.#offSession = this.#source.session?.on("state", (state) => this.#sessionChanged(state));
  }

  // ---- the element

  /** There is media to play from. */
  #ready(): void {
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
    this.#switch.current?.stop();
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
    this.#switch.dropNext();
    this.#source.session?.pause();
    this.#switch.current?.stop();
    this.#setState({ name: "paused" });
  }

  #resumed(): void {
    if (this.#state.name !== "paused") return;
    this.#source.session?.resume();
    this.#goOn();
    this.#switch.follow();
  }

  // ---- the session

  #sessionChanged(state: SessionState): void {
    if (state.name === "ended") {
      this.#switch.dropNext();
      this.#switch.current?.stop();
      this.#setState({ name: "ended" });
    } else if (state.name === "blocked") this.#keyWaitsChanged();
    else if (state.name === "active" && this.#state.name === "blocked") this.#goOn();
  }

  /** A blocked session matters once playback needs a key it cannot have: what is paid for is played to its end. */
  #keyWaitsChanged(): void {
    const isWaiting = () =>
      this.#switch.current?.isStarved === true && this.#source.session?.state.name === "blocked";
    if (!isWaiting()) return;
    later(BLOCK_AFTER_MS, this.#listening.signal, () => {
      const { session } = this.#source;
      if (session?.state.name !== "blocked" || !isWaiting() || this.#state.name === "blocked") return;
      const playback = this.#switch.current!;
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
    this.#switch.current?.start();
  }

  #setState(state: PlayerState): void {
    if (this.#state.name === "ended" || (state.name === this.#state.name && state.name !== "blocked")) return;
    this.#state = state;
    this.#events.emit("state", state);
  }
}
