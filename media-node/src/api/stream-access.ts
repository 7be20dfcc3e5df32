// SPDX-License-Identifier: Apache-2.0
import { apiStreamId, parseApiBody, type AccountId, type StreamId } from "@tickstream/contracts-types";
import type { Request, Response } from "express";
import type { ChainForLedger, ChainTerms } from "../ledger/chain-for-ledger.ts";
import type { StreamRegistry } from "../streams/stream-registry.ts";
import type { StreamStore } from "../streams/stream-store.ts";
import { ApiFailure } from "./api-failure.ts";
import { awaitFinality } from "./await-finality.ts";
import type { Login } from "./login.ts";
import { endedStream, type ViewedStream } from "./stream-views.ts";

/** Who may do what with which stream. */
export interface StreamAccess {
  registry: StreamRegistry;
  store: StreamStore;
  login: Login;
}

/** The logged-in account. @throws ApiFailure */
export function caller({ login }: { login: Login }, request: Request): AccountId {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || !token)
    throw new ApiFailure(401, "login-needed", "Log in first.");
  return login.verify(token);
}

/** The stream that the path names, ended ones included. @throws ApiFailure */
export async function find({ registry, store }: StreamAccess, request: Request): Promise<ViewedStream> {
  const id = parseApiBody(apiStreamId, request.params["id"]);
  const carried = registry.get(id);
  if (carried) return carried;
  const record = await store.byId(id);
  if (record) return endedStream(record);
  throw new ApiFailure(404, "stream-not-found", "There is no such stream on this node.");
}

/** The same, where the caller is its creator. @throws ApiFailure */
export async function own(access: StreamAccess, request: Request): Promise<ViewedStream> {
  const account = caller(access, request);
  const stream = await find(access, request);
  if (stream.record.creator !== account) {
    throw new ApiFailure(403, "not-creator", "Only the stream's creator may do this.");
  }
  return stream;
}

/** The same, where it has not ended. @throws ApiFailure */
export async function ownActive(access: StreamAccess, request: Request): Promise<ViewedStream> {
  const stream = await own(access, request);
  if (stream.live.state === "ended") throw new ApiFailure(410, "stream-ended", "The stream has ended.");
  return stream;
}

/** The stream's record on chain, if it is this creator's and may be served here. @throws ApiFailure */
export async function termsForCreator(
  { chain, operator }: { chain: ChainForLedger; operator: AccountId },
  stream: StreamId,
  creator: AccountId,
): Promise<ChainTerms> {
  const terms = await awaitFinality(() => chain.terms(stream, null, "finalized"));
  if (terms === null || terms.retired) {
    throw new ApiFailure(
      409,
      "stream-not-on-chain",
      "The finalized chain has no such stream: register it first.",
    );
  }
  if (terms.creator !== creator)
    throw new ApiFailure(403, "not-creator", "The stream on chain is somebody else's.");
  if (terms.operators.length > 0 && !terms.operators.includes(operator)) {
    throw new ApiFailure(
      403,
      "operator-not-allowed",
      "The stream on chain does not allow this node's operator.",
    );
  }
  if (terms.rate === 0n) {
    throw new ApiFailure(
      409,
      "stream-free",
      "The stream on chain costs nothing: create it here as a free one.",
    );
  }
  return terms;
}

/** Sends a body that is good for this moment only. */
export function send(response: Response, json: string): void {
  response.type("application/json").set("cache-control", "no-store").send(json);
}
