// SPDX-License-Identifier: Apache-2.0
import type { AccountId, Epoch, Planck, StreamId, TermsMessage } from "@tickstream/contracts-types";
import { PaymentBlockedError, SdkError, storeFailure } from "../../errors.ts";
import { Emitter } from "../../events.ts";
import type { MediaIndex } from "../../media/media-index.ts";
import type { ActiveChannel } from "../channel/active-channel.ts";
import { ChannelNegotiator } from "../channel/channel-negotiator.ts";
import { KeySupply } from "../ticks/key-supply.ts";
import { Pace } from "../ticks/pace.ts";
import type { Payer, PayerOptions, PayerWait } from "../ticks/payer.ts";
import { PREFETCH_TICKS } from "../ticks/prefetch.ts";
import { TickPump } from "../ticks/tick-pump.ts";
import { FundsWatch } from "./funds-watch.ts";
import { LiveEdge } from "./live-edge.ts";
import type { PaySessionOptions } from "./pay-session-options.ts";
import type {
  PaySession,
  PaySessionEvents,
  SessionState,
  SessionStats,
  WebRtcTicket,
} from "./pay-session.ts";
import { SessionInbox } from "./session-inbox.ts";
import { SessionQueue } from "./session-queue.ts";
import { SessionStatus } from "./session-status.ts";
import { SpendMeter } from "./spend-meter.ts";

/** The next channel is opened when the current one has this many ticks left. */
const OPEN_NEXT_AT_TICKS = 15;
/** What a viewer risks where neither side says otherwise. */
const DEFAULT_EXPOSURE_WINDOW = 1;
const DEFAULT_MAX_LEAD_IN_MS = 12_000;
const RETRY_MS = 1_000;

/** Starts paying on a socket: see {@link PaySession}. */
export function createPaySession(options: PaySessionOptions): PaySession {
  return new Session(options);
}

class Session implements PaySession {
  readonly paysWebRtc = true;
  readonly #options: PaySessionOptions;
  readonly #events = new Emitter<PaySessionEvents>();
  readonly #now: () => number;
  readonly #spend: SpendMeter;
  readonly #pace: Pace;
  readonly #negotiator: ChannelNegotiator;
  readonly #keys: KeySupply;
  readonly #pump: TickPump;
  readonly #inbox: SessionInbox;
  readonly #edge: LiveEdge;
  readonly #status = new SessionStatus((state) => this.#events.emit("state", state));
  readonly #funds: FundsWatch;
  readonly #ended = new AbortController();
  readonly #unsubscribe: (() => void)[] = [];
  readonly #queue = new SessionQueue((error) => {
    this.#failed(error);
    this.#queue.later(RETRY_MS, () => this.#negotiator.watch());
  });
  #paused = false;
  #lost = 0;

  constructor(options: PaySessionOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    const now = this.#now();
    this.#spend = new SpendMeter(options.limit);
    const leadIn = Math.ceil((options.maxLeadInMs ?? DEFAULT_MAX_LEAD_IN_MS) / options.tickMs);
    this.#pace = new Pace({ tickMs: options.tickMs, capacity: PREFETCH_TICKS + leadIn + 1, now });
    this.#edge = new LiveEdge(options.media, (epoch) => this.#events.emit("edge", { epoch }));
    this.#negotiator = this.#createNegotiator();
    this.#keys = this.#createKeys();
    this.#funds = new FundsWatch({
      ...options,
      negotiator: this.#negotiator,
      spend: this.#spend,
      run: (work) => void this.#queue.run(work),
      low: (coverage) => this.#events.emit("low", coverage),
    });
    this.#pump = this.#createPump();
    this.#inbox = this.#createInbox();
    const { socket, media } = options;
    this.#unsubscribe.push(
      socket.on("open", () => this.#connected()),
      socket.on("down", ({ error }) => this.#disconnected(error)),
      socket.on("message", (message) => void this.#queue.run(() => this.#inbox.receive(message))),
      media.onUpdate(() => this.#mediaChanged()),
    );
    if (socket.isOpen) this.#connected();
  }

  #createNegotiator(): ChannelNegotiator {
    const { socket, resume } = this.#options;
    return new ChannelNegotiator({
      ...this.#options,
      resume,
      spend: this.#spend,
      host: {
        send: (message) => socket.send(message),
        now: this.#now,
        later: (ms, work) => this.#queue.later(ms, work),
        payerOptions: (terms) => this.#payerOptions(terms),
        ready: () => this.#ready(),
        blocked: (error) => this.#status.block(error),
        termsChanged: (change) => this.#events.emit("terms-changed", change),
        ticket: (ticket) => this.#events.emit("ticket", ticket),
        error: (error) => this.#events.emit("error", error),
      },
    });
  }

  #createKeys(): KeySupply {
    const { media, playlistUrl, tickMs } = this.#options;
    return new KeySupply({
      media,
      negotiator: this.#negotiator,
      playlistUrl,
      tickMs,
      fetch: this.#options.fetch ?? ((...args: Parameters<typeof fetch>) => globalThis.fetch(...args)),
      now: this.#now,
      later: (ms, work) => this.#queue.later(ms, work),
      edge: () => this.#edge.epoch,
      changed: () => this.#pump.run(),
      keys: (epochs) => this.#events.emit("keys", { epochs }),
      answered: (channel) => this.#save(channel),
      writtenOff: (epochs) => this.#lose(epochs, epochs.length),
      blocked: (error) => this.#status.block(error),
      error: (error) => this.#events.emit("error", error),
      failed: (error) => this.#events.emit("error", storeFailure(error)),
    });
  }

  #createPump(): TickPump {
    return new TickPump({
      payable: () => this.#payable(),
      wanted: () => this.#keys.wanted,
      edge: () => this.#edge.epoch,
      now: this.#now,
      send: (message) => this.#options.socket.send(message),
      sent: (channel, tick) => this.#sent(channel, tick),
      waiting: (wait) => this.#waiting(wait),
      failed: (error) => this.#failed(error),
    });
  }

  #createInbox(): SessionInbox {
    return new SessionInbox({
      stream: this.stream,
      negotiator: this.#negotiator,
      keys: this.#keys,
      edge: this.#edge,
      terms: (terms) => this.#events.emit("terms", terms),
      moved: () => this.#pump.run(),
      closing: ({ code, message }) => this.#events.emit("closing", { code, message }),
      streamEnded: () => {
        this.#keys.rejectAll(new SdkError("epoch-unavailable", "The stream has ended."));
        this.#status.set({ name: "ended", reason: "stream-ended" });
      },
      blocked: (error) => this.#status.block(error),
    });
  }

  get stream(): StreamId {
    return this.#options.stream;
  }

  get operator(): AccountId {
    return this.#options.operator;
  }

  get owner(): AccountId | null {
    return this.#options.owner ?? null;
  }

  get playlistUrl(): string {
    return this.#options.playlistUrl;
  }

  get whepUrl(): string | null {
    return this.#options.whepUrl ?? null;
  }

  get tickets(): readonly WebRtcTicket[] {
    return this.#negotiator.tickets;
  }

  get edge(): Epoch | null {
    return this.#edge.epoch;
  }

  get tickMs(): number {
    return this.#options.tickMs;
  }

  get media(): MediaIndex {
    return this.#options.media;
  }

  get state(): SessionState {
    return this.#status.state;
  }

  get terms(): TermsMessage | null {
    return this.#negotiator.terms;
  }

  get stats(): SessionStats {
    const { channels, current } = this.#negotiator;
    return {
      ticks: this.#spend.ticks,
      spent: this.#spend.spent,
      fees: this.#spend.fees,
      limit: this.#spend.limit,
      ticksLeft: current ? Math.min(current.payer.ticksLeft, this.#spend.ticksLeft(current.rate)) : 0,
      exposure: channels.reduce((sum, { payer }) => sum + payer.exposure, 0),
      lost: this.#lost,
    };
  }

  on<Name extends keyof PaySessionEvents>(
    name: Name,
    listener: (event: PaySessionEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  once<Name extends keyof PaySessionEvents>(
    name: Name,
    listener: (event: PaySessionEvents[Name]) => void,
  ): () => void {
    return this.#events.once(name, listener);
  }

  key(epoch: Epoch, signal?: AbortSignal): Promise<Uint8Array> {
    return this.state.name === "ended" ? Promise.reject(disposed()) : this.#keys.key(epoch, signal);
  }

  proved(epoch: Epoch): void {
    this.#keys.proved(epoch);
  }

  disproved(epoch: Epoch): void {
    this.#keys.disproved(epoch);
  }

  joined(): void {
    this.#pace.refillForJoin(this.#now());
    this.#keys.joined();
    this.#pump.run();
  }

  pause(): void {
    if (this.#paused || this.state.name === "ended") return;
    this.#paused = true;
    this.#pace.setRunning(false, this.#now());
    this.#keys.pause();
    const channel = this.#negotiator.current;
    if (channel?.opened) this.#options.socket.send({ type: "pause", channel: channel.id });
    if (this.state.name === "active") this.#status.set({ name: "paused" });
  }

  resume(): void {
    if (!this.#paused || this.state.name === "ended") return;
    this.#paused = false;
    this.#pace.setRunning(true, this.#now());
    this.#keys.resume();
    if (this.state.name === "paused") this.#status.set({ name: "active" });
    this.joined();
  }

  acceptTerms(): void {
    void this.#queue.run(() => this.#negotiator.acceptTerms());
  }

  setLimit(limit: Planck): void {
    this.#spend.setLimit(limit);
    if (this.#status.isBlockedBy("limit-reached")) void this.#queue.run(() => this.#negotiator.retry());
    else this.#pump.run();
  }

  retry(): void {
    const lost = this.#negotiator.forgive();
    if (lost > 0) this.#lose([], lost);
    void this.#queue.run(() => this.#negotiator.retry());
  }

  async leave(): Promise<void> {
    const { state } = this;
    if (state.name === "ended" && state.reason !== "stream-ended") return;
    await this.#pump.finish();
    await this.#queue.run(() => this.#negotiator.leave());
    await this.#end("left");
  }

  async dispose(): Promise<void> {
    await this.#end("disposed");
  }

  async #end(reason: "left" | "disposed"): Promise<void> {
    if (this.#ended.signal.aborted) return this.#queue.drained();
    this.#ended.abort(disposed());
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#pump.stop();
    this.#keys.stop(disposed());
    this.#status.set({ name: "ended", reason });
    await this.#queue.end(() => this.#negotiator.dispose());
    this.#options.onDispose?.();
    this.#events.clear();
  }

  #connected(): void {
    if (this.state.name === "connecting") this.#status.set({ name: "opening" });
    this.#negotiator.watch();
  }

  #disconnected(error: SdkError): void {
    this.#negotiator.connectionLost();
    this.#events.emit("error", error);
    const { name } = this.state;
    // What blocks a session blocks it on the next connection too.
    if (name === "active" || name === "opening" || name === "paused")
      this.#status.set({ name: "connecting" });
  }

  #ready(): void {
    this.#status.set({ name: this.#paused ? "paused" : "active" });
    this.#pump.run();
  }

  #payerOptions(terms: TermsMessage): Omit<PayerOptions, "progress" | "maxTicks" | "rate"> {
    const own = this.#options.exposureWindow ?? DEFAULT_EXPOSURE_WINDOW;
    return {
      exposureWindow: Math.max(1, Math.min(own, terms.exposureWindow)),
      spend: this.#spend,
      pace: this.#pace,
      keyHash: (epoch) => this.media.keyHash(epoch),
      otherExposure: (payer: Payer) => this.#negotiator.exposureBeside(payer),
      otherStuck: () => this.#negotiator.stuck,
    };
  }

  #save(channel: ActiveChannel): void {
    channel.saveProgress().catch((error: unknown) => this.#events.emit("error", storeFailure(error)));
  }

  #mediaChanged(): void {
    this.#keys.mediaChanged();
    this.#edge.look();
    // Where playlists come, the node is back: no need to sit out the wait.
    if (this.state.name === "connecting") this.#options.socket.retryNow();
    this.#pump.run();
  }

  /** Ticks that bought nothing; the epochs are those that are known. */
  #lose(epochs: Epoch[], ticks: number): void {
    this.#lost += ticks;
    this.#events.emit("loss", { epochs, total: this.#lost });
    for (const channel of this.#negotiator.channels) this.#save(channel);
  }

  #payable(): ActiveChannel | null {
    const channel = this.#negotiator.current;
    const may = !this.#paused && this.state.name !== "ended" && !this.#ended.signal.aborted;
    return may && channel?.opened ? channel : null;
  }

  #sent(channel: ActiveChannel, { n, paid, epochs }: { n: number; paid: number; epochs: Epoch[] }): void {
    this.#events.emit("tick", { channel: channel.id, n, paid, epochs, spent: this.#spend.spent });
    if (channel.payer.ticksLeft <= OPEN_NEXT_AT_TICKS) {
      void this.#queue.run(() => this.#negotiator.prepareNext());
    }
    this.#funds.paid();
  }

  #waiting(wait: PayerWait | null): void {
    if (wait === "wrong-key" || wait === "verifying") this.#keys.proofNeeded();
    switch (wait) {
      case "channel-used-up":
        return void this.#queue.run(() => this.#negotiator.switchOver());
      case null:
      case "verifying":
      case "not-for-sale":
        // Whatever blocked payment before does so no more, if the channel is the one to say so.
        if (this.state.name === "blocked") this.#status.set({ name: "active" });
        return;
      default:
        this.#status.block(new PaymentBlockedError(wait));
    }
  }

  #failed(error: unknown): void {
    this.#events.emit("error", storeFailure(error));
    this.#status.block(new PaymentBlockedError("store-failed", undefined, { cause: error }));
  }
}

function disposed(): SdkError {
  return new SdkError("disposed", "The session has ended.");
}
