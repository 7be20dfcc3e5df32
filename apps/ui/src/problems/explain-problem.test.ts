// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import type { Translate } from "../i18n/use-t.tsx";
import { problems } from "../messages/en/problems.ts";
import { explainProblem } from "./explain-problem.ts";

const t = ((id: string) => (problems as Record<string, string>)[id] ?? `no text ${id}`) as Translate;

class AnyError extends TickstreamError {
  override readonly name = "AnyError";
}

test("a known code is told in the page's words, with what to do", () => {
  expect(explainProblem(new AnyError("wallet-locked", "whatever"), t)).toEqual({
    title: "The wallet is locked.",
    advice: "Unlock it with your password and try again. Nothing was signed.",
  });
});

test("the cause says more than the layer that passed it on", () => {
  const cause = new AnyError("chain-timeout", "no answer");
  expect(explainProblem(new AnyError("session-failed", "Failed.", { cause }), t).title).toBe(
    "The chain can't be reached.",
  );
});

test("an account that hasn't enough is told so, whichever pallet says it", () => {
  const refused = (details: string) => explainProblem(new AnyError("call-refused", "No.", { details }), t);
  expect(refused("Token.FundsUnavailable").title).toBe("The account hasn't enough for that.");
  expect(refused("TickStream.TabTooLow")).toEqual({ title: "No.", advice: "TickStream.TabTooLow" });
});

test("what is no error of ours is still told", () => {
  expect(explainProblem(new TypeError("undefined is not a function"), t).title).toBe("Something went wrong.");
  expect(explainProblem("text", t).title).toBe("Something went wrong.");
});
