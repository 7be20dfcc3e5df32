// SPDX-License-Identifier: Apache-2.0
import {
  AmountError,
  fromSs58,
  IdError,
  parseAmount,
  planck,
  type Planck,
  type StreamDetail,
  type Token,
  WHOLE_SHARE,
} from "@tickstream/contracts-types";
import type { StreamPrice } from "@tickstream/sdk";
import { amountText, costOf } from "@tickstream/ui";

/** A guest as typed: who, and how much of everything a viewer pays, in percent. */
export interface GuestDraft {
  /** For React and the labels, never shown. */
  key: number;
  address: string;
  percent: string;
}

/** A price as typed. */
export interface PriceDraft {
  free: boolean;
  /** In whole tokens. */
  perMinute: string;
  operatorPercent: string;
  guests: GuestDraft[];
}

/** What is wrong with a draft, by field. */
export interface PriceProblems {
  perMinute?: "amount-invalid" | "amount-too-small" | undefined;
  operatorPercent?: "percent-invalid" | undefined;
  /** By the guest's key. */
  guests: Readonly<Record<number, "address-invalid" | "address-twice" | "percent-invalid" | undefined>>;
  sum?: "over-100" | undefined;
}

/** The pallet's limit is eight payees, the creator among them. */
export const MAX_GUESTS = 7;
/** Streams that the app makes are sold by the second. */
export const TICK_MS = 1_000;
const TICKS_PER_MINUTE = 60n;
const PERCENT = WHOLE_SHARE / 100;

/** Percent as typed, in parts per billion; `null` where it is none from 0 to 100. */
export function readPercent(text: string): number | null {
  const given = text.trim().replace(",", ".").replace(/\s*%$/, "");
  if (!/^[0-9]{1,3}(\.[0-9]{1,7})?$/.test(given)) return null;
  const parts = Math.round(Number(given) * PERCENT);
  return parts <= WHOLE_SHARE ? parts : null;
}

/** Plancks per tick of a price per minute: the nearest, since a minute's price need not divide by 60. */
export function ratePerTick(perMinute: Planck): Planck {
  return planck((perMinute + TICKS_PER_MINUTE / 2n) / TICKS_PER_MINUTE);
}

/** What is left for the creator, in parts per billion of everything; below 0 where others have too much. */
export function creatorShare(draft: PriceDraft): number {
  const others = [draft.operatorPercent, ...draft.guests.map(({ percent }) => percent)];
  return others.reduce((left, percent) => left - (readPercent(percent) ?? 0), WHOLE_SHARE);
}

/** A draft as the chain takes it, or what is wrong with it. A free stream has no price: it needs no record there. */
export function readPrice(
  draft: PriceDraft,
  creator: string,
  token: Token,
): { price: StreamPrice | null } | { problems: PriceProblems } {
  if (draft.free) return { price: null };
  const rate = readRate(draft.perMinute, token);
  const operatorShare = readPercent(draft.operatorPercent);
  const own = creatorShare(draft);
  const guests = guestProblems(draft.guests, creator);
  const problems: PriceProblems = {
    guests,
    ...(typeof rate === "string" && { perMinute: rate }),
    ...(operatorShare === null && { operatorPercent: "percent-invalid" }),
    ...(own < 0 && { sum: "over-100" }),
  };
  const anyGuest = Object.values(guests).some((problem) => problem !== undefined);
  if (typeof rate === "string" || operatorShare === null || own < 0 || anyGuest) return { problems };
  return { price: { rate, operatorShare, payees: toPayees(draft.guests, creator, own) } };
}

function readRate(perMinute: string, token: Token): Planck | "amount-invalid" | "amount-too-small" {
  try {
    const rate = ratePerTick(parseAmount(perMinute.trim().replace(",", "."), token));
    return rate > 0n ? rate : "amount-too-small";
  } catch (error) {
    if (error instanceof AmountError) return "amount-invalid";
    throw error;
  }
}

function guestProblems(guests: readonly GuestDraft[], creator: string): PriceProblems["guests"] {
  const seen = new Set<string>([fromSs58(creator)]);
  const problems: Record<number, "address-invalid" | "address-twice" | "percent-invalid" | undefined> = {};
  for (const { key, address, percent } of guests) {
    const account = accountOf(address);
    if (account === null) problems[key] = "address-invalid";
    else if (seen.has(account)) problems[key] = "address-twice";
    else if (!readPercent(percent)) problems[key] = "percent-invalid";
    if (account !== null) seen.add(account);
  }
  return problems;
}

function accountOf(address: string): string | null {
  try {
    return fromSs58(address.trim());
  } catch (error) {
    if (error instanceof IdError) return null;
    throw error;
  }
}

/**
 * The chain shares out what the operator leaves, so parts of everything become parts of that rest. They sum to the whole
 * exactly: the creator, or the first guest where the creator takes nothing, has what rounding leaves.
 */
function toPayees(guests: readonly GuestDraft[], creator: string, own: number): StreamPrice["payees"] {
  const parts = [
    ...(own > 0 ? [{ account: creator, parts: own }] : []),
    ...guests.map(({ address, percent }) => ({ account: address.trim(), parts: readPercent(percent) ?? 0 })),
  ];
  const rest = parts.reduce((sum, { parts }) => sum + parts, 0);
  // All to the operator: somebody has to be named as payee of nothing.
  if (rest === 0) return [{ account: creator, share: WHOLE_SHARE }];
  const [first, ...others] = parts.map(({ account, parts }) => ({
    account,
    share: Math.floor((parts * WHOLE_SHARE) / rest),
  }));
  const taken = others.reduce((sum, { share }) => sum + share, 0);
  return first ? [{ ...first, share: WHOLE_SHARE - taken }, ...others] : [];
}

/** The draft that says what a stream costs now. */
export function draftOf(
  stream: Pick<StreamDetail, "rate" | "tickMs" | "operatorShare" | "payees">,
  creator: string,
  token: Token,
): PriceDraft {
  const rest = WHOLE_SHARE - stream.operatorShare;
  const self = fromSs58(creator);
  return {
    free: stream.rate === 0n,
    perMinute: amountText(costOf(stream.rate, stream.tickMs, 60_000), token),
    operatorPercent: percentText(stream.operatorShare),
    guests: stream.payees
      .filter(({ account }) => fromSs58(account) !== self)
      .map(({ account, share }, key) => ({
        key,
        address: account,
        percent: percentText(Math.round((share * rest) / WHOLE_SHARE)),
      })),
  };
}

function percentText(parts: number): string {
  return String(Number((parts / PERCENT).toFixed(7)));
}
