// SPDX-License-Identifier: Apache-2.0
import { parseAmount, planck, type Planck } from "@tickstream/contracts-types";
import { createClient, type TickstreamClient } from "../client.ts";
import { asError, type SdkError } from "../errors.ts";
import { Emitter } from "../events.ts";
import type { PaySession, PaySessionEvents } from "../payment/session/pay-session.ts";
import type { Player, TransportChoice, Latency } from "../player/player.ts";
import type { PreviewSession } from "../preview/preview-session.ts";
import type { ConnectedWallet } from "../wallet/connect-wallet.ts";
import type { WalletAccount } from "../wallet/wallet-accounts.ts";
import type { TransactionStep } from "../wallet/follow-transaction.ts";
import type { WalletInfo } from "../wallet/list-wallets.ts";
import type { InjectedWallet } from "../wallet.ts";
import { defaultLimit, isFree, type StreamOffer } from "./stream-offer.ts";

/** What the element shows. */
export type WatchStage =
  | { name: "loading" }
  | { name: "unavailable"; error: Error }
  /** It can be watched; nothing is asked of anybody yet. */
  | { name: "offer" }
  | { name: "choose-wallet"; wallets: WalletInfo[] }
  | { name: "choose-account"; accounts: WalletAccount[] }
  | { name: "starting"; step: TransactionStep | null }
  | { name: "watching"; player: Player }
  /** The viewer stopped paying. */
  | { name: "stopped"; ticks: number; spent: Planck };

/** News of a session that still pays. */
export type WatchNews =
  | ({ kind: "low" } & PaySessionEvents["low"])
  | ({ kind: "terms-changed" } & PaySessionEvents["terms-changed"]);

export interface StreamWatchOptions {
  video: HTMLVideoElement;
  /** Base URL of the node. */
  node: string;
  stream: string;
  /** The most to spend, in whole tokens; ten minutes' worth where not given. */
  limit: string | null;
  transport: TransportChoice;
  latency: Latency;
  appName: string;
}

/** How often the node is asked what became of the stream, while somebody watches. */
const REFRESH_MS = 5_000;

interface StreamWatchEvents {
  change: void;
  /** Something failed; the stage says where it stands now. */
  error: Error;
}

/** One visitor and one stream: from the first look to the last paid second. Knows the SDK, and nothing of how it looks. */
export class StreamWatch {
  readonly #options: StreamWatchOptions;
  readonly #events = new Emitter<StreamWatchEvents>();
  readonly #client: TickstreamClient;
  readonly #closing = new AbortController();
  #stage: WatchStage = { name: "loading" };
  #offer: StreamOffer | null = null;
  #limit: Planck | null = null;
  #player: Player | null = null;
  #refresh: ReturnType<typeof setInterval> | undefined;
  #preview: PreviewSession | null = null;
  #session: PaySession | null = null;
  #connected: ConnectedWallet | null = null;
  #wallet: InjectedWallet | null = null;
  #busy: TransactionStep | "starting" | null = null;
  #news: WatchNews | null = null;

  /** @throws SdkError `node-address-invalid` */
  constructor(options: StreamWatchOptions) {
    this.#options = options;
    this.#client = createClient({ node: options.node });
  }

  get stage(): WatchStage {
    return this.#stage;
  }

  get offer(): StreamOffer | null {
    return this.#offer;
  }

  get session(): PaySession | null {
    return this.#session;
  }

  get preview(): PreviewSession | null {
    return this.#preview;
  }

  /** Base URL of the node. */
  get node(): string {
    return this.#client.node;
  }

  /** What the visitor ought to hear while it goes on; `null` where there is nothing. */
  get news(): WatchNews | null {
    return this.#news;
  }

  /** What a top-up in mid-play is doing. */
  get busy(): TransactionStep | "starting" | null {
    return this.#busy;
  }

  on<Name extends keyof StreamWatchEvents>(
    name: Name,
    listener: (event: StreamWatchEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** Whether there is something to watch now, or in a moment. */
  get isOnAir(): boolean {
    const state = this.#offer?.stream.state;
    return state === "live" || state === "waiting";
  }

  /** The most that will be spent; `null` where nothing is. */
  get limit(): Planck | null {
    return this.#limit;
  }

  async load(): Promise<void> {
    await this.#attempt(async () => {
      this.#set({ name: "loading" });
      const { signal } = this.#closing;
      const [stream, info] = await Promise.all([
        this.#client.stream(this.#options.stream, signal),
        this.#client.info(),
      ]);
      if (signal.aborted) return;
      const { limit } = this.#options;
      const offer = { stream, info };
      if (isFree(offer)) this.#limit = null;
      else this.#limit = limit === null ? defaultLimit(offer) : parseAmount(limit, info.token);
      this.#offer = offer;
      this.#set({ name: "offer" });
    });
  }

  /** What costs nothing: a free stream, or the preview of a paid one. */
  async play(): Promise<void> {
    const offer = this.#offer;
    if (offer === null || this.#player !== null) return;
    await this.#attempt(async () => {
      this.#set({ name: "starting", step: null });
      const client = this.#client;
      const { stream } = offer;
      if (isFree(offer)) return this.#show({ client, stream });
      const { openPreview } = await import("../preview/open-preview.ts");
      this.#preview = await openPreview({ client, stream, signal: this.#closing.signal });
      for (const event of ["state", "preview"] as const) this.#preview.on(event, () => this.#changed());
      await this.#show({ session: this.#preview });
    });
  }

  /** Pays: asks which wallet, where there are several. */
  async watch(): Promise<void> {
    await this.#attempt(async () => {
      if (this.#wallet) return this.#pay(this.#wallet);
      const { listWallets } = await import("../wallet/list-wallets.ts");
      const wallets = await listWallets();
      const [only] = wallets;
      if (only && wallets.length === 1) await this.#connect(only.name);
      else this.#set({ name: "choose-wallet", wallets });
    });
  }

  async chooseWallet(name: string): Promise<void> {
    await this.#attempt(() => this.#connect(name));
  }

  async chooseAccount(address: string): Promise<void> {
    await this.#attempt(() => this.#pay(this.#connected!.walletOf(address)));
  }

  /** Back to where nothing is asked. */
  cancel(): void {
    this.#set(this.#player ? { name: "watching", player: this.#player } : { name: "offer" });
  }

  /** Stops paying, for good; what is left returns to the tab. */
  async stop(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    await this.#attempt(async () => {
      await session.leave();
      const { ticks, spent } = session.stats;
      await this.#end();
      this.#set({ name: "stopped", ticks, spent });
    });
  }

  /** Agrees to the price that {@link news} told of. */
  acceptTerms(): void {
    this.#news = null;
    this.#session?.acceptTerms();
    this.#changed();
  }

  /** Lets the session spend as much again. */
  raiseLimit(): void {
    this.#news = null;
    const { limit } = this;
    if (this.#session && limit !== null) this.#session.setLimit(planck(this.#session.stats.spent + limit));
  }

  /** Adds the limit's worth to the tab. */
  async topUp(): Promise<void> {
    const { limit } = this;
    const wallet = this.#wallet;
    const session = this.#session;
    if (!wallet || !session || limit === null) return;
    await this.#attempt(async () => {
      this.#setBusy("starting");
      const { listTabs, openTab, topUpTab } = await import("../payment/tab/tabs.ts");
      const client = this.#client;
      const open = (await listTabs({ client, owner: wallet.address })).find(({ closed }) => !closed);
      const options = { client, wallet, onStep: (step: TransactionStep) => this.#setBusy(step) };
      if (open) await topUpTab({ ...options, tab: open.tab, amount: limit });
      else await openTab({ ...options, deposit: limit });
      session.retry();
      this.#news = null;
    });
    this.#setBusy(null);
  }

  async dispose(): Promise<void> {
    this.#closing.abort();
    await this.#end();
    this.#connected?.disconnect();
    await this.#client.dispose();
    this.#events.clear();
  }

  async #connect(name: string): Promise<void> {
    this.#set({ name: "starting", step: "waiting-for-wallet" });
    const { connectWallet } = await import("../wallet/connect-wallet.ts");
    const connected = await connectWallet(name, {
      appName: this.#options.appName,
      signal: this.#closing.signal,
    });
    this.#connected?.disconnect();
    this.#connected = connected;
    const accounts = connected.accounts();
    const [only] = accounts;
    if (only && accounts.length === 1) await this.#pay(connected.walletOf(only.address));
    else this.#set({ name: "choose-account", accounts });
  }

  async #pay(wallet: InjectedWallet): Promise<void> {
    const offer = this.#offer;
    const { limit } = this;
    if (offer === null || limit === null || this.#session !== null) return;
    this.#set({ name: "starting", step: null });
    const { openSession } = await import("../payment/session/open-session.ts");
    const session = await openSession({
      client: this.#client,
      stream: offer.stream,
      wallet,
      limit,
      signal: this.#closing.signal,
      onStep: (step) => this.#stage.name === "starting" && this.#set({ name: "starting", step }),
    });
    if (this.#closing.signal.aborted) return session.dispose();
    this.#wallet = wallet;
    this.#session = session;
    for (const event of ["state", "tick"] as const) session.on(event, () => this.#changed());
    session.on("low", (coverage) => this.#tell({ kind: "low", ...coverage }));
    session.on("terms-changed", (change) => this.#tell({ kind: "terms-changed", ...change }));
    if (this.#player === null) return this.#show({ session });
    this.#player.useSession(session);
    await this.#preview?.dispose();
    this.#preview = null;
    this.#set({ name: "watching", player: this.#player });
  }

  async #show(
    source:
      | { session: PaySession | PreviewSession }
      | { client: TickstreamClient; stream: StreamOffer["stream"] },
  ): Promise<void> {
    const { createPlayer } = await import("../player/create-player.ts");
    const { video, transport, latency } = this.#options;
    const player = await createPlayer({ video, autoplay: "muted", transport, latency, ...source });
    if (this.#closing.signal.aborted) return player.dispose();
    this.#player = player;
    this.#refresh = setInterval(() => void this.#update(player), REFRESH_MS);
    player.on("state", () => this.#changed());
    player.on("transport", () => this.#changed());
    this.#set({ name: "watching", player });
  }

  async #update(player: Player): Promise<void> {
    try {
      player.update(await this.#client.stream(this.#options.stream, this.#closing.signal));
    } catch {
      // The node is away: the player waits for it by itself, and is told in a while.
    }
  }

  /** Whatever fails leaves the visitor where something can be done. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      if (this.#closing.signal.aborted) return;
      const error = asError(thrown);
      this.#events.emit("error", error);
      if (this.#offer === null) this.#set({ name: "unavailable", error });
      else {
        if (this.#player === null) await this.#end();
        this.cancel();
      }
    }
  }

  async #end(): Promise<void> {
    const [player, session, preview] = [this.#player, this.#session, this.#preview];
    clearInterval(this.#refresh);
    this.#player = null;
    this.#session = null;
    this.#preview = null;
    this.#news = null;
    await player?.dispose();
    await session?.dispose();
    await preview?.dispose();
  }

  #tell(news: WatchNews): void {
    this.#news = news;
    this.#changed();
  }

  #setBusy(busy: StreamWatch["busy"]): void {
    this.#busy = busy;
    this.#changed();
  }

  #set(stage: WatchStage): void {
    if (this.#closing.signal.aborted) return;
    this.#stage = stage;
    this.#changed();
  }

  #changed(): void {
    this.#events.emit("change", undefined);
  }
}

/** Errors of the SDK have a sentence for people; others get none of ours. */
export function sentenceOf(error: Error): string {
  return "shortMessage" in error ? (error as SdkError).shortMessage : error.message;
}
