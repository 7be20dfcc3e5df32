// SPDX-License-Identifier: Apache-2.0
import type { Planck } from "@tickstream/contracts-types";
import { asError } from "../errors.ts";
import type { Latency, Player, PlayerState, TransportChoice } from "../player/player.ts";
import { cardOf } from "./card.ts";
import { inWords, perMinute } from "./stream-offer.ts";
import { StreamWatch } from "./stream-watch.ts";
import { translator, type Translate } from "./texts.ts";
import { View, type Controls, type Notice } from "./view.ts";

/** Where the script came from is a node that serves it, unless the page says otherwise. */
const SCRIPT_ORIGIN = new URL(import.meta.url).origin;
/** Without a move of the pointer for this long, the controls go. */
const IDLE_MS = 3_000;
/** Further behind than this is not live, in milliseconds. */
const LIVE_MS = 6_000;

/** The element's events; each is a `CustomEvent`, and none bubbles. */
export interface TickstreamPlayerEvents {
  /** What the player does now. */
  statechange: CustomEvent<PlayerState>;
  /** What this visitor has spent, in plancks. */
  spent: CustomEvent<{ ticks: number; spent: Planck }>;
  error: CustomEvent<Error>;
}

/**
 * `<tickstream-player node="https://node.example" stream="7">`: one stream in any HTML page. A free stream plays; of a paid one
 * a preview plays, where the node gives one, and the visitor's own wallet pays for the rest, by the second.
 *
 * | attribute | says |
 * |---|---|
 * | `stream` | the stream's id |
 * | `node` | the media node's base URL; by default the one that served the script |
 * | `limit` | the most a visitor pays, in whole tokens; ten minutes' worth unless given |
 * | `transport` | `auto` (default), `hls` or `webrtc` |
 * | `latency` | `low` (default), `lowest` or `steady` |
 * | `autoplay` | begins by itself what costs nothing |
 * | `muted` | begins without sound |
 * | `lang` | the language of its texts: English or German |
 */
export class TickstreamPlayerElement extends HTMLElement {
  static readonly observedAttributes = ["node", "stream", "limit", "transport", "latency"];
  readonly #view: View;
  #watch: StreamWatch | null = null;
  #error: Error | null = null;
  #notice: Notice | null = null;
  #state: PlayerState | null = null;
  #spent = -1n;
  #t: Translate = translator("en");
  #idle: ReturnType<typeof setTimeout> | undefined;
  #opening = false;
  #off = new AbortController();

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    this.#view = new View(
      root,
      {
        togglePlay: () => this.#togglePlay(),
        toggleMute: () => this.#toggleMute(),
        goLive: () => this.player?.goLive(),
        toggleFullScreen: () => this.#toggleFullScreen(),
        stop: () => void this.#watch?.stop(),
      },
      () => this.#t,
    );
  }

  /** The SDK's player, while something plays. */
  get player(): Player | null {
    const stage = this.#watch?.stage;
    return stage?.name === "watching" ? stage.player : null;
  }

  /** Plays what costs nothing. Resolves when it began, or the element says why not. */
  async play(): Promise<void> {
    await this.#watch?.play();
  }

  /** Asks the visitor's wallet, and pays. To be called from a click. */
  async watch(): Promise<void> {
    await this.#watch?.watch();
  }

  /** Stops paying. */
  async stop(): Promise<void> {
    await this.#watch?.stop();
  }

  connectedCallback(): void {
    this.#off = new AbortController();
    const { signal } = this.#off;
    const lang = this.closest("[lang]")?.getAttribute("lang") ?? navigator.language;
    this.#t = translator(lang);
    if (!this.hasAttribute("role")) this.setAttribute("role", "region");
    this.#view.video.muted = this.hasAttribute("muted");
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.addEventListener("pointermove", () => this.#moved(), { signal });
    for (const name of ["play", "pause", "volumechange"])
      this.#view.video.addEventListener(name, () => this.#render(), { signal });
    this.addEventListener("fullscreenchange", () => this.#render(), { signal });
    this.#open();
  }

  disconnectedCallback(): void {
    this.#off.abort();
    clearTimeout(this.#idle);
    this.#close();
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before !== after && this.isConnected && this.#watch !== null) this.#open();
  }

  /** Several attributes change in one go: one stream is opened for them all. */
  #open(): void {
    if (this.#opening) return;
    this.#opening = true;
    queueMicrotask(() => {
      this.#opening = false;
      this.#close();
      if (this.isConnected) this.#begin();
    });
  }

  #begin(): void {
    const stream = this.getAttribute("stream") ?? "";
    try {
      const watch = new StreamWatch({
        video: this.#view.video,
        node: this.getAttribute("node") ?? SCRIPT_ORIGIN,
        stream,
        limit: this.getAttribute("limit"),
        transport: choice(this.getAttribute("transport"), ["auto", "hls", "webrtc"]),
        latency: choice(this.getAttribute("latency"), ["low", "lowest", "steady"]),
        appName: document.title || location.host,
      });
      this.#watch = watch;
      watch.on("change", () => this.#changed());
      watch.on("error", (error) => this.#failed(error));
      this.#render();
      void this.#load(watch);
    } catch (error) {
      this.#failed(asError(error));
    }
  }

  async #load(watch: StreamWatch): Promise<void> {
    await watch.load();
    if (this.hasAttribute("autoplay") && watch.stage.name === "offer" && watch.isOnAir) await watch.play();
  }

  #close(): void {
    void this.#watch?.dispose();
    this.#watch = null;
    this.#error = null;
    this.#notice = null;
    this.#state = null;
    this.#spent = -1n;
  }

  #changed(): void {
    const { session, preview, offer } = this.#watch!;
    const state = this.player?.state ?? null;
    if (state !== null && state !== this.#state) {
      this.#state = state;
      this.#error = state.name === "blocked" ? this.#error : null;
      this.#emit("statechange", state);
    }
    if (session && session.stats.spent !== this.#spent) {
      const { ticks, spent } = session.stats;
      this.#spent = spent;
      this.#emit("spent", { ticks, spent });
    }
    this.#notice = null;
    if (session && offer) this.#notice = this.#noticeOf();
    else if (preview && this.player) {
      const seconds = Math.round((preview.ticksLeft * preview.tickMs) / 1_000);
      if (preview.ticksLeft > 0) {
        this.#notice = {
          text: this.#t("preview-left", { seconds }),
          action: {
            label: this.#t("keep-watching", { amount: this.#price() }),
            run: () => void this.watch(),
          },
        };
      }
    }
    this.#render();
  }

  /** A higher price, or money that comes to its end: said before it stops anything. */
  #noticeOf(): Notice | null {
    const { session, offer, news } = this.#watch!;
    if (!session || !offer || this.#state?.name === "blocked") return null;
    if (news?.kind === "terms-changed") {
      const amount = inWords(perMinute(news.to, offer.stream.tickMs), offer);
      return {
        text: this.#t("new-price", { amount }),
        action: { label: this.#t("accept-price", { amount }), run: () => this.#watch?.acceptTerms() },
      };
    }
    if (news?.kind === "low") {
      const seconds = Math.round((news.ticksLeft * offer.stream.tickMs) / 1_000);
      const amount = inWords(this.#watch!.limit!, offer);
      return {
        text: this.#t("low", { seconds }),
        action:
          news.reason === "limit"
            ? { label: this.#t("more-limit", { amount }), run: () => this.#watch?.raiseLimit() }
            : { label: this.#t("top-up", { amount }), run: () => void this.#watch?.topUp() },
      };
    }
    return null;
  }

  #failed(error: Error): void {
    this.#error = error;
    this.#emit("error", error);
    this.#render();
  }

  #render(): void {
    const watch = this.#watch;
    if (watch === null) {
      if (this.#error) {
        this.#view.showCard({ title: this.#t("unavailable"), note: this.#error.message, actions: [] }, null);
      }
      return;
    }
    const { offer } = watch;
    if (offer) this.setAttribute("aria-label", this.#t("player", { title: offer.stream.title }));
    // A player that was stopped before its first picture has none to leave standing.
    const hasPicture =
      this.player !== null && this.#view.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    const picture = offer?.stream.picture ?? null;
    const poster = hasPicture || picture === null ? null : new URL(picture, watch.node).href;
    const card = cardOf(watch, this.#t, this.#error);
    this.#view.showCard(card, poster);
    // A card asks what matters now.
    this.#view.showNotice(card === null ? this.#notice : null);
    this.#view.showControls(this.#controls());
  }

  #controls(): Controls {
    const { video } = this.#view;
    const { player } = this;
    const { session, offer } = this.#watch!;
    const state = player?.state.name;
    const isUsable = state === "playing" || state === "waiting" || state === "paused";
    const stats = session?.stats;
    const meter =
      stats && offer
        ? this.#t("paid", {
            seconds: Math.round((stats.ticks * session.tickMs) / 1_000),
            amount: inWords(stats.spent, offer),
          })
        : "";
    return {
      playing: player !== null && isUsable ? state !== "paused" : null,
      muted: video.muted || video.volume === 0,
      live: state === "playing" ? (player?.latencyMs ?? 0) < LIVE_MS : state === "paused" ? null : false,
      fullScreen: document.fullscreenElement === this,
      meter: state === "waiting" ? this.#t("waiting") : meter,
      paying: session !== null && session !== undefined,
    };
  }

  #price(): string {
    const { stream } = this.#watch!.offer!;
    return inWords(perMinute(stream.rate, stream.tickMs), this.#watch!.offer!);
  }

  #togglePlay(): void {
    const { video } = this.#view;
    if (this.player === null) return;
    if (video.paused) void video.play().catch((error: unknown) => this.#failed(asError(error)));
    else video.pause();
  }

  #toggleMute(): void {
    const { video } = this.#view;
    video.muted = !video.muted;
    if (!video.muted && video.volume === 0) video.volume = 1;
  }

  #toggleFullScreen(): void {
    const change = document.fullscreenElement === this ? document.exitFullscreen() : this.requestFullscreen();
    change.catch((error: unknown) => this.#failed(asError(error)));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.player === null) return;
    const onButton = event.composedPath()[0] instanceof HTMLButtonElement;
    switch (event.key) {
      case " ":
        if (onButton) return;
        this.#togglePlay();
        break;
      case "k":
        this.#togglePlay();
        break;
      case "m":
        this.#toggleMute();
        break;
      case "f":
        this.#toggleFullScreen();
        break;
      case "l":
        this.player.goLive();
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  #moved(): void {
    this.removeAttribute("idle");
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.toggleAttribute("idle", this.#state?.name === "playing"), IDLE_MS);
  }

  #emit<Name extends keyof TickstreamPlayerEvents>(
    name: Name,
    detail: TickstreamPlayerEvents[Name]["detail"],
  ): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function choice<Value extends TransportChoice | Latency>(
  given: string | null,
  values: readonly Value[],
): Value {
  return values.find((value) => value === given) ?? values[0]!;
}
