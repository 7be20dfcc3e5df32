// SPDX-License-Identifier: Apache-2.0
import {
  encodeSignal,
  parseServerMessage,
  type PeerMessage,
  type RelayedMessage,
  type SignalErrorMessage,
} from "@tickstream/contracts-types";
import { asError } from "../errors.ts";
import { PublishError } from "./publish-error.ts";
import type { PublishCredential } from "./publisher.ts";

export interface SignalRoomOptions {
  /** `ws:` or `wss:` URL. */
  url: string;
  /** The stream's id in the API. */
  stream: string;
  credential: PublishCredential;
  onMessage: (message: RelayedMessage) => void;
  /** The server refused a message. */
  onRefused: (error: SignalErrorMessage) => void;
  /** The socket is gone; connections that were made through it go on. Not called after `close`. */
  onGone: (error: PublishError) => void;
  signal: AbortSignal;
}

/** A place in a stream's room on the signaling server, as its publisher. */
export interface SignalRoom {
  send(message: PeerMessage): void;
  close(): void;
}

/** Enters the room; resolves when the server let us in. */
export function joinSignalRoom(options: SignalRoomOptions): Promise<SignalRoom> {
  const { url, stream, credential, onMessage, onRefused, onGone, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    let joined = false;
    let over = false;
    const room: SignalRoom = {
      send(message) {
        if (socket.readyState === WebSocket.OPEN) socket.send(encodeSignal(message));
      },
      close() {
        over = true;
        socket.close(1000);
      },
    };
    const fail = (error: PublishError) => {
      if (over) return;
      over = true;
      socket.close();
      if (joined) onGone(error);
      else reject(error);
    };
    const onAbort = () => fail(unreachable(signal.reason));
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });

    socket.addEventListener("message", ({ data }) => {
      if (over) return;
      try {
        const message = parseServerMessage(String(data));
        switch (message.type) {
          case "welcome":
            room.send({
              type: "join-stream",
              stream,
              role: "publisher",
              credential:
                "streamKey" in credential
                  ? { kind: "stream-key", key: credential.streamKey }
                  : { kind: "login", token: credential.login.token },
            });
            break;
          case "joined":
            joined = true;
            // From here on the attempt's time limit is its caller's business.
            signal.removeEventListener("abort", onAbort);
            resolve(room);
            break;
          case "error":
            if (joined) onRefused(message);
            else fail(refusalOf(message));
            break;
          case "closing":
            fail(
              new PublishError("publish-lost", message.message, { retryable: message.code === "draining" }),
            );
            break;
          case "presence":
            break;
          default:
            onMessage(message);
        }
      } catch (cause) {
        fail(
          new PublishError("publish-unreachable", "The signaling server sent what is no message.", { cause }),
        );
      }
    });
    socket.addEventListener("close", ({ code }) => fail(unreachable(new Error(`close code ${code}`))));
    // A close event follows, and has more to say.
    socket.addEventListener("error", () => undefined);
  });
}

function unreachable(cause: unknown): PublishError {
  return new PublishError("publish-unreachable", "The signaling server cannot be reached.", {
    retryable: true,
    cause: asError(cause),
  });
}

/** What the server's refusal means for somebody who wants to publish. */
export function refusalOf({ code, message, reason }: SignalErrorMessage): PublishError {
  switch (code) {
    case "credential-missing":
    case "credential-invalid":
    case "stream-unknown":
      return new PublishError("publish-refused", message);
    case "offer-refused":
      if (reason === "webrtc-unavailable") return new PublishError("webrtc-unavailable", message);
      if (reason === "publisher-exists") return new PublishError("publish-busy", message);
      return new PublishError("publish-codec", message);
    default:
      return new PublishError("publish-unreachable", message, { retryable: true });
  }
}
