// SPDX-License-Identifier: Apache-2.0
import type { BlockReason } from "../errors.ts";
import { defaultLimit, inWords, isFree, perMinute, type StreamOffer } from "./stream-offer.ts";
import { sentenceOf, type StreamWatch } from "./stream-watch.ts";
import type { TextId, Translate } from "./texts.ts";

/** What can be done from a card. */
export interface CardAction {
  label: string;
  primary?: boolean;
  /** Shown before the label: a `data:` URL. */
  icon?: string;
  run: () => void;
}

/** Somewhere else to go on. */
interface CardLink {
  label: string;
  href: string;
}

/** What stands over the picture while something is to be said or asked. */
export interface Card {
  title: string;
  note?: string;
  actions: CardAction[];
  /** Where a visitor without a wallet can go on. */
  link?: CardLink;
}

/** Blocks that end by themselves: the sentence is all there is to it. */
const PASSING: readonly BlockReason[] = [
  "chain-unreachable",
  "recovering",
  "credit-exhausted",
  "off-air",
  "pace-exceeded",
  "store-failed",
];

/** The card for what is going on; `null` while the picture speaks for itself. */
export function cardOf(watch: StreamWatch, t: Translate, error: Error | null): Card | null {
  const { stage, offer } = watch;
  const note = error === null ? {} : { note: sentenceOf(error) };
  const cancel = { label: t("cancel"), run: () => watch.cancel() };
  switch (stage.name) {
    case "loading":
      return { title: t("loading"), actions: [] };
    case "unavailable":
      return {
        title: t("unavailable"),
        note: sentenceOf(stage.error),
        actions: [{ label: t("again"), primary: true, run: () => void watch.load() }],
      };
    case "offer":
      return { ...offerCard(watch, offer!, t), ...note };
    case "choose-wallet":
      if (stage.wallets.length === 0) {
        return { title: t("no-wallet"), actions: [cancel], link: linkToNode(watch, offer!, t) };
      }
      return {
        title: t("choose-wallet"),
        actions: [
          ...stage.wallets.map(({ name, title, icon }) => ({
            label: title,
            icon,
            run: () => void watch.chooseWallet(name),
          })),
          cancel,
        ],
      };
    case "choose-account":
      return {
        title: t("choose-account"),
        actions: [
          ...stage.accounts.map(({ name, address }) => ({
            label: `${name} · ${address.slice(0, 6)}…${address.slice(-4)}`,
            run: () => void watch.chooseAccount(address),
          })),
          cancel,
        ],
      };
    case "starting":
      return { title: stage.step === null ? t("starting") : t(`step-${stage.step}`), actions: [] };
    case "stopped": {
      const seconds = Math.round((stage.ticks * offer!.stream.tickMs) / 1_000);
      const amount = inWords(stage.spent, offer!);
      return {
        title: t("stopped", { seconds, amount }),
        actions: [payAction(watch, offer!, t, "watch")],
        ...note,
      };
    }
    case "watching":
      return watchingCard(watch, offer!, t, note);
  }
}

function watchingCard(
  watch: StreamWatch,
  offer: StreamOffer,
  t: Translate,
  note: { note?: string },
): Card | null {
  if (watch.stage.name !== "watching") return null;
  const { state } = watch.stage.player;
  switch (state.name) {
    case "loading":
      return { title: t("loading"), actions: [] };
    case "waiting":
      return null;
    case "ended":
      return { title: t("ended"), actions: [] };
    case "blocked":
      if (watch.busy !== null) {
        return { title: watch.busy === "starting" ? t("starting") : t(`step-${watch.busy}`), actions: [] };
      }
      return { ...blockedCard(watch, offer, t, state.reason), ...note };
    default:
      return null;
  }
}

function blockedCard(watch: StreamWatch, offer: StreamOffer, t: Translate, reason: BlockReason): Card {
  const sentence = t(`blocked-${reason}`);
  const session = watch.session;
  const limit = inWords(watch.limit ?? defaultLimit(offer), offer);
  const action = (id: TextId, run: () => void, values = {}): CardAction => ({
    label: t(id, values),
    primary: true,
    run,
  });
  if (PASSING.includes(reason)) return { title: sentence, actions: [] };
  switch (reason) {
    case "preview-over":
      return { title: sentence, actions: [payAction(watch, offer, t, "keep-watching")] };
    case "limit-reached":
      return {
        title: sentence,
        actions: [action("more-limit", () => watch.raiseLimit(), { amount: limit })],
      };
    case "tab-empty":
      return {
        title: sentence,
        actions: [action("top-up", () => void watch.topUp(), { amount: limit })],
      };
    case "terms-changed": {
      const rate = session?.terms?.rate ?? offer.stream.rate;
      const amount = inWords(perMinute(rate, offer.stream.tickMs), offer);
      return {
        title: sentence,
        actions: [action("accept-price", () => session?.acceptTerms(), { amount })],
      };
    }
    case "superseded":
      return { title: sentence, actions: [action("take-over", () => session?.retry())] };
    default:
      return { title: sentence, actions: [action("again", () => session?.retry())] };
  }
}

function offerCard(watch: StreamWatch, offer: StreamOffer, t: Translate): Card {
  const { stream } = offer;
  if (stream.state === "ended") return { title: stream.title, note: t("ended"), actions: [] };
  if (stream.state === "offline") {
    return {
      title: stream.title,
      note: t("not-live"),
      actions: [{ label: t("again"), run: () => void watch.load() }],
    };
  }
  if (isFree(offer)) {
    return {
      title: stream.title,
      note: t("free"),
      actions: [{ label: t("play"), primary: true, run: () => void watch.play() }],
    };
  }
  const pay = payAction(watch, offer, t, "watch");
  return {
    title: stream.title,
    note: t("limit", { amount: inWords(watch.limit!, offer) }),
    actions:
      stream.previewTicks > 0
        ? [
            { label: t("watch-preview"), primary: true, run: () => void watch.play() },
            { ...pay, primary: false },
          ]
        : [pay],
  };
}

function payAction(
  watch: StreamWatch,
  offer: StreamOffer,
  t: Translate,
  id: "watch" | "keep-watching",
): CardAction {
  const amount = inWords(perMinute(offer.stream.rate, offer.stream.tickMs), offer);
  return { label: t(id, { amount }), primary: true, run: () => void watch.watch() };
}

function linkToNode(watch: StreamWatch, { stream }: StreamOffer, t: Translate): CardLink {
  const url = new URL(`/watch/${encodeURIComponent(stream.id)}`, watch.node);
  return { label: t("watch-on-node", { host: url.host }), href: url.href };
}
