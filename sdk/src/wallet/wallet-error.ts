// SPDX-License-Identifier: Apache-2.0
import type { TickstreamErrorOptions } from "@tickstream/contracts-types";
import { asError, SdkError } from "../errors.ts";

/** Why a wallet extension cannot be used right now. */
export type WalletErrorCode =
  /** No such extension in this browser. */
  | "wallet-missing"
  /** The person closed the question whether to let this site in; it may be asked again. */
  | "wallet-connection-declined"
  /** The person closed the question for a signature without giving it; it may be asked again. */
  | "wallet-rejected"
  /** The wallet does not let this site see it; the person changes that in the wallet's own settings. */
  | "wallet-not-authorised"
  /** The wallet offers this site no account that can sign for the chain. */
  | "wallet-no-accounts"
  /** The wallet no longer offers the account that was chosen. */
  | "wallet-account-unknown"
  /** The account's password was not given. */
  | "wallet-locked"
  /** The wallet has an open question already, or wants requests further apart. */
  | "wallet-busy"
  /** No answer within the time allowed: the wallet's window may be hidden, or its worker has died. */
  | "wallet-timeout"
  /** The extension was updated, disabled or removed while the page was open: the page must be loaded again. */
  | "wallet-gone"
  /** Anything else; `details` has the wallet's own words. */
  | "wallet-failed";

/** A wallet extension did not do what it was asked to. `shortMessage` says to the person what to do about it. */
export class WalletError extends SdkError {
  override readonly name = "WalletError";
  declare readonly code: WalletErrorCode;

  constructor(code: WalletErrorCode, options: TickstreamErrorOptions = {}) {
    super(code, SENTENCES[code], options);
  }
}

const SENTENCES: Record<WalletErrorCode, string> = {
  "wallet-missing": "This wallet is not in this browser.",
  "wallet-connection-declined": "The wallet was not connected: the request was closed.",
  "wallet-rejected": "The request was declined in the wallet.",
  "wallet-not-authorised":
    "The wallet does not let this site in: allow it in the wallet's settings for websites.",
  "wallet-no-accounts": "The wallet shows this site no account: choose one in its settings for websites.",
  "wallet-account-unknown": "The wallet no longer offers this account: choose another.",
  "wallet-locked": "The wallet is locked: unlock it and try again.",
  "wallet-busy": "The wallet is busy with another request: look for its window, or try again in a moment.",
  "wallet-timeout": "The wallet did not answer: look for its window, or try again.",
  "wallet-gone": "The wallet was restarted or removed: load this page again.",
  "wallet-failed": "The wallet failed.",
};

/**
 * Words of the extensions, which have no codes: those of polkadot-js 0.62 are in its
 * `background/handlers/{State,Tabs,Extension}.ts`, those of Talisman in `extension-core/src/domains`, those of SubWallet in
 * `extension-base/src/services/request-service`; Nova has "Rejected" only. The first that fits counts.
 */
const WORDS: [RegExp, WalletErrorCode][] = [
  [/rate limit/i, "wallet-busy"],
  [/pending authori[sz]ation|already pending|another request/i, "wallet-busy"],
  // polkadot-js remembers a rejected site and never asks again; "cancelled" asks again next time.
  [/connection request was rejected/i, "wallet-not-authorised"],
  // Talisman's answer where it was locked before the person agreed.
  [/^unauthori[sz]ed$/i, "wallet-locked"],
  [/not allowed to interact with this account/i, "wallet-account-unknown"],
  [/no .*accounts are authori[sz]ed|onboarding/i, "wallet-no-accounts"],
  [/not allowed to interact|not been enabled|(not (been )?|un)authori[sz]ed/i, "wallet-not-authorised"],
  [/password|locked|unlock/i, "wallet-locked"],
  [
    /unable to (find|retrieve) (key)?pair|unknown address|account.* not (found|exist)/i,
    "wallet-account-unknown",
  ],
  [
    /context invalidated|receiving end does not exist|message port closed|extension unavailable/i,
    "wallet-gone",
  ],
  [/cancel|reject|denied|declin|refus/i, "wallet-rejected"],
];

/**
 * What an extension threw, in our terms; an error of ours as it is.
 *
 * @param options.declined the code where the person said no, which depends on what was asked
 */
export function walletFailure(
  thrown: unknown,
  { declined = "wallet-rejected" }: { declined?: WalletErrorCode } = {},
): SdkError {
  if (thrown instanceof SdkError) return thrown;
  const { message } = asError(thrown);
  const found = WORDS.find(([words]) => words.test(message))?.[1] ?? "wallet-failed";
  const code = found === "wallet-rejected" ? declined : found;
  return new WalletError(code, { details: message.slice(0, 300), cause: thrown });
}
