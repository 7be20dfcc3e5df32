// SPDX-License-Identifier: Apache-2.0
import {
  apiStreamId,
  createStreamRequest,
  createStreamResponse,
  formatApiBody,
  liveStreams,
  myStreams,
  parseApiBody,
  streamDetail,
  streamId,
  streamKeyResponse,
  streamStats,
  type AccountId,
  type StreamId,
} from "@tickstream/contracts-types";
import { Router, type Request, type Response } from "express";
import type { Database } from "../database/open-database.ts";
import type { ChainForLedger, ChainTerms } from "../ledger/chain-for-ledger.ts";
import type { StreamRegistry } from "../streams/stream-registry.ts";
import type { StreamStore } from "../streams/stream-store.ts";
import { ApiFailure } from "./api-failure.ts";
import type { Login } from "./login.ts";
import { rateLimiter } from "./rate-limiter.ts";
import { streamEarnings } from "./stream-earnings.ts";
import {
  detail,
  endedStream,
  stateOf,
  summarize,
  type ViewContext,
  type ViewedStream,
} from "./stream-views.ts";

export interface StreamRoutesContext extends ViewContext {
  database: Database;
  chain: ChainForLedger;
  registry: StreamRegistry;
  store: StreamStore;
  login: Login;
}

/** Milliseconds of media in a tick of a free stream: nothing is sold, but keys of time are still counted. */
const FREE_TICK_MS = 1_000;

/** `/api/streams` */
export function streamRoutes(context: StreamRoutesContext): Router {
  const { registry, store } = context;
  const router = Router();
  const writes = rateLimiter(1, 20);

  router.get("/live", async (_request, response) => {
    const live = registry.all().filter(({ live: { state } }) => state === "live" || state === "waiting");
    const settled = await Promise.allSettled(live.map((stream) => summarize(context, stream)));
    // A stream whose price cannot be told right now cannot be offered.
    const streams = settled.filter((result) => result.status === "fulfilled").map(({ value }) => value);
    send(response, formatApiBody(liveStreams, { streams }));
  });

  router.get("/mine", async (request, response) => {
    const account = caller(context, request);
    const mine = registry.all().filter(({ record }) => record.creator === account);
    const streams = await Promise.all(mine.map((stream) => detail(context, stream)));
    send(response, formatApiBody(myStreams, { streams }));
  });

  router.post("/", writes, async (request, response) => {
    const creator = caller(context, request);
    const body = parseApiBody(createStreamRequest, request.body);
    const chainStream = "chainStream" in body ? streamId(body.chainStream) : null;
    const terms = chainStream === null ? null : await termsForCreator(context, chainStream, creator);
    const { carried, streamKey } = await registry.create({
      chainStream,
      title: body.title,
      tickMs: terms?.tickMs ?? FREE_TICK_MS,
      creator,
    });
    const stream = await detail(context, carried);
    response.status(201);
    send(response, formatApiBody(createStreamResponse, { stream, streamKey }));
  });

  router.get("/:id", async (request, response) => {
    const carried = await find(context, request);
    send(response, formatApiBody(streamDetail, await detail(context, carried)));
  });

  router.get("/:id/stats", async (request, response) => {
    const carried = await find(context, request);
    const isCreator =
      request.headers.authorization !== undefined && caller(context, request) === carried.record.creator;
    const earnings =
      isCreator && carried.paid ? await streamEarnings(context.database, carried.paid.id) : null;
    const body = {
      viewers: context.viewers(carried),
      state: stateOf(carried),
      edge: carried.live.edgeEpoch(),
      ...(earnings ? { earnings } : {}),
    };
    send(response, formatApiBody(streamStats, body));
  });

  router.post("/:id/key", writes, async (request, response) => {
    const carried = await own(context, request);
    const streamKey = await store.rotateKey(carried.record.id);
    send(response, formatApiBody(streamKeyResponse, { streamKey }));
  });

  router.post("/:id/end", writes, async (request, response) => {
    const carried = await own(context, request);
    await registry.end(carried.record.id);
    const ended = await detail(context, endedStream(carried.record));
    send(response, formatApiBody(streamDetail, ended));
  });

  return router;
}

/** The logged-in account. @throws ApiFailure */
function caller({ login }: StreamRoutesContext, request: Request): AccountId {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || !token)
    throw new ApiFailure(401, "login-needed", "Log in first.");
  return login.verify(token);
}

async function find({ registry, store }: StreamRoutesContext, request: Request): Promise<ViewedStream> {
  const id = parseApiBody(apiStreamId, request.params["id"]);
  const carried = registry.get(id);
  if (carried) return carried;
  const record = await store.byId(id);
  if (record) return endedStream(record);
  throw new ApiFailure(404, "stream-not-found", "There is no such stream on this node.");
}

async function own(context: StreamRoutesContext, request: Request): Promise<ViewedStream> {
  const account = caller(context, request);
  const carried = await find(context, request);
  if (carried.record.creator !== account) {
    throw new ApiFailure(403, "not-creator", "Only the stream's creator may do this.");
  }
  if (carried.live.state === "ended") throw new ApiFailure(410, "stream-ended", "The stream has ended.");
  return carried;
}

/** The stream's record on chain, if it is this creator's and may be served here. @throws ApiFailure */
async function termsForCreator(
  context: StreamRoutesContext,
  stream: StreamId,
  creator: AccountId,
): Promise<ChainTerms> {
  let terms: ChainTerms | null;
  try {
    terms = await context.chain.terms(stream, null, "finalized");
  } catch {
    throw new ApiFailure(503, "chain-unreachable", "The node has lost the chain: try again in a moment.");
  }
  if (terms === null || terms.retired) {
    throw new ApiFailure(
      409,
      "stream-not-on-chain",
      "The finalized chain has no such stream: register it first.",
    );
  }
  if (terms.creator !== creator)
    throw new ApiFailure(403, "not-creator", "The stream on chain is somebody else's.");
  if (terms.operators.length > 0 && !terms.operators.includes(context.operator)) {
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

function send(response: Response, json: string): void {
  response.type("application/json").set("cache-control", "no-store").send(json);
}
