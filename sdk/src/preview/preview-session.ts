// SPDX-License-Identifier: Apache-2.0
import type { Epoch, NodeMessage, RefusedMessage, StreamId } from "@tickstream/contracts-types";
import { MAX_PREVIEW_EPOCHS } from "@tickstream/contracts-types";
import { abortError, PaymentBlockedError, SdkError } from "../errors.ts";
import { Emitter, type Events } from "../events.ts";
import type { MediaIndex } from "../media/media-index.ts";
import { KeyRing } from "../payment/ticks/key-ring.ts";
import { LiveEdge } from "../payment/session/live-edge.ts";
import type { PaySessionEvents, SessionState } from "../payment/session/pay-session.ts";
import type { PaySocket } from "../payment/session/pay-socket.ts";
import { Prefetch } from "../payment/ticks/prefetch.ts";
import { refusalOf } from "../payment/channel/refusals.ts";
import { SessionStatus } from "../payment/session/session-status.ts";
import type { PlayerSession } from "../player/player.ts";

/** A key that was asked for is asked for again after this long. */
const ASK_AGAIN_MS = 1_500;

export interface PreviewEvents extends PaySessionEvents {
  /** A second was shown for nothing; so many more may follow. */
  preview: { ticksLeft: number };
}

/**
 * The first seconds of a paid stream, for nothing: hand it to a player like a session. Blocked with `preview-over` when
 * they are used up; `player.useSession()` then goes on with one that pays.
 */
export interface PreviewSession extends Omit<PlayerSession, "on">, Events<PreviewEvents> {
  readonly stream: StreamId;
  /** How many more, as far as this device knows: the node counts by network address. */
  readonly ticksLeft: number;
  dispose(): Promise<void>;
}

export interface PreviewSessionOptions {
  socket: Pick<PaySocket, "on" | "send" | "isOpen" | "retryNow">;
  media: MediaIndex;
  stream: StreamId;
  playlistUrl: string;
  tickMs: number;
  /** How many seconds the node gives, as its API says. */
  previewTicks: number;
  onDispose?: (() => void) | undefined;
}

/** Starts a preview on a socket: see {@link PreviewSession}. */
export function createPreviewSession(options: PreviewSessionOptions): PreviewSession {
  return new Preview(options);
}

class Preview implements PreviewSession {
  /** Previews come by LL-HLS only: a gate of WebRTC opens for channels. */
  readonly whepUrl = null;
  readonly paysWebRtc = false;
  readonly tickets = [];
  readonly #options: PreviewSessionOptions;
  readonly #events = new Emitter<PreviewEvents>();
  readonly #status = new SessionStatus((state) => this.#events.emit("state", state));
  readonly #ring = new KeyRing();
  readonly #edge: LiveEdge;
  readonly #prefetch: Prefetch;
  readonly #unsubscribe: (() => void)[];
  /** When each key on its way was asked for. */
  readonly #asked = new Map<Epoch, number>();
  readonly #given = new Set<Epoch>();
  #ticks: number;
  #paused = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PreviewSessionOptions) {
    this.#options = options;
    this.#ticks = options.previewTicks;
    this.#edge = new LiveEdge(options.media, (epoch) => this.#events.emit("edge", { epoch }));
    this.#prefetch = new Prefetch(options.tickMs, () => this.#ask());
    const { socket, media } = options;
    this.#unsubscribe = [
      socket.on("open", () => this.#connected()),
      socket.on("down", ({ error }) => this.#disconnected(error)),
      socket.on("message", (message) => this.#receive(message)),
      media.onUpdate(() => this.#mediaChanged()),
    ];
    if (socket.isOpen) this.#connected();
  }

  get stream(): StreamId {
    return this.#options.stream;
  }

  get playlistUrl(): string {
    return this.#options.playlistUrl;
  }

  get tickMs(): number {
    return this.#options.tickMs;
  }

  get media(): MediaIndex {
    return this.#options.media;
  }

  get edge(): Epoch | null {
    return this.#edge.epoch;
  }

  get state(): SessionState {
    return this.#status.state;
  }

  get ticksLeft(): number {
    return Math.max(0, this.#ticks - this.#given.size);
  }

  on<Name extends keyof PreviewEvents>(
    name: Name,
    listener: (event: PreviewEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  once<Name extends keyof PreviewEvents>(
    name: Name,
    listener: (event: PreviewEvents[Name]) => void,
  ): () => void {
    return this.#events.once(name, listener);
  }

  key(epoch: Epoch, signal?: AbortSignal): Promise<Uint8Array> {
    const known = this.#ring.get(epoch);
    if (known) return Promise.resolve(known);
    if (signal?.aborted) return Promise.reject(abortError(signal));
    if (this.state.name === "ended") return Promise.reject(disposed());
    if (!this.#ring.isAwaited(epoch) && this.#ring.awaited.length + 1 >= MAX_PREVIEW_EPOCHS) {
      return Promise.reject(new SdkError("epoch-unavailable", "Too many epochs are wanted at once."));
    }
    const key = this.#ring.wait(epoch, signal, () => undefined);
    this.#ask();
    return key;
  }

  proved(epoch: Epoch): void {
    if (!this.#paused) this.#prefetch.plays(epoch, this.edge);
  }

  disproved(epoch: Epoch): void {
    this.#ring.remove(epoch);
    this.#events.emit(
      "error",
      new PaymentBlockedError("wrong-key", undefined, { details: `epoch ${epoch}` }),
    );
  }

  joined(): void {
    this.#prefetch.joined();
    this.#ask();
  }

  pause(): void {
    this.#paused = true;
    this.#prefetch.clear();
    if (this.state.name === "active") this.#status.set({ name: "paused" });
  }

  resume(): void {
    this.#paused = false;
    if (this.state.name === "paused") this.#status.set({ name: "active" });
    this.joined();
  }

  async dispose(): Promise<void> {
    if (this.state.name === "ended") return;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    clearTimeout(this.#timer);
    this.#prefetch.clear();
    this.#ring.rejectAll(disposed());
    this.#status.set({ name: "ended", reason: "disposed" });
    this.#options.onDispose?.();
    this.#events.clear();
  }

  #connected(): void {
    if (this.state.name === "connecting") this.#status.set({ name: "opening" });
    this.#asked.clear();
    this.#options.socket.send({ type: "watch", stream: this.stream, preview: [] });
  }

  #disconnected(error: SdkError): void {
    this.#events.emit("error", error);
    const { name } = this.state;
    if (name === "active" || name === "opening" || name === "paused")
      this.#status.set({ name: "connecting" });
  }

  #mediaChanged(): void {
    this.#edge.look();
    if (this.state.name === "connecting") this.#options.socket.retryNow();
    this.#ask();
  }

  #receive(message: NodeMessage): void {
    if ("stream" in message && message.stream !== undefined && message.stream !== this.stream) return;
    switch (message.type) {
      case "terms":
        this.#ticks = message.previewTicks;
        this.#edge.stated(message.edge);
        this.#events.emit("terms", message);
        return this.#granted();
      case "keys":
        return message.channel === null ? this.#take(message.keys) : undefined;
      case "refused":
        return message.request === "watch" && message.channel === undefined
          ? this.#refused(message)
          : undefined;
      case "due":
        this.#edge.due(message.edge);
        return this.#ask();
      case "closing":
        if (message.channel !== undefined) return;
        this.#events.emit("closing", { code: message.code, message: message.message });
        if (message.code === "stream-ended") this.#status.set({ name: "ended", reason: "stream-ended" });
    }
  }

  /** Terms came: the node talks about this stream. */
  #granted(): void {
    if (this.#ticks === 0) return this.#over();
    const { name } = this.state;
    if (name === "opening" || name === "connecting")
      this.#status.set({ name: this.#paused ? "paused" : "active" });
    this.#ask();
  }

  #take(keys: readonly { epoch: Epoch; key: Uint8Array }[]): void {
    const arrived: Epoch[] = [];
    for (const { epoch, key } of keys) {
      const hash = this.media.keyHash(epoch);
      this.#asked.delete(epoch);
      if (hash === undefined || !KeyRing.matches(key, hash)) continue;
      this.#ring.add(epoch, key);
      this.#prefetch.arrived(epoch);
      this.#given.add(epoch);
      arrived.push(epoch);
    }
    if (arrived.length === 0) return;
    if (this.state.name === "blocked") this.#status.set({ name: "active" });
    this.#events.emit("keys", { epochs: arrived });
    this.#events.emit("preview", { ticksLeft: this.ticksLeft });
  }

  #refused(message: RefusedMessage): void {
    const refusal = refusalOf(message);
    this.#events.emit("error", refusal);
    if (message.code === "preview-exhausted") return this.#over();
    // Off air, or busy: what is asked for is asked for again.
    if (message.code === "stream-off-air") {
      this.#status.block(new PaymentBlockedError("off-air", undefined, { cause: refusal }));
    }
  }

  #over(): void {
    this.#prefetch.clear();
    this.#status.block(new PaymentBlockedError("preview-over"));
  }

  /** Asks for what is wanted and not on its way; what lies beyond the live edge is not for sale yet. */
  #ask(): void {
    const { state } = this;
    const isOver = state.name === "blocked" && state.reason === "preview-over";
    if (this.#paused || isOver || state.name === "ended" || state.name === "connecting") return;
    const { edge } = this;
    const now = performance.now();
    const wanted = [...this.#ring.awaited, ...this.#prefetch.wanted].filter(
      (epoch) =>
        edge !== null &&
        epoch <= edge + 1 &&
        this.#ring.get(epoch) === undefined &&
        this.media.keyHash(epoch) !== undefined &&
        now - (this.#asked.get(epoch) ?? Number.NEGATIVE_INFINITY) > ASK_AGAIN_MS,
    );
    clearTimeout(this.#timer);
    if (this.#ring.awaited.length > 0) this.#timer = setTimeout(() => this.#ask(), ASK_AGAIN_MS + 1);
    if (wanted.length === 0) return;
    const preview = [...new Set(wanted)].toSorted((a, b) => a - b).slice(0, MAX_PREVIEW_EPOCHS);
    if (!this.#options.socket.send({ type: "watch", stream: this.stream, preview })) return;
    for (const epoch of preview) this.#asked.set(epoch, now);
  }
}

function disposed(): SdkError {
  return new SdkError("disposed", "The preview has ended.");
}
