// SPDX-License-Identifier: Apache-2.0
import {
  apiErrorBody,
  liveStreams,
  nodeInfo,
  parseApiBody,
  streamDetail,
  TickstreamError,
  type LiveStreams,
  type NodeInfo,
  type StreamDetail,
} from "@tickstream/contracts-types";

const TIMEOUT_MS = 10_000;

/** The node that served this page. Only what the list needs: everything about payment is the SDK's, loaded to watch. */
export const getLiveStreams = async (signal: AbortSignal): Promise<LiveStreams> =>
  parseApiBody(liveStreams, await getJson("/api/streams/live", signal));

export const getStream = async (id: string, signal: AbortSignal): Promise<StreamDetail> =>
  parseApiBody(streamDetail, await getJson(`/api/streams/${encodeURIComponent(id)}`, signal));

export const getNode = async (signal: AbortSignal): Promise<NodeInfo> =>
  parseApiBody(nodeInfo, await getJson("/api/node", signal));

async function getJson(path: string, signal: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  } catch (cause) {
    throw new TickstreamError("node-unreachable", "This node can't be reached.", { cause });
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  let said: { code: string; message: string };
  try {
    said = parseApiBody(apiErrorBody, body).error;
  } catch (cause) {
    throw new TickstreamError("node-answer-invalid", `The node answered with status ${response.status}.`, {
      cause,
    });
  }
  throw new TickstreamError(said.code, said.message);
}
