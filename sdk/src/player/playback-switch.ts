// SPDX-License-Identifier: Apache-2.0
import { asError, SdkError } from "../errors.ts";
import type { Playback, PlaybackHost, PlaybackSource } from "./playback.ts";
import type { Latency, Transport, TransportChoice } from "./player.ts";
import { TransportPolicy } from "./transport-policy.ts";

type CreatePlayback = (options: {
  video: HTMLVideoElement;
  source: PlaybackSource;
  latency: Latency;
  host: PlaybackHost;
}) => Promise<Playback>;

/** What the one who plays hears: of the way that is taken, whichever it is. */
export interface SwitchHost extends Omit<PlaybackHost, "failed"> {
  /** Whether somebody watches, so that it matters which way media comes. */
  isWatched(): boolean;
  /** The element is about to be emptied, which pauses it. */
  leaving(): void;
  /** Another way is taken; `error` says why, where it was not asked for. */
  changed(transport: Transport, error: SdkError | null): void;
}

export interface PlaybackSwitchOptions {
  video: HTMLVideoElement;
  source: PlaybackSource;
  transport: TransportChoice;
  latency: Latency;
  playbacks: Record<Transport, CreatePlayback>;
  /** Whether the browser has WebRTC. */
  hasWebRtc: boolean;
  host: SwitchHost;
}

/** A way that failed and has no substitute is begun anew after this long; after the longer where it looked hopeless. */
const REOPEN_MS = 1_000;
const REOPEN_HOPELESS_MS = 10_000;

/**
 * Takes one way of playing, and changes to another when the viewer asks for it or when one fails. WebRTC gets ready beside
 * LL-HLS before it takes over; LL-HLS needs the element to itself.
 */
export class PlaybackSwitch {
  readonly #options: PlaybackSwitchOptions;
  readonly #policy: TransportPolicy;
  readonly #host: SwitchHost;
  #source: PlaybackSource;
  #current: Playback | null = null;
  /** Gets ready beside the current one. */
  #next: Playback | null = null;
  /** Why it is to take over. */
  #nextError: SdkError | null = null;
  /** Rises with each opening, so that one that was overtaken is dropped. */
  #openings = 0;
  #transport: Transport;
  #policyTimer: ReturnType<typeof setTimeout> | undefined;
  #reopenTimer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(options: PlaybackSwitchOptions) {
    this.#options = options;
    this.#host = options.host;
    this.#source = options.source;
    this.#policy = new TransportPolicy(options.transport, options.latency);
    this.#transport = this.#wanted;
  }

  get current(): Playback | null {
    return this.#current;
  }

  get transport(): Transport {
    return this.#transport;
  }

  get choice(): TransportChoice {
    return this.#policy.choice;
  }

  get latency(): Latency {
    return this.#policy.latency;
  }

  /** @throws SdkError where the browser can play neither way */
  async open(): Promise<void> {
    const first = this.#wanted;
    try {
      await this.#open(first, null);
    } catch (error) {
      if (first === "hls") throw error;
      this.#policy.failed("webrtc", performance.now(), false);
      await this.#open("hls", toSdkError(error));
    }
  }

  choose(transport: TransportChoice, latency: Latency): void {
    this.#policy.choice = transport;
    this.#policy.latency = latency;
    this.#policy.reset();
    this.#current?.setLatency(latency);
    this.follow();
  }

  /** Another source of the same stream. @returns whether the current way goes on with it */
  changeSource(source: PlaybackSource): boolean {
    this.#source = source;
    this.#policy.reset();
    this.dropNext();
    const taken = source.session !== null && this.#current?.useSession(source.session) === true;
    if (!taken) this.#reopen();
    return taken;
  }

  /** Whether the source comes by WebRTC has changed. @param why it does not */
  offerWebRtc(whepUrl: string | null, why: SdkError | null): void {
    if (whepUrl === this.#source.whepUrl) return;
    this.#source = { ...this.#source, whepUrl };
    if (whepUrl !== null) this.#policy.offered();
    this.follow(why);
  }

  /** Takes the way that is wanted now, where it is another. @param why, where the viewer did not ask for it */
  follow(why: SdkError | null = null): void {
    this.#followLater();
    if (this.#disposed || !this.#host.isWatched()) return;
    const wanted = this.#wanted;
    if (wanted === this.#current?.transport) this.dropNext();
    else if (wanted !== this.#next?.transport) void this.#openOrTell(wanted, why);
  }

  /** No other way is to take over now. */
  dropNext(): void {
    this.#openings++;
    this.#next?.dispose();
    this.#next = null;
  }

  networkChanged(): void {
    this.#current?.networkChanged();
    this.#next?.networkChanged();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#policyTimer);
    clearTimeout(this.#reopenTimer);
    this.dropNext();
    this.#current?.dispose();
    this.#current = null;
  }

  get #canWebRtc(): boolean {
    return this.#options.hasWebRtc && this.#source.whepUrl !== null;
  }

  get #wanted(): Transport {
    return this.#policy.wanted(performance.now(), this.#canWebRtc);
  }

  async #open(transport: Transport, error: SdkError | null): Promise<void> {
    const opening = ++this.#openings;
    const { video, playbacks } = this.#options;
    let opened: Playback | null = null;
    const playback = await playbacks[transport]({
      video,
      source: this.#source,
      latency: this.#policy.latency,
      host: this.#hostOf(() => opened),
    });
    if (this.#disposed || opening !== this.#openings) return playback.dispose();
    opened = playback;
    if (playback.needsElement || this.#current === null) this.#takeOver(playback, error);
    else {
      this.#next = playback;
      this.#nextError = error;
    }
    playback.start();
  }

  #takeOver(playback: Playback, error: SdkError | null): void {
    if (this.#current) {
      this.#host.leaving();
      this.#current.dispose();
    }
    this.#current = playback;
    if (this.#next === playback) this.#next = null;
    if (playback.transport === this.#transport) return;
    this.#transport = playback.transport;
    this.#host.changed(playback.transport, error);
  }

  /** What one way of playing says is heard while it is the current one, or the next. */
  #hostOf(self: () => Playback | null): PlaybackHost {
    const host = this.#host;
    const isCurrent = () => self() !== null && self() === this.#current;
    return {
      ready: () => {
        const playback = self();
        if (playback === null) return;
        if (playback === this.#next) this.#takeOver(playback, this.#nextError);
        if (playback !== this.#current) return;
        this.#policy.started(playback.transport, performance.now());
        playback.show();
        host.ready();
      },
      starved: () => isCurrent() && host.starved(),
      disturbed: (error) => host.disturbed(error),
      interrupted: () => isCurrent() && host.interrupted(),
      failed: (error, lasting) => this.#failed(self(), error, lasting),
      ended: () => isCurrent() && host.ended(),
    };
  }

  /** One way cannot go on: another does, with the keys that are paid for. */
  #failed(playback: Playback | null, error: SdkError, lasting: boolean): void {
    if (playback === null || (playback !== this.#current && playback !== this.#next)) return;
    this.#host.disturbed(error);
    this.#policy.failed(playback.transport, performance.now(), lasting);
    this.#followLater();
    if (playback === this.#next) return this.dropNext();
    this.#host.interrupted();
    if (this.#wanted !== playback.transport) void this.#openOrTell(this.#wanted, error);
    else this.#reopenLater(playback, lasting ? REOPEN_HOPELESS_MS : REOPEN_MS);
  }

  #reopenLater(failed: Playback | null, ms: number): void {
    clearTimeout(this.#reopenTimer);
    this.#reopenTimer = setTimeout(() => failed === this.#current && this.#reopen(), ms);
  }

  #reopen(): void {
    void this.#openOrTell(this.#wanted, null);
  }

  async #openOrTell(transport: Transport, error: SdkError | null): Promise<void> {
    try {
      await this.#open(transport, error);
    } catch (cause) {
      // The browser has no use for it, or its code could not be loaded while the node is away.
      if (this.#disposed) return;
      const failure = toSdkError(cause);
      this.#host.disturbed(failure);
      this.#policy.failed(transport, performance.now(), failure.code === "player-unsupported");
      this.#reopenLater(this.#current, REOPEN_MS);
    }
  }

  #followLater(): void {
    clearTimeout(this.#policyTimer);
    const at = this.#policy.nextChange(this.#canWebRtc);
    const inMs = at === null ? 0 : at - performance.now();
    if (inMs > 0) this.#policyTimer = setTimeout(() => this.follow(), inMs);
  }
}

function toSdkError(error: unknown): SdkError {
  return error instanceof SdkError
    ? error
    : new SdkError("player-failed", "Playback could not begin.", { cause: asError(error) });
}
