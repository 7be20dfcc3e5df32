// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "@tickstream/contracts-types";
import { problems } from "../messages/en/problems.ts";
import type { Translate } from "../i18n/use-t.tsx";
import type { MessageId } from "../i18n/message-values.ts";

/** A problem as a person reads it: what happened, and what to do. */
export interface ProblemText {
  title: string;
  advice?: string;
}

/** Codes that say the same to a person. */
const SAME: Readonly<Record<string, string>> = {
  "stream-not-found": "stream-unknown",
  "wallet-refused": "wallet-rejected",
  "chain-timeout": "chain-unreachable",
  "chain-closed": "chain-unreachable",
  "request-timeout": "node-unreachable",
};

type KnownCode = keyof typeof problems extends infer Id
  ? Id extends `problem.${infer Code}.advice`
    ? Code
    : never
  : never;

/** How the chain's pallets say that an account hasn't enough, in the details of a call that was refused. */
const TOO_LITTLE = /^(Token\.(FundsUnavailable|NotExpendable|OnlyProvider)|Balances\.InsufficientBalance)/;

function known(error: TickstreamError): KnownCode | undefined {
  if (error.code === "call-refused" && TOO_LITTLE.test(error.details ?? "")) return "balance-too-low";
  const code = SAME[error.code] ?? error.code;
  return `problem.${code}.advice` in problems ? (code as KnownCode) : undefined;
}

/** Any thrown value as a problem a person can act on, in the page's language where its code is known. */
export function explainProblem(error: unknown, t: Translate): ProblemText {
  if (error instanceof TickstreamError) {
    // The innermost known cause says more than the layer that passed it on.
    const found = error.walk((cause) => cause instanceof TickstreamError && known(cause) !== undefined);
    const code = found instanceof TickstreamError ? known(found) : undefined;
    if (code !== undefined) return textOf(code, t);
    return {
      title: error.shortMessage,
      ...(error.details === undefined ? {} : { advice: error.details }),
    };
  }
  return textOf("unknown", t);
}

function textOf(code: KnownCode, t: Translate): ProblemText {
  // Neither has placeholders, which a template of ids can't tell the compiler.
  const say = t as (id: MessageId) => string;
  return { title: say(`problem.${code}`), advice: say(`problem.${code}.advice`) };
}
