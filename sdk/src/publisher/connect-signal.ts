// SPDX-License-Identifier: Apache-2.0
import type { RelayedMessage } from "@tickstream/contracts-types";
import { asError } from "../errors.ts";
import { createOfferingPeer } from "./offering-peer.ts";
import type { PublishConnection, PublishConnectionOptions } from "./publish-connection.ts";
import { PublishError } from "./publish-error.ts";
import { joinSignalRoom, refusalOf, type SignalRoom } from "./signal-room.ts";

/** How long entering the room may take: proxies that let no WebSocket through may never say so. */
const JOIN_MS = 5_000;

/**
 * Publishes through the node's signaling: simple-peer offers to the media node in the stream's room. The media does not
 * depend on the socket; a lost one is opened again when there is something to say.
 */
export async function connectSignal(options: PublishConnectionOptions): Promise<PublishConnection> {
  const { client, stream, credential, tracks, iceServers, onEnded, signal } = options;
  const { ingest } = await client.info();
  if (ingest.signal === null) {
    throw new PublishError("webrtc-unavailable", "This node has no signaling for browsers that publish.");
  }
  const url = new URL(ingest.signal, client.node);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const connection = crypto.randomUUID();
  let room: SignalRoom | null = null;
  let closed = false;
  /** What was to be said before the room stood. */
  let unsent: (() => void)[] = [];
  const answered = Promise.withResolvers<void>();
  answered.promise.catch(() => undefined);

  const end = (error: PublishError) => {
    answered.reject(error);
    if (closed) return;
    closed = true;
    offering.close();
    room?.close();
    onEnded(error);
  };
  const say = (what: () => void) => (room ? what() : unsent.push(what));
  const offering = createOfferingPeer({
    tracks,
    iceServers,
    onOffer: (sdp) => say(() => room?.send({ type: "offer", stream, connection, sdp })),
    onCandidate: (found) => say(() => room?.send({ type: "ice-candidate", stream, connection, ...found })),
    onClosed: (cause) =>
      end(
        new PublishError("publish-lost", "The connection to the node was lost.", { retryable: true, cause }),
      ),
  });

  const hear = (message: RelayedMessage): void => {
    if (message.connection !== connection) return;
    if (message.type === "answer") {
      offering.takeAnswer(message.sdp);
      answered.resolve();
    } else if (message.type === "ice-candidate") {
      offering.takeCandidate(message);
    } else if (message.type === "connection-state" && message.state === "closed") {
      end(
        new PublishError("publish-lost", message.reason ?? "The node ended the broadcast.", {
          retryable: true,
        }),
      );
    }
  };
  const join = async (within: AbortSignal): Promise<void> => {
    room = await joinSignalRoom({
      url: url.href,
      stream,
      credential,
      signal: within,
      onMessage: hear,
      onRefused: (refused) => {
        if (refused.connection === undefined || refused.connection === connection) end(refusalOf(refused));
      },
      onGone: (error) => {
        room = null;
        // Without an answer there is no connection that could go on.
        answered.reject(error);
      },
    });
    for (const what of unsent.splice(0)) what();
  };

  try {
    await join(AbortSignal.any([signal, AbortSignal.timeout(JOIN_MS)]));
    await Promise.race([answered.promise, rejectWith(signal)]);
  } catch (error) {
    closed = true;
    offering.close();
    (room as SignalRoom | null)?.close();
    throw error;
  }

  return {
    peer: offering.peer,
    async restartIce() {
      unsent = [];
      if (!room) await join(AbortSignal.timeout(JOIN_MS));
      offering.restartIce();
    },
    async close() {
      if (closed) return;
      closed = true;
      room?.send({ type: "connection-state", stream, connection, state: "closed" });
      offering.close();
      room?.close();
    },
  };
}

function rejectWith(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(asError(signal.reason));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
