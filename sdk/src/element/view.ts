// SPDX-License-Identifier: Apache-2.0
import type { Card, CardAction } from "./card.ts";
import { STYLES } from "./styles.ts";
import type { Translate } from "./texts.ts";

/** The controls below the picture. */
export interface Controls {
  /** `null` where there is nothing to play yet. */
  playing: boolean | null;
  muted: boolean;
  /** At the live edge; `null` where nothing plays. */
  live: boolean | null;
  fullScreen: boolean;
  meter: string;
  /** Whether there is something to stop paying for. */
  paying: boolean;
}

/** What is told beside the picture, with what can be done about it. */
export interface Notice {
  text: string;
  action?: CardAction;
}

export interface ViewHandlers {
  togglePlay(): void;
  toggleMute(): void;
  goLive(): void;
  toggleFullScreen(): void;
  stop(): void;
}

const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  sound:
    "M4 9v6h4l5 5V4L8 9zm12.5 3a4.5 4.5 0 0 0-2.5-4v8a4.5 4.5 0 0 0 2.5-4zM14 3.2v2.1a7 7 0 0 1 0 13.4v2.1a9 9 0 0 0 0-17.6z",
  muted:
    "M4 9v6h4l5 5V4L8 9zm17 .4L19.6 8 17 10.600 14.400 8 13 9.400 15.600 12 13 14.600 14.400 16 17 13.400 19.600 16 21 14.600 18.400 12z",
  full: "M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z",
} as const;

/** The element's inside: built once, then told what to show. Keeps the focus where it was. */
export class View {
  readonly video = document.createElement("video");
  readonly #t: () => Translate;
  readonly #panel = make("div", "panel");
  readonly #notice = make("div", "notice");
  readonly #bar = make("div", "bar");
  readonly #play = make("button", "play");
  readonly #mute = make("button", "mute");
  readonly #live = make("button", "live");
  readonly #meter = make("span", "meter");
  readonly #stop = make("button", "stop");
  readonly #full = make("button", "full");
  #shownCard = "";
  #shownNotice = "";

  constructor(root: ShadowRoot, handlers: ViewHandlers, t: () => Translate) {
    this.#t = t;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet];
    this.video.playsInline = true;
    this.video.setAttribute("part", "video");
    this.#notice.setAttribute("role", "status");
    this.#panel.setAttribute("aria-live", "polite");
    this.#bar.setAttribute("role", "toolbar");
    this.#play.addEventListener("click", () => handlers.togglePlay());
    this.#mute.addEventListener("click", () => handlers.toggleMute());
    this.#live.addEventListener("click", () => handlers.goLive());
    this.#stop.addEventListener("click", () => handlers.stop());
    this.#full.addEventListener("click", () => handlers.toggleFullScreen());
    this.#bar.append(this.#play, this.#mute, this.#live, this.#meter, this.#stop, this.#full);
    root.append(this.video, this.#bar, this.#notice, this.#panel);
  }

  showCard(card: Card | null, poster: string | null): void {
    const shown = JSON.stringify([card, poster]);
    if (shown === this.#shownCard) return;
    this.#shownCard = shown;
    this.#panel.hidden = card === null;
    // A colour of our own under it: the picture may be missing.
    this.#panel.style.backgroundImage = poster === null ? "" : `url(${JSON.stringify(poster)})`;
    if (card === null) return this.#panel.replaceChildren();
    const hadFocus = this.#panel.contains((this.#panel.getRootNode() as ShadowRoot).activeElement);
    const box = make("div", "card");
    box.append(make("h2", "", card.title));
    if (card.note !== undefined) box.append(make("p", "note", card.note));
    const choices = make("div", "choices");
    choices.append(...card.actions.map(button));
    if (card.link) {
      const link = make("a", "button", card.link.label);
      link.href = card.link.href;
      link.target = "_blank";
      link.rel = "noopener";
      choices.append(link);
    }
    if (choices.childElementCount > 0) box.append(choices);
    this.#panel.replaceChildren(box);
    if (hadFocus) choices.querySelector("button")?.focus();
  }

  showNotice(notice: Notice | null): void {
    const shown = JSON.stringify(notice);
    if (shown === this.#shownNotice) return;
    this.#shownNotice = shown;
    this.#notice.hidden = notice === null;
    this.#notice.replaceChildren();
    if (notice === null) return;
    this.#notice.append(make("span", "", notice.text));
    if (notice.action) this.#notice.append(button(notice.action));
  }

  showControls({ playing, muted, live, fullScreen, meter, paying }: Controls): void {
    const t = this.#t();
    this.#bar.hidden = playing === null;
    if (playing === null) return;
    label(this.#play, t(playing ? "pause" : "play"), playing ? "pause" : "play");
    label(this.#mute, t(muted ? "unmute" : "mute"), muted ? "muted" : "sound");
    label(this.#full, t(fullScreen ? "leave-full-screen" : "full-screen"), "full");
    this.#live.hidden = live === null;
    this.#live.textContent = t("live");
    this.#live.title = live === true ? "" : t("to-live");
    this.#live.setAttribute("aria-disabled", String(live === true));
    this.#meter.textContent = meter;
    this.#stop.hidden = !paying;
    this.#stop.textContent = t("stop");
  }
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  text = "",
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  if (element instanceof HTMLButtonElement) element.type = "button";
  return element;
}

function button({ label: text, primary, icon, run }: CardAction): HTMLButtonElement {
  const made = make("button", primary === true ? "primary" : "", text);
  if (icon !== undefined) {
    const image = document.createElement("img");
    image.src = icon;
    image.alt = "";
    made.prepend(image);
  }
  made.addEventListener("click", run);
  return made;
}

/** A button with a picture instead of words. */
function label(target: HTMLButtonElement, text: string, icon: keyof typeof ICONS): void {
  if (target.getAttribute("aria-label") === text) return;
  target.setAttribute("aria-label", text);
  target.title = text;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[icon]);
  svg.append(path);
  target.replaceChildren(svg);
}
