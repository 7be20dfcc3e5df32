// SPDX-License-Identifier: Apache-2.0
import type { AccountId, Epoch, Planck, StreamId, TermsMessage } from "@tickstream/contracts-types";
import { abortError, asError, PaymentBlockedError, SdkError } from "../errors.ts";
import { Emitter } from "../events.ts";
import { SerialQueue } from "../serial-queue.ts";
import type { MediaIndex } from "../media/media-index.ts";
import type { ActiveChannel } from "./active-channel.ts";
import { ChannelNegotiator } from "./channel-negotiator.ts";
import { KeyRing } from "./key-ring.ts";
import { LiveEdge } from "./live-edge.ts";
import { LowWarning } from "./low-warning.ts";
import { MediaProof } from "./media-proof.ts";
import { Pace } from "./pace.ts";
import type { PaySessionOptions } from "./pay-session-options.ts";
import type {
  PaySession,
  PaySessionEvents,
  SessionState,
  SessionStats,
  WebRtcTicket,
} from "./pay-session.ts";
import { MAX_WANTED, type Payer, type PayerOptions, type PayerWait } from "./payer.ts";
import { Prefetch, PREFETCH_TICKS } from "./prefetch.ts";
import { SessionInbox } from "./session-inbox.ts";
import { SessionStatus } from "./session-status.ts";
import { SpendMeter } from "./spend-meter.ts";
import { ticksInTabs } from "./tab-rest.ts";
import { TickAnswers } from "./tick-answers.ts";
import { TickPump } from "./tick-pump.ts";

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
  readonly #options: PaySessionOptions;
  readonly #events = new Emitter<PaySessionEvents>();
  readonly #now: () => number;
  readonly #ring = new KeyRing();
  readonly #spend: SpendMeter;
  readonly #pace: Pace;
  readonly #negotiator: ChannelNegotiator;
  readonly #pump: TickPump;
  readonly #proof: MediaProof;
  readonly #prefetch: Prefetch;
  readonly #answers: TickAnswers;
  readonly #inbox: SessionInbox;
  readonly #edge: LiveEdge;
  readonly #status = new SessionStatus((state) => this.#events.emit("state", state));
  readonly #low: LowWarning;
  readonly #ended = new AbortController();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #unsubscribe: (() => void)[] = [];
  readonly #queue = new SerialQueue();
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
    this.#low = new LowWarning(options.tickMs, (coverage) => this.#events.emit("low", coverage));
    this.#prefetch = new Prefetch(options.tickMs, () => this.#pump.run());
    this.#negotiator = this.#createNegotiator();
    this.#pump = this.#createPump();
    this.#proof = this.#createProof();
    this.#answers = this.#createAnswers();
    this.#inbox = this.#createInbox();
    const { socket, media } = options;
    this.#unsubscribe.push(
      socket.on("open", () => this.#connected()),
      socket.on("down", ({ error }) => this.#disconnected(error)),
      socket.on("message", (message) => void this.#enqueue(() => this.#inbox.receive(message))),
      media.onUpdate(() => this.#mediaChanged()),
    );
    if (socket.isOpen) this.#connected();
  }

  #createNegotiator(): ChannelNegotiator {
    const { store, node, stream, genesisHash, operator, rate, tab, resume, socket } = this.#options;
    const identity = { store, node, stream, genesisHash, operator, rate, tab, resume };
    return new ChannelNegotiator({
      ...identity,
      spend: this.#spend,
      host: {
        send: (message) => socket.send(message),
        now: this.#now,
        later: (ms, work) => this.#later(ms, work),
        payerOptions: (terms) => this.#payerOptions(terms),
        ready: () => this.#ready(),
        blocked: (error) => this.#status.block(error),
        termsChanged: (change) => this.#events.emit("terms-changed", change),
        ticket: (ticket) => this.#events.emit("ticket", ticket),
        error: (error) => this.#events.emit("error", error),
      },
    });
  }

  #createPump(): TickPump {
    return new TickPump({
      payable: () => this.#payable(),
      wanted: () => [...this.#ring.awaited, ...this.#prefetch.wanted],
      edge: () => this.#edge.epoch,
      now: this.#now,
      send: (message) => this.#options.socket.send(message),
      sent: (channel, tick) => this.#sent(channel, tick),
      waiting: (wait) => this.#waiting(wait),
      failed: (error) => this.#failed(error),
    });
  }

  #createAnswers(): TickAnswers {
    return new TickAnswers({
      media: this.media,
      ring: this.#ring,
      negotiator: this.#negotiator,
      now: this.#now,
      later: (ms, work) => this.#later(ms, work),
      arrived: (epochs) => {
        for (const epoch of epochs) this.#prefetch.arrived(epoch);
        if (epochs.length > 0) this.#events.emit("keys", { epochs });
        this.#pump.run();
      },
      dropped: (epochs) => {
        for (const epoch of epochs) this.#prefetch.arrived(epoch);
        this.#pump.run();
      },
      blocked: (error) => this.#status.block(error),
      error: (error) => this.#events.emit("error", error),
    });
  }

  #createInbox(): SessionInbox {
    return new SessionInbox({
      stream: this.stream,
      negotiator: this.#negotiator,
      answers: this.#answers,
      edge: this.#edge,
      terms: (terms) => this.#events.emit("terms", terms),
      moved: () => this.#pump.run(),
      closing: ({ code, message }) => this.#events.emit("closing", { code, message }),
      streamEnded: () => {
        this.#ring.rejectAll(new SdkError("epoch-unavailable", "The stream has ended."));
        this.#status.set({ name: "ended", reason: "stream-ended" });
      },
      blocked: (error) => this.#status.block(error),
    });
  }

  #createProof(): MediaProof {
    return new MediaProof({
      media: this.media,
      playlistUrl: this.#options.playlistUrl,
      fetch: this.#options.fetch ?? ((...args: Parameters<typeof fetch>) => globalThis.fetch(...args)),
      channels: () => this.#negotiator.channels,
      now: this.#now,
      key: (epoch) => this.#ring.get(epoch),
      proved: (epoch) => this.proved(epoch),
      disproved: (epoch) => this.disproved(epoch),
      writtenOff: (epochs) => this.#writtenOff(epochs),
      failed: (error) => this.#events.emit("error", storeError(error)),
      undecided: () => this.#pump.run(),
    });
  }

  get stream(): StreamId {
    return this.#options.stream;
  }

  get operator(): AccountId {
    return this.#options.operator;
  }

  get playlistUrl(): string {
    return this.#options.playlistUrl;
  }

  get whepUrl(): string | null {
    return this.#options.whepUrl ?? null;
  }

  get ticket(): WebRtcTicket | null {
    return this.#negotiator.current?.ticket ?? null;
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
    const channels = this.#negotiator.channels;
    return {
      ticks: this.#spend.ticks,
      spent: this.#spend.spent,
      limit: this.#spend.limit,
      ticksLeft: this.#negotiator.current?.payer.ticksLeft ?? 0,
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
    const known = this.#ring.get(epoch);
    if (known) return Promise.resolve(known);
    if (signal?.aborted) return Promise.reject(abortError(signal));
    if (this.state.name === "ended")
      return Promise.reject(new SdkError("disposed", "The session has ended."));
    if (!this.#ring.isAwaited(epoch) && this.#ring.awaited.length + PREFETCH_TICKS >= MAX_WANTED) {
      return Promise.reject(new SdkError("epoch-unavailable", "Too many epochs are wanted at once."));
    }
    const key = this.#ring.wait(epoch, signal, () => this.#pump.run());
    this.#pump.run();
    return key;
  }

  proved(epoch: Epoch): void {
    const answered = this.#negotiator.channels.filter(({ payer }) => payer.answer(epoch));
    this.#proof.proved(epoch);
    for (const channel of answered) this.#save(channel);
    if (!this.#paused) this.#prefetch.plays(epoch, this.media.edge);
    if (answered.length > 0) this.#pump.run();
  }

  disproved(epoch: Epoch): void {
    this.#ring.remove(epoch);
    for (const { payer } of this.#negotiator.channels) payer.keyOpensNothing(epoch, this.#now());
    this.#events.emit(
      "error",
      new PaymentBlockedError("wrong-key", undefined, { details: `epoch ${epoch}` }),
    );
    this.#pump.run();
  }

  joined(): void {
    this.#pace.refillForJoin(this.#now());
    this.#prefetch.joined();
    this.#pump.run();
  }

  pause(): void {
    if (this.#paused || this.state.name === "ended") return;
    this.#paused = true;
    this.#pace.setRunning(false, this.#now());
    this.#prefetch.clear();
    this.#proof.paused();
    const channel = this.#negotiator.current;
    if (channel?.opened) this.#options.socket.send({ type: "pause", channel: channel.id });
    if (this.state.name === "active") this.#status.set({ name: "paused" });
  }

  resume(): void {
    if (!this.#paused || this.state.name === "ended") return;
    this.#paused = false;
    this.#pace.setRunning(true, this.#now());
    if (this.state.name === "paused") this.#status.set({ name: "active" });
    this.joined();
  }

  acceptTerms(): void {
    void this.#enqueue(() => this.#negotiator.acceptTerms());
  }

  setLimit(limit: Planck): void {
    this.#spend.setLimit(limit);
    if (this.#status.isBlockedBy("limit-reached")) void this.#enqueue(() => this.#negotiator.retry());
    else this.#pump.run();
  }

  retry(): void {
    const lost = this.#negotiator.forgive();
    if (lost > 0) {
      this.#lost += lost;
      this.#events.emit("loss", { epochs: [], total: this.#lost });
      for (const channel of this.#negotiator.channels) this.#save(channel);
    }
    void this.#enqueue(() => this.#negotiator.retry());
  }

  async leave(): Promise<void> {
    const { state } = this;
    if (state.name === "ended" && state.reason !== "stream-ended") return;
    // Nothing is paid after the goodbye.
    this.#paused = true;
    await this.#enqueue(() => this.#negotiator.leave());
    await this.#end("left");
  }

  async dispose(): Promise<void> {
    await this.#end("disposed");
  }

  async #end(reason: "left" | "disposed"): Promise<void> {
    if (this.#ended.signal.aborted) return this.#queue.drained();
    this.#ended.abort(new SdkError("disposed", "The session has ended."));
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#pump.stop();
    this.#proof.stop();
    this.#prefetch.clear();
    this.#ring.rejectAll(new SdkError("disposed", "The session has ended."));
    this.#status.set({ name: "ended", reason });
    await this.#queue.run(() => this.#negotiator.dispose());
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
    channel.saveProgress().catch((error: unknown) => this.#events.emit("error", storeError(error)));
  }

  #mediaChanged(): void {
    this.#proof.mediaChanged();
    this.#edge.look();
    // Where playlists come, the node is back: no need to sit out the wait.
    if (this.state.name === "connecting") this.#options.socket.retryNow();
    this.#pump.run();
  }

  #writtenOff(epochs: Epoch[]): void {
    this.#lost += epochs.length;
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
      void this.#enqueue(() => this.#negotiator.prepareNext());
    }
    const atLimit = this.#spend.ticksLeft(channel.rate);
    if (Math.min(this.#negotiator.ticksLeft, atLimit) <= this.#low.firstMark) {
      void this.#enqueue(() => this.#lookForLow(atLimit));
    } else this.#low.plenty();
  }

  async #lookForLow(atLimit: number): Promise<void> {
    const { terms } = this;
    if (terms === null) return;
    const { store, tab } = this.#options;
    const inTab = this.#negotiator.ticksLeft + (await ticksInTabs({ store, terms, tab }));
    this.#low.look(
      atLimit < inTab ? { ticksLeft: atLimit, reason: "limit" } : { ticksLeft: inTab, reason: "tab" },
    );
  }

  #waiting(wait: PayerWait | null): void {
    switch (wait) {
      case "channel-used-up":
        void this.#enqueue(() => this.#negotiator.switchOver());
        return;
      case "keys-withheld":
      case "wrong-key":
      case "limit-reached":
      case "pace-exceeded":
      case "credit-exhausted":
      case "recovering":
      case "off-air":
      case "store-failed":
        if (wait === "wrong-key") this.#proof.needed();
        return this.#status.block(new PaymentBlockedError(wait));
      case "verifying":
        this.#proof.needed();
    }
    // Whatever blocked payment before does so no more, if the channel is the one to say so.
    if (this.state.name === "blocked") this.#status.set({ name: "active" });
  }

  #failed(error: unknown): void {
    this.#events.emit("error", storeError(error));
    this.#status.block(new PaymentBlockedError("store-failed", undefined, { cause: error }));
  }

  #later(ms: number, work: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#enqueue(work);
    }, ms);
    this.#timers.add(timer);
  }

  #enqueue(work: () => Promise<void> | void): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#ended.signal.aborted) return;
      try {
        await work();
      } catch (error) {
        this.#failed(error);
        this.#later(RETRY_MS, async () => this.#negotiator.watch());
      }
    });
  }
}

function storeError(error: unknown): SdkError {
  return error instanceof SdkError
    ? error
    : new SdkError("store-failed", "Paying was interrupted.", {
        details: asError(error).message,
        cause: error,
      });
}
