// SPDX-License-Identifier: Apache-2.0
import {
  createStreamRequest,
  createStreamResponse,
  formatApiBody,
  liveStreams,
  liveStreamsQuery,
  myStreams,
  parseApiBody,
  pastStream,
  pastStreams,
  pastStreamsQuery,
  streamDetail,
  streamId,
  streamKeyResponse,
  streamStats,
  updateStreamRequest,
  type UpdateStreamRequest,
} from "@tickstream/contracts-types";
import { Router } from "express";
import type { Database } from "../database/open-database.ts";
import type { ChainForLedger } from "../ledger/chain-for-ledger.ts";
import type { SourceChecks } from "../source-check/source-checks.ts";
import type { StreamDescription, StreamRecord } from "../streams/stream-store.ts";
import { liveList } from "./live-list.ts";
import { readCursor, writeCursor } from "./page-cursor.ts";
import { rateLimiter } from "./rate-limiter.ts";
import { caller, find, own, ownActive, send, termsForCreator, type StreamAccess } from "./stream-access.ts";
import { streamEarnings } from "./stream-earnings.ts";
import {
  detail,
  endedStream,
  pastStreamOf,
  stateOf,
  summarize,
  type ViewContext,
  type ViewedStream,
} from "./stream-views.ts";

export interface StreamRoutesContext extends ViewContext, StreamAccess {
  database: Database;
  chain: ChainForLedger;
  sourceChecks: Pick<SourceChecks, "ingest" | "check">;
  /** Ticks of it that are sold a second. */
  ticksPerSecond(stream: ViewedStream): number;
}

/** Milliseconds of media in a tick of a free stream: nothing is sold, but keys of time are still counted. */
const FREE_TICK_MS = 1_000;
const PAST_PAGE = 24;

/** `/api/streams` */
export function streamRoutes(context: StreamRoutesContext): Router {
  const { registry, store } = context;
  const router = Router();
  const writes = rateLimiter(1, 20);

  router.get("/live", async (request, response) => {
    const query = parseApiBody(liveStreamsQuery, request.query);
    const live = registry.all().filter(({ live: { state } }) => state === "live" || state === "waiting");
    const settled = await Promise.allSettled(live.map((stream) => summarize(context, stream)));
    // A stream whose price cannot be told right now cannot be offered.
    const streams = settled.filter((result) => result.status === "fulfilled").map(({ value }) => value);
    send(response, formatApiBody(liveStreams, liveList(streams, query)));
  });

  router.get("/mine", async (request, response) => {
    const account = caller(context, request);
    const mine = registry.all().filter(({ record }) => record.creator === account);
    const streams = await Promise.all(mine.map((stream) => detail(context, stream)));
    send(response, formatApiBody(myStreams, { streams }));
  });

  router.get("/past", async (request, response) => {
    const creator = caller(context, request);
    const { archived = false, cursor, limit = PAST_PAGE } = parseApiBody(pastStreamsQuery, request.query);
    const before = cursor === undefined ? null : readEnd(cursor);
    const records = (await store.past({ creator, archived, before, limit: limit + 1 })).filter(hasEnded);
    const page = records.slice(0, limit);
    const last = page.at(-1);
    const next = last && records.length > limit ? writeCursor(last.endedAt.getTime(), last.id) : null;
    send(response, formatApiBody(pastStreams, { streams: page.map(pastStreamOf), next }));
  });

  router.post("/", writes, async (request, response) => {
    const creator = caller(context, request);
    const body = parseApiBody(createStreamRequest, request.body);
    const chainStream = "chainStream" in body ? streamId(body.chainStream) : null;
    const terms = chainStream === null ? null : await termsForCreator(context, chainStream, creator);
    const { carried, streamKey } = await registry.create({
      chainStream,
      description: described(
        { title: body.title, text: "", category: "other", tags: [], language: null },
        body,
      ),
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

  router.patch("/:id", writes, async (request, response) => {
    const { record } = await ownActive(context, request);
    const changes = parseApiBody(updateStreamRequest, request.body);
    const carried = await registry.describe(record.id, described(record.description, changes));
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
      ...(earnings ? { earnings, ticksPerSecond: context.ticksPerSecond(carried) } : {}),
      ...(isCreator ? { ingest: context.sourceChecks.ingest(carried.record.id) } : {}),
    };
    send(response, formatApiBody(streamStats, body));
  });

  router.post("/:id/key", writes, async (request, response) => {
    const carried = await ownActive(context, request);
    const streamKey = await store.rotateKey(carried.record.id);
    send(response, formatApiBody(streamKeyResponse, { streamKey }));
  });

  router.post("/:id/end", writes, async (request, response) => {
    const { record } = await ownActive(context, request);
    await registry.end(record.id);
    const ended = await detail(context, endedStream(await remembered(context, record)));
    send(response, formatApiBody(streamDetail, ended));
  });

  router.post("/:id/archive", writes, async (request, response) => {
    const { record, live } = await own(context, request);
    if (live.state !== "ended") await registry.end(record.id);
    await store.archive(record.id);
    const archived = await remembered(context, record);
    if (!hasEnded(archived)) throw new Error(`stream ${record.id} did not end`);
    send(response, formatApiBody(pastStream, pastStreamOf(archived)));
  });

  return router;
}

/** A description with what a creator says otherwise. */
function described(before: StreamDescription, changes: UpdateStreamRequest): StreamDescription {
  const { title, description: text, category, tags, language } = changes;
  return {
    title: title ?? before.title,
    text: text ?? before.text,
    category: category ?? before.category,
    tags: tags === undefined ? before.tags : [...new Set(tags)],
    language: language === undefined ? before.language : language,
  };
}

function hasEnded(record: StreamRecord): record is StreamRecord & { endedAt: Date } {
  return record.endedAt !== null;
}

/** @throws ApiFailure */
function readEnd(cursor: string): { endedAt: Date; id: string } {
  const [endedAt, id] = readCursor(cursor, ["number", "string"]) as [number, string];
  return { endedAt: new Date(endedAt), id };
}

/** The record as it is stored now. */
async function remembered({ store }: StreamAccess, record: StreamRecord): Promise<StreamRecord> {
  return (await store.byId(record.id)) ?? record;
}
