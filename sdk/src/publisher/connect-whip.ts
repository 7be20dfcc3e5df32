// SPDX-License-Identifier: Apache-2.0
import type { TickstreamClient } from "../client.ts";
import { asError } from "../errors.ts";
import { preferCodecs } from "./encoding.ts";
import type { PublishConnection, PublishConnectionOptions } from "./publish-connection.ts";
import { PublishError } from "./publish-error.ts";
import { restartedAnswer, writeFragment } from "./sdp-fragment.ts";

const TIMEOUT_MS = 10_000;
/** The next attempt, and who stops, wait for the goodbye no longer than this. */
const GOODBYE_MS = 2_000;
const MAX_ANSWER_CHARS = 64 * 1024;
/** Candidates found together travel together. */
const BATCH_MS = 50;

/**
 * Publishes by WHIP (RFC 9725): offer and answer in one POST, candidates as they are found, ICE restart by PATCH, DELETE
 * at the end. The stream key is the bearer token, or the creator's login.
 */
export async function connectWhip(options: PublishConnectionOptions): Promise<PublishConnection> {
  const { client, stream, credential, tracks, iceServers, onEnded, signal } = options;
  const peer = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
  const media = new MediaStream([...tracks]);
  for (const track of tracks) peer.addTransceiver(track, { direction: "sendonly", streams: [media] });
  preferCodecs(peer);

  const whip = createResource(
    client,
    stream,
    "streamKey" in credential ? credential.streamKey : credential.login.token,
  );
  let closed = false;
  peer.addEventListener("connectionstatechange", () => {
    if (!closed && peer.connectionState === "failed") {
      onEnded(
        new PublishError("publish-unreachable", "No media gets through to the node.", { retryable: true }),
      );
    }
  });

  let waiting: string[] = [];
  /** Whether the node knows the credentials that the candidates belong to. */
  let agreed = false;
  let batch: ReturnType<typeof setTimeout> | undefined;
  const sendCandidates = async (last: boolean): Promise<void> => {
    clearTimeout(batch);
    batch = undefined;
    const sdp = peer.localDescription?.sdp;
    if (closed || !agreed || sdp === undefined) return;
    const fragment = writeFragment(sdp, waiting, { last });
    waiting = [];
    if (fragment !== null) await whip.trickle(fragment);
  };
  // A candidate that does not arrive costs a path, not the session: the node sees where packets come from as well.
  const sendQuietly = (last: boolean) => void sendCandidates(last).catch(() => undefined);
  peer.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate?.candidate) {
      waiting.push(candidate.candidate);
      batch ??= setTimeout(() => sendQuietly(false), BATCH_MS);
    } else if (candidate === null) {
      sendQuietly(true);
    }
  });

  const close = async (): Promise<void> => {
    closed = true;
    clearTimeout(batch);
    // Nothing is sent from here on; the connection stays for the goodbye: a node that sees it go knows no session any more.
    for (const sender of peer.getSenders()) sender.replaceTrack(null).catch(() => undefined);
    await whip.delete();
    peer.close();
  };

  try {
    await peer.setLocalDescription(await peer.createOffer());
    const answer = await whip.create(peer.localDescription?.sdp ?? "", signal);
    await peer.setRemoteDescription({ type: "answer", sdp: answer });
    agreed = true;
    sendQuietly(peer.iceGatheringState === "complete");
  } catch (error) {
    await close();
    throw error;
  }

  return {
    peer,
    async restartIce() {
      agreed = false;
      waiting = [];
      await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
      const fragment = writeFragment(peer.localDescription?.sdp ?? "", waiting, { last: false });
      const current = peer.currentRemoteDescription?.sdp;
      if (fragment === null || current === undefined) throw lost();
      waiting = [];
      const answer = restartedAnswer(current, await whip.restart(fragment));
      if (answer === null) throw lost();
      await peer.setRemoteDescription({ type: "answer", sdp: answer });
      agreed = true;
      sendQuietly(peer.iceGatheringState === "complete");
    },
    close,
  };
}

/** The WHIP endpoint and the session it made. */
function createResource(client: TickstreamClient, stream: string, token: string) {
  const endpoint = new URL(`/whip/${encodeURIComponent(stream)}`, client.node).href;
  let session: string | null = null;
  let etag = "*";

  async function call(method: string, url: string, body: string | null, headers: Record<string, string>) {
    try {
      return await client.fetch(url, {
        method,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(body === null ? {} : { body }),
        signal: AbortSignal.timeout(method === "DELETE" ? GOODBYE_MS : TIMEOUT_MS),
        // The node is told that it is over even when the page goes away.
        keepalive: method === "DELETE",
      });
    } catch (cause) {
      throw new PublishError("publish-unreachable", "The node cannot be reached.", {
        retryable: true,
        cause: asError(cause),
      });
    }
  }
  const patch = (body: string, ifMatch: string) =>
    call("PATCH", session ?? endpoint, body, {
      "content-type": "application/trickle-ice-sdpfrag",
      "if-match": ifMatch,
    });

  return {
    async create(offer: string, signal: AbortSignal): Promise<string> {
      signal.throwIfAborted();
      const response = await call("POST", endpoint, offer, { "content-type": "application/sdp" });
      const answer = await response.text();
      if (response.status !== 201) throw refusal(response, answer);
      const location = response.headers.get("location");
      if (location === null || answer.length > MAX_ANSWER_CHARS) {
        throw new PublishError("publish-unreachable", "The node's answer is none of WHIP.");
      }
      session = new URL(location, endpoint).href;
      etag = response.headers.get("etag") ?? "*";
      signal.throwIfAborted();
      return answer;
    },
    async trickle(fragment: string): Promise<void> {
      await patch(fragment, etag);
    },
    async restart(fragment: string): Promise<string> {
      const response = await patch(fragment, "*");
      const body = await response.text();
      if (response.status !== 200) throw refusal(response, body);
      etag = response.headers.get("etag") ?? etag;
      return body;
    },
    async delete(): Promise<void> {
      if (session === null) return;
      const ended = session;
      session = null;
      // It is over either way: the node notices that nothing comes any more.
      await call("DELETE", ended, null, {}).catch(() => undefined);
    },
  };
}

function lost(): PublishError {
  return new PublishError("publish-lost", "The session with the node is gone.", { retryable: true });
}

/** A refusal in WHIP's status codes. */
function refusal(response: Response, body: string): PublishError {
  const said = sentenceIn(body);
  switch (response.status) {
    case 401:
    case 403:
      return new PublishError("publish-refused", said ?? "The node does not take this stream key.");
    case 404:
      return new PublishError("publish-refused", said ?? "The node has no such stream.");
    case 406:
      return new PublishError("publish-codec", said ?? "The node takes none of this browser's codecs.");
    case 409:
      return new PublishError("publish-busy", said ?? "Someone publishes this stream already.");
    case 501:
      return new PublishError("webrtc-unavailable", said ?? "This node takes no video from browsers.");
    default:
      return new PublishError(
        "publish-unreachable",
        said ?? `The node answered with status ${response.status}.`,
        {
          retryable: response.status >= 500 || response.status === 429,
        },
      );
  }
}

function sentenceIn(body: string): string | null {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } };
    return typeof error?.message === "string" ? error.message : null;
  } catch {
    return null;
  }
}
