// SPDX-License-Identifier: Apache-2.0
import {
  createStreamRequest,
  createStreamResponse,
  formatApiBody,
  myStreams as myStreamsBody,
  streamDetail,
  streamKeyResponse,
  streamStats as streamStatsBody,
  type CreateStreamRequest,
  type CreateStreamResponse,
  type StreamDetail,
  type StreamStats,
} from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
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
