// SPDX-License-Identifier: Apache-2.0
import type {
  AccountId,
  ClosingMessage,
  Epoch,
  Hex,
  KeysMessage,
  NodeMessage,
  Planck,
  RefusedMessage,
  StreamId,
  TermsMessage,
} from "@tickstream/contracts-types";
import { abortError, asError, PaymentBlockedError, SdkError } from "../errors.ts";
import { Emitter } from "../events.ts";
import type { MediaIndex } from "../media/media-index.ts";
import type { ActiveChannel } from "./active-channel.ts";
import { ChannelNegotiator } from "./channel-negotiator.ts";
import { KeyRing } from "./key-ring.ts";
import { Pace } from "./pace.ts";
import type { PaySession, PaySessionEvents, SessionState, SessionStats } from "./pay-session.ts";
import { SerialQueue } from "../serial-queue.ts";
import type { PaySocket } from "./pay-socket.ts";
import { MAX_WANTED, type PassingWait, type Payer, type PayerOptions, type PayerWait } from "./payer.ts";
import { proveByFetching } from "./prove-key.ts";
import { refusalOf, remedyFor } from "./refusals.ts";
import type { ChannelRecord, SessionStore } from "./session-store.ts";
import { SpendMeter } from "./spend-meter.ts";
import { WriteOffBudget } from "./write-off-budget.ts";

export interface PaySessionOptions {
  socket: Pick<PaySocket, "on" | "send" | "isOpen">;
  store: SessionStore;
  media: MediaIndex;
  /** The node's base URL: where channels of this device are found again. */
  node: string;
  playlistUrl: string;
  stream: StreamId;
  genesisHash: Hex;
  operator: AccountId;
  tickMs: number;
  /** The rate the viewer agreed to. */
  rate: Planck;
  limit: Planck;
  /** Pays from this tab only, where given. */
  tab?: bigint | undefined;
  /** A channel of an earlier session to go on with. */
  resume?: ChannelRecord | undefined;
  /** The viewer's own exposure window; the lower of this and the node's holds. */
  exposureWindow?: number | undefined;
  /** The longest lead-in that a join may buy, in milliseconds of media. */
  maxLeadInMs?: number | undefined;
  /** Ends with its session where the session is the only one on it. */
  onDispose?: (() => void) | undefined;
  fetch?: typeof fetch | undefined;
  /** Milliseconds of a clock that never goes back. */
  now?: (() => number) | undefined;
}

/** One epoch is bought ahead of need. */
const PREFETCH_TICKS = 1;
/** How far into an epoch the next one is bought, where it lies beyond the live edge. */
const PREFETCH_AT = 0.4;
/** The next channel is opened when the current one has this many ticks left. */
const OPEN_NEXT_AT_TICKS = 15;
/** What a viewer risks where neither side says otherwise. */
const DEFAULT_EXPOSURE_WINDOW = 1;
const DEFAULT_MAX_LEAD_IN_MS = 12_000;
/** A wait for proof this long makes the session fetch the proof itself. */
const PROVE_AFTER_MS = 500;
const RETRY_MS = 1_000;
/** What to call a block that passes by itself. */
const PASSING_REASONS: Partial<Record<RefusedMessage["code"], PassingWait>> = {
  "credit-exhausted": "credit-exhausted",
  "stream-off-air": "off-air",
};

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
  readonly #writeOffs: WriteOffBudget;
  readonly #negotiator: ChannelNegotiator;
  readonly #ended = new AbortController();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #unsubscribe: (() => void)[] = [];
  /** Bought ahead of need. */
  readonly #ahead = new Set<Epoch>();
  /** Unproved when the viewer paused: lost by the viewer's own doing, if they are. */
  readonly #wasted = new Set<Epoch>();
  #state: SessionState = { name: "connecting" };
  readonly #queue = new SerialQueue();
  #pumping = false;
  #pumpAgain = false;
  #pumpTimer: ReturnType<typeof setTimeout> | undefined;
  #prefetchTimer: ReturnType<typeof setTimeout> | undefined;
  #paused = false;
  #edgeHint: Epoch | null = null;
  #highestProved = -1;
  #ticks = 0;
  #lost = 0;
  #proving = false;

  constructor(options: PaySessionOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    const now = this.#now();
    this.#spend = new SpendMeter(options.limit);
    const leadIn = Math.ceil((options.maxLeadInMs ?? DEFAULT_MAX_LEAD_IN_MS) / options.tickMs);
    this.#pace = new Pace({ tickMs: options.tickMs, capacity: PREFETCH_TICKS + leadIn + 1, now });
    this.#writeOffs = new WriteOffBudget(now);
    this.#negotiator = new ChannelNegotiator({
      ...options,
      tab: options.tab,
      resume: options.resume,
      spend: this.#spend,
      host: {
        send: (message) => options.socket.send(message),
        now: this.#now,
        later: (ms, work) => this.#later(ms, work),
        payerOptions: (terms) => this.#payerOptions(terms),
        ready: () => this.#ready(),
        blocked: (error) => this.#block(error),
        termsChanged: (change) => this.#events.emit("terms-changed", change),
        low: (ticksLeft) => this.#events.emit("low", { ticksLeft }),
        error: (error) => this.#events.emit("error", error),
      },
    });
    const { socket, media } = options;
    this.#unsubscribe.push(
      socket.on("open", () => this.#connected()),
      socket.on("down", ({ error }) => this.#disconnected(error)),
      socket.on("message", (message) => this.#enqueue(() => this.#receive(message))),
      media.onUpdate(() => this.#mediaChanged()),
    );
    if (socket.isOpen) this.#connected();
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

  get tickMs(): number {
    return this.#options.tickMs;
  }

  get media(): MediaIndex {
    return this.#options.media;
  }

  get state(): SessionState {
    return this.#state;
  }

  get terms(): TermsMessage | null {
    return this.#negotiator.terms;
  }

  get stats(): SessionStats {
    const channels = this.#negotiator.channels;
    return {
      ticks: this.#ticks,
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
    if (this.#state.name === "ended")
      return Promise.reject(new SdkError("disposed", "The session has ended."));
    if (!this.#ring.isAwaited(epoch) && this.#ring.awaited.length + PREFETCH_TICKS >= MAX_WANTED) {
      return Promise.reject(new SdkError("epoch-unavailable", "Too many epochs are wanted at once."));
    }
    const key = this.#ring.wait(epoch, signal, () => this.#unwant(epoch));
    this.#pump();
    return key;
  }

  proved(epoch: Epoch): void {
    const answered = this.#payers().filter(({ payer }) => payer.answer(epoch));
    this.#wasted.delete(epoch);
    for (const channel of answered) this.#save(channel);
    if (epoch > this.#highestProved) {
      this.#highestProved = epoch;
      this.#prefetch(epoch + 1);
    }
    if (answered.length > 0) this.#pump();
  }

  disproved(epoch: Epoch): void {
    this.#ring.remove(epoch);
    for (const { payer } of this.#payers()) payer.keyWrong(epoch, this.#now());
    this.#events.emit(
      "error",
      new PaymentBlockedError("wrong-key", undefined, { details: `epoch ${epoch}` }),
    );
    this.#pump();
  }

  joined(): void {
    this.#pace.refillForJoin(this.#now());
    this.#highestProved = -1;
    this.#pump();
  }

  pause(): void {
    if (this.#paused || this.#state.name === "ended") return;
    this.#paused = true;
    this.#pace.setRunning(false, this.#now());
    clearTimeout(this.#prefetchTimer);
    this.#ahead.clear();
    for (const channel of this.#payers()) {
      for (const epoch of channel.payer.unproved) this.#wasted.add(epoch);
    }
    const channel = this.#negotiator.current;
    if (channel?.opened) this.#options.socket.send({ type: "pause", channel: channel.id });
    if (this.#state.name === "active") this.#setState({ name: "paused" });
  }

  resume(): void {
    if (!this.#paused || this.#state.name === "ended") return;
    this.#paused = false;
    this.#pace.setRunning(true, this.#now());
    if (this.#state.name === "paused") this.#setState({ name: "active" });
    this.joined();
  }

  acceptTerms(): void {
    this.#enqueue(() => this.#negotiator.acceptTerms());
  }

  setLimit(limit: Planck): void {
    this.#spend.setLimit(limit);
    const { name } = this.#state;
    if (name === "blocked" && this.#state.reason === "limit-reached")
      this.#enqueue(() => this.#negotiator.retry());
    else this.#pump();
  }

  retry(): void {
    const lost = this.#negotiator.forgive();
    if (lost > 0) {
      this.#lost += lost;
      this.#events.emit("loss", { epochs: [], total: this.#lost });
      for (const channel of this.#payers()) this.#save(channel);
    }
    this.#enqueue(() => this.#negotiator.retry());
  }

  async leave(): Promise<void> {
    if (this.#state.name === "ended" && this.#state.reason !== "stream-ended") return;
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
    clearTimeout(this.#pumpTimer);
    clearTimeout(this.#prefetchTimer);
    this.#ring.rejectAll(new SdkError("disposed", "The session has ended."));
    this.#setState({ name: "ended", reason });
    await this.#queue.run(() => this.#negotiator.dispose());
    this.#options.onDispose?.();
    this.#events.clear();
  }

  #connected(): void {
    if (this.#state.name === "connecting") this.#setState({ name: "opening" });
    this.#negotiator.watch();
  }

  #disconnected(error: SdkError): void {
    this.#negotiator.connectionLost();
    this.#events.emit("error", error);
    const { name } = this.#state;
    // What blocks a session blocks it on the next connection too.
    if (name === "active" || name === "opening" || name === "paused") this.#setState({ name: "connecting" });
  }

  async #receive(message: NodeMessage): Promise<void> {
    if ("stream" in message && message.stream !== undefined && message.stream !== this.#options.stream)
      return;
    switch (message.type) {
      case "terms":
        this.#edgeHint = message.edge;
        return this.#negotiator.onTerms(message);
      case "opened":
        return this.#negotiator.onOpened(message);
      case "refused":
        if (message.channel !== undefined && !this.#owns(message.channel)) return;
        return message.request === "tick" ? this.#tickRefused(message) : this.#negotiator.onRefused(message);
      case "keys":
        return this.#keysArrived(message);
      case "due":
        this.#edgeHint = Math.max(this.#edgeHint ?? 0, message.edge);
        return this.#pump();
      case "closing":
        if (message.channel !== undefined && !this.#owns(message.channel)) return;
        return this.#closing(message);
    }
  }

  #owns(channel: string): boolean {
    return this.#negotiator.channels.some(({ id }) => id === channel);
  }

  #keysArrived(message: KeysMessage): void {
    const arrived: Epoch[] = [];
    for (const { epoch, key } of message.keys) {
      const payers = this.#payers().filter(
        ({ payer }) => payer.hasBought(epoch) || payer.pending.includes(epoch),
      );
      const hash =
        this.media.keyHash(epoch) ?? payers.flatMap(({ payer }) => payer.keyHashOf(epoch) ?? [])[0];
      // A key nobody asked for, or whose hash is not known: nothing to check it with, nothing to use it for.
      if (hash === undefined || (payers.length === 0 && !this.#ring.isAwaited(epoch))) continue;
      if (!KeyRing.matches(key, hash)) {
        for (const { payer } of payers) payer.keyWrong(epoch, this.#now());
        this.#events.emit(
          "error",
          new PaymentBlockedError("wrong-key", undefined, { details: `epoch ${epoch}` }),
        );
        continue;
      }
      for (const { payer } of payers) payer.keyArrived(epoch);
      this.#ahead.delete(epoch);
      this.#ring.add(epoch, key);
      arrived.push(epoch);
    }
    if (arrived.length > 0) this.#events.emit("keys", { epochs: arrived });
    this.#pump();
  }

  async #tickRefused(message: RefusedMessage): Promise<void> {
    const channel = this.#negotiator.current;
    if (!channel || (message.channel !== undefined && message.channel !== channel.id)) return;
    const refusal = refusalOf(message);
    this.#events.emit("error", refusal);
    switch (remedyFor(message)) {
      case "again":
        channel.payer.postpone(this.#now() + RETRY_MS, PASSING_REASONS[message.code] ?? "recovering");
        return this.#pump();
      case "drop": {
        const refused = channel.payer.pending;
        channel.payer.refusedEpochs(refused);
        for (const epoch of refused) {
          this.#ahead.delete(epoch);
          this.#ring.reject(
            epoch,
            new SdkError("epoch-unavailable", "The node no longer sells this second.", { cause: refusal }),
          );
        }
        return this.#pump();
      }
      case "resume":
        return this.#later(RETRY_MS, () => this.#negotiator.reintroduce());
      case "renew":
      case "next-tab":
        return this.#negotiator.replaceCurrent();
      case "final":
        this.#block(new PaymentBlockedError("refused", refusal.shortMessage, { cause: refusal }));
    }
  }

  #closing(message: ClosingMessage): Promise<void> | void {
    this.#events.emit("closing", { code: message.code, message: message.message });
    switch (message.code) {
      case "stream-ended":
        this.#ring.rejectAll(new SdkError("epoch-unavailable", "The stream has ended."));
        return this.#setState({ name: "ended", reason: "stream-ended" });
      case "superseded":
        this.#negotiator.connectionLost();
        return this.#block(new PaymentBlockedError("superseded"));
      case "close-requested":
      case "channel-ending":
        return this.#negotiator.replaceCurrent();
      case "tab-low":
        this.#events.emit("low", { ticksLeft: this.stats.ticksLeft });
    }
  }

  #ready(): void {
    if (this.#state.name === "ended") return;
    this.#setState({ name: this.#paused ? "paused" : "active" });
    this.#pump();
  }

  #block(error: PaymentBlockedError): void {
    const { state } = this;
    if (state.name === "ended" || (state.name === "blocked" && state.reason === error.code)) return;
    this.#setState({ name: "blocked", reason: error.code, error });
  }

  #setState(state: SessionState): void {
    if (this.#state.name === "ended" || (state.name === this.#state.name && state.name !== "blocked")) return;
    this.#state = state;
    this.#events.emit("state", state);
  }

  #payers(): ActiveChannel[] {
    return this.#negotiator.channels;
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

  #unwant(epoch: Epoch): void {
    if (this.#ahead.has(epoch)) return;
    for (const { payer } of this.#payers()) payer.unwant(epoch);
  }

  #prefetch(epoch: Epoch): void {
    clearTimeout(this.#prefetchTimer);
    if (this.#paused || this.#ring.get(epoch)) return;
    const listed = this.media.edge !== null && epoch <= this.media.edge;
    this.#prefetchTimer = setTimeout(
      () => {
        this.#ahead.clear();
        this.#ahead.add(epoch);
        this.#pump();
      },
      listed ? 0 : PREFETCH_AT * this.tickMs,
    );
  }

  #save(channel: ActiveChannel): void {
    channel.saveProgress().catch((error: unknown) => this.#events.emit("error", storeError(error)));
  }

  #mediaChanged(): void {
    if (this.#ended.signal.aborted) return;
    const gone: Epoch[] = [];
    for (const channel of this.#payers()) {
      for (const epoch of channel.payer.unproved) {
        if (!this.media.isGone(epoch)) continue;
        if (this.#wasted.delete(epoch)) this.#writeOffs.forgive();
        else if (!this.#writeOffs.take(this.#now())) continue;
        channel.payer.answer(epoch);
        gone.push(epoch);
        this.#save(channel);
      }
    }
    if (gone.length > 0) {
      this.#lost += gone.length;
      this.#events.emit("loss", { epochs: gone, total: this.#lost });
    }
    this.#pump();
  }

  /** Pays what is wanted and may be paid; runs once at a time, and again when something changed meanwhile. */
  #pump(): void {
    this.#pumpAgain = true;
    if (this.#pumping) return;
    this.#pumping = true;
    void (async () => {
      while (this.#pumpAgain && !this.#ended.signal.aborted) {
        this.#pumpAgain = false;
        try {
          await this.#pay();
        } catch (error) {
          this.#events.emit("error", storeError(error));
          this.#block(new PaymentBlockedError("store-failed", undefined, { cause: error }));
          this.#wakeAt(this.#now() + RETRY_MS);
        }
      }
      this.#pumping = false;
    })();
  }

  async #pay(): Promise<void> {
    const channel = this.#negotiator.current;
    if (!channel?.opened || this.#paused || this.#state.name === "ended") return;
    for (const epoch of [...this.#ring.awaited, ...this.#ahead]) channel.payer.want(epoch);
    const edge = maxEpoch(this.#edgeHint, this.media.edge);
    const decision = channel.payer.next(this.#now(), edge);
    if (decision.kind === "wait") {
      this.#wakeAt(decision.at);
      return this.#waiting(channel, decision.wait);
    }
    this.#pumpAgain = true;
    const message = await channel.tickMessage(decision);
    this.#ticks += decision.paid;
    // The connection, or the viewer's mind, may have changed while this was stored: then it is said later.
    if (!channel.opened || this.#paused || !this.#options.socket.send(message)) return;
    const { n, paid, epochs } = decision;
    this.#events.emit("tick", { channel: channel.id, n, paid, epochs, spent: this.#spend.spent });
    if (channel.payer.ticksLeft <= OPEN_NEXT_AT_TICKS)
      void this.#enqueue(() => this.#negotiator.prepareNext());
  }

  #waiting(channel: ActiveChannel, wait: PayerWait | null): void {
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
        return this.#block(new PaymentBlockedError(wait));
      case "verifying":
        this.#proveSoon();
    }
    // Whatever blocked payment before does so no more, if the channel is the one to say so.
    if (this.#state.name === "blocked" && channel.opened) this.#setState({ name: "active" });
  }

  /** Media the player passed over proves no key: after a while the session looks for itself. */
  #proveSoon(): void {
    if (this.#proving) return;
    this.#proving = true;
    this.#later(PROVE_AFTER_MS, async () => {
      this.#proving = false;
      const epochs = this.#payers().flatMap(({ payer }) => payer.unproved);
      for (const epoch of epochs) {
        const key = this.#ring.get(epoch);
        if (!key || this.#ended.signal.aborted) continue;
        const { media } = this;
        const proof = await proveByFetching({
          media,
          epoch,
          key,
          fetch: this.#options.fetch ?? globalThis.fetch,
          signal: this.#ended.signal,
        });
        if (proof === true) this.proved(epoch);
        else if (proof === false) this.disproved(epoch);
      }
      this.#pump();
    });
  }

  #wakeAt(at: number): void {
    clearTimeout(this.#pumpTimer);
    if (!Number.isFinite(at)) return;
    this.#pumpTimer = setTimeout(() => this.#pump(), Math.max(1, at - this.#now()));
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
        this.#events.emit("error", storeError(error));
        this.#block(new PaymentBlockedError("store-failed", undefined, { cause: error }));
        this.#later(RETRY_MS, async () => this.#negotiator.watch());
      }
    });
  }
}

function maxEpoch(a: Epoch | null, b: Epoch | null): Epoch | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function storeError(error: unknown): SdkError {
  return error instanceof SdkError
    ? error
    : new SdkError("store-failed", "Paying was interrupted.", {
        details: asError(error).message,
        cause: error,
      });
}
