// SPDX-License-Identifier: Apache-2.0
import { apiErrorBody, formatApiBody, parseApiBody, signalJoinRequest } from "@tickstream/contracts-types";
import type { Authenticate, JoinDecision } from "@tickstream/signaling";

const CODES = ["stream-unknown", "credential-missing", "credential-invalid", "unavailable"] as const;

const unavailable: JoinDecision = {
  ok: false,
  code: "unavailable",
  message: "The media node that decides who may join does not answer: try again in a moment.",
};

/** Lets a media node decide who may join: it knows the streams, their keys and who has logged in. */
export function askNode(node: string): Authenticate {
  const url = new URL("/api/signal/join", node);
  return async ({ credential, ...asked }, signal) => {
    let response: Response;
    try {
      response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: formatApiBody(signalJoinRequest, credential === undefined ? asked : { ...asked, credential }),
        signal,
        redirect: "error",
      });
      if (response.status === 204) return { ok: true };
      const { error } = parseApiBody(apiErrorBody, await response.json());
      const code = CODES.find((known) => known === error.code);
      return code === undefined ? unavailable : { ok: false, code, message: error.message };
    } catch {
      // No answer, or none of a media node's: nobody is let in on that.
      return unavailable;
    }
  };
}
