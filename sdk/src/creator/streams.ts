// SPDX-License-Identifier: Apache-2.0
import {
  createStreamRequest,
  createStreamResponse,
  formatApiBody,
  myStreams as myStreamsBody,
  pastStream,
  pastStreams as pastStreamsBody,
  sourceCheck as sourceCheckBody,
  streamDetail,
  streamKeyResponse,
  streamStats as streamStatsBody,
  streamTips as streamTipsBody,
  type CreateStreamRequest,
  type CreateStreamResponse,
  type PastStream,
  type PastStreams,
  type PastStreamsQuery,
  type SourceCheck,
  type StreamDetail,
  type StreamStats,
  type StreamTips,
  type UpdateStreamRequest,
  updateStreamRequest,
} from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
import { queryString } from "../rest.ts";
import type { CreatorLogin } from "./login.ts";

interface CreatorOptions {
  client: TickstreamClient;
  login: CreatorLogin;
  signal?: AbortSignal | undefined;
}

/**
 * Makes a stream known to the node: a paid one by its id on the chain (register it first), or a free one.
 *
 * @returns the stream, and the key to publish with: it is shown this once
 */
export function createStream(
  options: CreatorOptions & { request: CreateStreamRequest },
): Promise<CreateStreamResponse> {
  const { client, login, request, signal } = options;
  const body = formatApiBody(createStreamRequest, request);
  return client.rest.post("/api/streams", body, createStreamResponse, { token: login.token, signal });
}

/** The creator's streams at this node. */
export async function myStreams({ client, login, signal }: CreatorOptions): Promise<StreamDetail[]> {
  return (await client.rest.get("/api/streams/mine", myStreamsBody, { token: login.token, signal })).streams;
}

/** The creator's streams that have ended, the last first; those in the archive apart. */
export function pastStreams(options: CreatorOptions & { query?: PastStreamsQuery }): Promise<PastStreams> {
  const { client, login, query = {}, signal } = options;
  return client.rest.get(`/api/streams/past${queryString(query)}`, pastStreamsBody, {
    token: login.token,
    signal,
  });
}

/** Changes what is said of a stream; what is left out stays. */
export function updateStream(
  options: CreatorOptions & { stream: string; request: UpdateStreamRequest },
): Promise<StreamDetail> {
  const { client, login, stream, request, signal } = options;
  const body = formatApiBody(updateStreamRequest, request);
  const path = `/api/streams/${encodeURIComponent(stream)}`;
  return client.rest.patch(path, body, streamDetail, { token: login.token, signal });
}

/** A new stream key; the old one is good no more. */
export async function rotateStreamKey(options: CreatorOptions & { stream: string }): Promise<string> {
  const { client, login, stream, signal } = options;
  const path = `/api/streams/${encodeURIComponent(stream)}/key`;
  return (await client.rest.post(path, "{}", streamKeyResponse, { token: login.token, signal })).streamKey;
}

/** Ends a stream for good: its publisher is disconnected, its viewers are told. */
export function endStream(options: CreatorOptions & { stream: string }): Promise<StreamDetail> {
  const { client, login, stream, signal } = options;
  const path = `/api/streams/${encodeURIComponent(stream)}/end`;
  return client.rest.post(path, "{}", streamDetail, { token: login.token, signal });
}

/** Puts a stream away: it is in no list but that of the archive. One that has not ended is ended first. */
export function archiveStream(options: CreatorOptions & { stream: string }): Promise<PastStream> {
  const { client, login, stream, signal } = options;
  const path = `/api/streams/${encodeURIComponent(stream)}/archive`;
  return client.rest.post(path, "{}", pastStream, { token: login.token, signal });
}

/**
 * What is wrong with what comes in, and what to do about it.
 *
 * @param options.uplink bits per second that the line carries upwards, where known
 */
export function checkSource(
  options: CreatorOptions & { stream: string; uplink?: number | undefined },
): Promise<SourceCheck> {
  const { client, login, stream, uplink, signal } = options;
  const path = `/api/streams/${encodeURIComponent(stream)}/check${queryString({ uplink })}`;
  return client.rest.get(path, sourceCheckBody, { token: login.token, signal });
}

/** The newest tips of a stream. Those that are not final yet can still be gone. */
export function streamTips(options: {
  client: TickstreamClient;
  stream: string;
  limit?: number | undefined;
  signal?: AbortSignal | undefined;
}): Promise<StreamTips> {
  const { client, stream, limit, signal } = options;
  const path = `/api/streams/${encodeURIComponent(stream)}/tips${queryString({ limit })}`;
  return client.rest.get(path, streamTipsBody, { signal });
}

/** How a stream does; what it earned, where the login is its creator's. */
export function streamStats(options: {
  client: TickstreamClient;
  login?: CreatorLogin | undefined;
  stream: string;
  signal?: AbortSignal | undefined;
}): Promise<StreamStats> {
  const { client, login, stream, signal } = options;
  const path = `/api/streams/${encodeURIComponent(stream)}/stats`;
  return client.rest.get(path, streamStatsBody, { token: login?.token, signal });
}
