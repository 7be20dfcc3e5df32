// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "@tickstream/contracts-types";

/** A problem as a person reads it: what happened, and what to do. */
export interface Problem {
  title: string;
  advice?: string;
}

/** What to do about each error that has an answer; the sentence itself comes with the error. */
const ADVICE: Readonly<Record<string, string>> = {
  "node-unreachable": "Check your connection; the page tries again by itself.",
  "node-answer-invalid": "The node may be starting or out of date. Try again in a moment.",
  "stream-unknown": "It may have been removed. Go back to the list to see what is live.",
  "stream-off-air":
    "The creator isn't broadcasting right now. This page starts by itself when the stream is back.",
  "wallet-missing":
    "Install a Polkadot wallet extension (Polkadot.js, Talisman, SubWallet), then reload this page and connect again.",
  "wallet-no-accounts":
    "Open your wallet, create an account or allow this site to see one, and connect again.",
  "wallet-refused": "Nothing was signed and nothing was paid. Try again when you are ready.",
  "balance-too-low": "Choose another account, or a smaller deposit.",
  "amount-invalid": "Use a number with a point for decimals, such as 0.5.",
  "keys-withheld":
    "You risk no more than the second that was withheld. Stop, and watch it elsewhere or later.",
  "wrong-key": "You risk no more than that second. Stop, and tell whoever runs this node.",
  "limit-reached": "Raise your limit to go on watching, or stop: what is left comes back to you.",
  "tab-empty": "Top up the tab to go on watching.",
  "terms-changed": "Accept the new price to go on, or stop: nothing is paid at the new price before you do.",
  "off-air": "The creator isn't broadcasting right now. Nothing is charged, and it goes on by itself.",
  "pace-exceeded": "You pay no faster than time passes. It goes on by itself.",
  "credit-exhausted": "This goes away by itself, within a block or two.",
  recovering: "The node is starting again. Nothing is charged meanwhile, and the stream goes on by itself.",
  superseded: "Close the other window, or go on watching here.",
  "chain-unreachable": "New viewers can't start until the chain is back. Streams that are paid for go on.",
  "insecure-context": "Open the page over https, or on localhost.",
  "store-failed":
    "Your browser keeps no data for this page. Leave private browsing, or allow storage, and reload.",
  "store-locked": "This tab is in use in another window: close it, then try again.",
};

/** Any thrown value as a problem a person can act on. */
export function explainProblem(error: unknown): Problem {
  if (error instanceof TickstreamError) {
    // The innermost known cause says more than the layer that passed it on.
    const known = error.walk((cause) => cause instanceof TickstreamError && cause.code in ADVICE);
    const chosen = known instanceof TickstreamError ? known : error;
    const advice = ADVICE[chosen.code] ?? chosen.details;
    return { title: chosen.shortMessage, ...(advice === undefined ? {} : { advice }) };
  }
  return {
    title: "Something went wrong.",
    advice: error instanceof Error && error.message ? error.message : "Reload the page and try again.",
  };
}
