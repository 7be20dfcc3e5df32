// SPDX-License-Identifier: Apache-2.0
import type { RefusalCode, RefusedMessage } from "@tickstream/contracts-types";
import { RefusedError } from "../../errors.ts";
import type { PassingWait } from "../ticks/payer.ts";

/**
 * What a refusal asks for: `again` passes by itself; `resume` what the node knows already; `renew` with fresh terms and
 * a new commitment; `next-tab` forgets this tab first; `drop` the epochs asked for; `final` is the viewer's to decide.
 */
export type RefusalRemedy = "again" | "resume" | "renew" | "next-tab" | "drop" | "final";

/** What passes by itself, whatever was asked for, and what it is called for as long as it lasts. */
const PASSING_WAITS: Partial<Record<RefusalCode, PassingWait>> = {
  "chain-unreachable": "chain-unreachable",
  recovering: "recovering",
  "rate-limited": "recovering",
  "stream-off-air": "off-air",
};

const PASSING: Partial<Record<RefusalCode, RefusalRemedy>> = Object.fromEntries(
  Object.keys(PASSING_WAITS).map((code) => [code, "again" as const]),
);

const REMEDIES: Record<RefusedMessage["request"], Partial<Record<RefusalCode, RefusalRemedy>>> = {
  // A preview that is used up does not concern a paying session.
  watch: { ...PASSING, "preview-exhausted": "drop" },
  open: {
    ...PASSING,
    "commitment-known": "resume",
    "terms-stale": "renew",
    "open-fee-wrong": "renew",
    "open-by-range": "renew",
    "expires-at-range": "renew",
    // The node trusts final blocks only, and a tab just funded is not in one yet.
    "tab-unknown": "again",
    // A channel that was left frees its rest when it ends on chain.
    "tab-insufficient": "again",
    "tab-closed": "next-tab",
    "tab-opening-failed": "next-tab",
  },
  resume: {
    ...PASSING,
    "channel-unknown": "renew",
    "channel-closing": "renew",
    "tab-closed": "next-tab",
    "tab-opening-failed": "next-tab",
  },
  tick: {
    ...PASSING,
    "credit-exhausted": "again",
    "epochs-out-of-range": "drop",
    "epochs-unpaid": "resume",
    "preimage-invalid": "resume",
    "advance-too-far": "resume",
    "channel-unknown": "resume",
    "channel-closing": "renew",
    "tab-closed": "next-tab",
    "tab-opening-failed": "next-tab",
  },
};

/** What a refusal that passes by itself is called for as long as it lasts; `null` for those that are about money. */
export function passingWaitOf({ code }: RefusedMessage): PassingWait | null {
  // Only ticks are refused for it.
  if (code === "credit-exhausted") return code;
  return PASSING_WAITS[code] ?? null;
}

export function remedyFor(message: RefusedMessage): RefusalRemedy {
  return REMEDIES[message.request][message.code] ?? "final";
}

/** The refusal as an error, in the node's words. */
export function refusalOf(message: RefusedMessage): RefusedError {
  return new RefusedError(message.code, message.message, message.accept ?? {});
}
