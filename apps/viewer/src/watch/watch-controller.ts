// SPDX-License-Identifier: Apache-2.0
import type { Planck, StreamDetail } from "@tickstream/contracts-types";
import {
  createPlayer,
  type InjectedWallet,
  openPreview,
  openSession,
  type PaySession,
  type Player,
  type PlayerSource,
  type PlayerState,
  type PreviewSession,
  type SessionStats,
  type TickstreamClient,
  type TransactionStep,
} from "@tickstream/sdk";
import { forgetVisit, keepVisit } from "./interrupted-visit.ts";
import type { PlaybackChoice } from "./use-playback-choice.ts";

/** Where somebody stands with one stream. */
export type WatchPhase =
  | { name: "idle" }
  /** Nothing to agree to. */
  | { name: "free" }
  | { name: "preview"; session: PreviewSession }
  /** On the way to the first paid second; `step` says how far the wallet's transaction is, where one is needed. */
  | { name: "starting"; step: TransactionStep | "opening" }
  | { name: "watching"; session: PaySession; stopping: boolean }
  | { name: "stopped"; stats: SessionStats; tickMs: number };

export interface WatchState {
  phase: WatchPhase;
  player: Player | undefined;
  playerState: PlayerState | undefined;
  /** The browser played no sound before a click on the page. */
  muted: boolean;
  /** The last thing that failed. */
  error: unknown;
}

/** What is needed to begin to pay. */
export interface Start {
  /** As the viewer was shown it: a price above its rate is asked about. */
  stream: StreamDetail;
  choice: PlaybackChoice;
  /** Signs where a tab has to be funded; none for a channel that is still open. */
  wallet: InjectedWallet | undefined;
  /** For a new tab, where one is needed. */
  deposit: Planck | undefined;
  limit: Planck;
}

export const IDLE: WatchState = {
  phase: { name: "idle" },
  player: undefined,
  playerState: undefined,
  muted: false,
  error: undefined,
};

/** One stream in one video element, from the first look at it to leaving: the page only draws what this says. */
export class WatchController {
  readonly #client: TickstreamClient;
  readonly #video: HTMLVideoElement;
  readonly #listeners = new Set<() => void>();
  readonly #leaving = new AbortController();
  #state: WatchState = IDLE;
  /** What a session that begins is to be told when somebody changes their mind. */
  #starting: AbortController | undefined;
  #creating: Promise<void> = Promise.resolve();
  /** Where a start that is given up leads back to. */
  #before: WatchPhase = IDLE.phase;
  /** The stream at the price that was agreed to. */
  #agreed: StreamDetail | undefined;

  constructor(client: TickstreamClient, video: HTMLVideoElement) {
    this.#client = client;
    this.#video = video;
    // A reload goes on with what was agreed to, and with no more than what was left of it.
    window.addEventListener("pagehide", () => this.#keepVisit(), { signal: this.#leaving.signal });
  }

  get state(): WatchState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Plays a free stream: nothing to agree to. */
  async playFree(stream: StreamDetail, choice: PlaybackChoice): Promise<void> {
    if (this.#state.phase.name !== "idle") return;
    this.#set({ phase: { name: "free" }, error: undefined });
    try {
      await this.#play({ client: this.#client, stream }, choice);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Shows the free seconds of a paid stream. */
  async preview(stream: StreamDetail, choice: PlaybackChoice): Promise<void> {
    if (this.#state.phase.name !== "idle") return;
    const { signal } = (this.#starting = new AbortController());
    try {
      const session = await openPreview({ client: this.#client, stream, signal });
      if (signal.aborted) {
        await session.dispose();
        return;
      }
      this.#set({ phase: { name: "preview", session }, error: undefined });
      await this.#play({ session }, choice);
    } catch (error) {
      // Without a preview, the price stands there as before.
      if (!signal.aborted) this.#fail(error);
    }
  }

  /** Begins to pay, in the player that shows the preview where there is one. */
  async start({ stream, choice, wallet, deposit, limit }: Start): Promise<void> {
    const before = this.#state.phase;
    if (before.name === "starting" || before.name === "watching") return;
    this.#starting?.abort();
    const { signal } = (this.#starting = new AbortController());
    this.#before = before;
    this.#set({ phase: { name: "starting", step: "opening" }, error: undefined });
    try {
      const session = await openSession({
        client: this.#client,
        stream,
        wallet,
        deposit,
        limit,
        signal,
        onStep: (step) => {
          if (this.#state.phase.name !== "starting") return;
          this.#set({ phase: { name: "starting", step: step === "finalized" ? "in-block" : step } });
        },
      });
      if (signal.aborted) {
        await session.dispose();
        return;
      }
      this.#agreed = stream;
      // A preview's player may be on its way: one element has one player.
      await this.#creating.catch(() => undefined);
      this.#set({ phase: { name: "watching", session, stopping: false } });
      if (this.#state.player) this.#state.player.useSession(session);
      else await this.#play({ session }, choice);
      if (before.name === "preview") await before.session.dispose();
    } catch (error) {
      if (signal.aborted) return;
      await this.#endSession();
      this.#set({ phase: before, error });
    }
  }

  /** Gives up what {@link start} has begun. What was signed by then stays signed. */
  cancel(): void {
    if (this.#state.phase.name !== "starting") return;
    this.#starting?.abort();
    this.#set({ phase: this.#before });
  }

  /** Stops for good: the node settles, and what is left returns to the tab. */
  async stop(): Promise<void> {
    const { phase } = this.#state;
    if (phase.name !== "watching" || phase.stopping) return;
    const { session } = phase;
    forgetVisit();
    this.#set({ phase: { ...phase, stopping: true } });
    let error: unknown;
    try {
      await session.leave();
    } catch (cause) {
      error = cause; // the node settles all the same when it sees that nobody pays
    }
    const { stats, tickMs } = session;
    await this.#endPlayer();
    await session.dispose();
    this.#set({ phase: { name: "stopped", stats, tickMs }, error });
  }

  /** Sound on, from a click. */
  unmute(): void {
    this.#video.muted = false;
    this.#set({ muted: false });
    void this.#video.play().catch((error: unknown) => this.#fail(error));
  }

  /** Leaving the page stops at once; the channel stays for the next visit. */
  async dispose(): Promise<void> {
    this.#leaving.abort();
    this.#starting?.abort();
    this.#listeners.clear();
    await this.#endPlayer();
    await this.#endSession();
  }

  #play(source: PlayerSource, choice: PlaybackChoice): Promise<void> {
    this.#creating = this.#createPlayer(source, choice);
    return this.#creating;
  }

  async #createPlayer(source: PlayerSource, { transport, latency }: PlaybackChoice): Promise<void> {
    const player = await createPlayer({
      ...source,
      video: this.#video,
      autoplay: "muted",
      transport,
      latency,
    });
    if (this.#leaving.signal.aborted) return player.dispose();
    player.on("state", (playerState) => this.#set({ playerState }));
    player.on("muted", () => this.#set({ muted: true }));
    this.#set({ player, playerState: player.state });
  }

  #fail(error: unknown): void {
    void this.#endPlayer();
    void this.#endSession();
    this.#set({ phase: { name: "idle" }, error });
  }

  async #endPlayer(): Promise<void> {
    const { player } = this.#state;
    this.#set({ player: undefined, playerState: undefined, muted: false });
    await player?.dispose();
  }

  async #endSession(): Promise<void> {
    const { phase } = this.#state;
    if (phase.name === "watching" || phase.name === "preview") await phase.session.dispose();
  }

  #keepVisit(): void {
    const { phase } = this.#state;
    if (phase.name !== "watching" || phase.stopping || !this.#agreed) return;
    const { stats } = phase.session;
    const { id, rate } = this.#agreed;
    keepVisit({ stream: id, rate, limit: stats.limit - stats.spent });
  }

  #set(change: Partial<WatchState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
