// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  createSdpEndpoint,
  isToken,
  SdpEndpointError,
  tokenDigest,
  tokenMissing,
  type IceServer,
  type OfferRequest,
  type SdpSession,
} from "../webrtc/sdp-endpoint.ts";
import type { AuthorizePublish } from "./publish-decision.ts";
import type { WebRtcIngest } from "./webrtc-ingest.ts";
import type { WebRtcPublisher } from "./webrtc-publisher.ts";

/** What the server writes its log to; pino fits. */
interface WhipLog {
  warn(fields: object, message: string): void;
}

export interface WhipServerOptions {
  /** Called once an offer; may ask a database. The same one as RTMP's. */
  authorize: AuthorizePublish;
  webrtc: WebRtcIngest;
  /** STUN and TURN servers that publishers are told of. */
  iceServers?: () => readonly IceServer[];
  log: WhipLog;
}

/**
 * Takes publishers by WHIP (RFC 9725): `POST /whip` or `/whip/{stream}`, the stream key as bearer token; where the path names
 * the stream, its creator's login does as well.
 */
export interface WhipServer {
  /** Answers a request for it; false: it is none. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Publishers that came this way. */
  sessions(): number;
}

/** Path of the endpoint that finds the stream by its key. */
export const WHIP_PATH = "/whip";

/** @see WhipServer */
export function createWhipServer({ authorize, webrtc, iceServers, log }: WhipServerOptions): WhipServer {
  const open = async ({ stream, token, offer, address }: OfferRequest): Promise<SdpSession> => {
    if (token === undefined) throw tokenMissing();
    const decision = await authorize({ key: token, stream, address });
    if (!decision.ok) {
      const code = decision.later === true ? "recovering" : "token-unknown";
      throw new SdpEndpointError(code, decision.reason);
    }
    if (stream !== undefined && stream !== decision.stream.id) {
      throw new SdpEndpointError("token-elsewhere", "The key is of another stream.");
    }
    const publisher = await webrtc.acceptPublisher({
      offer,
      stream: decision.stream,
      protocol: "whip",
      address,
    });
    return new WhipSession(publisher, tokenDigest(token));
  };
  return createSdpEndpoint({
    name: "whip",
    open,
    ...(iceServers === undefined ? {} : { iceServers }),
    onFault: (error) => log.warn({ err: error }, "a WHIP request failed"),
  });
}

class WhipSession implements SdpSession {
  readonly answer: string;
  readonly closed: Promise<unknown>;
  readonly #publisher: WebRtcPublisher;
  readonly #token: Buffer;

  constructor(publisher: WebRtcPublisher, token: Buffer) {
    this.answer = publisher.answer;
    this.closed = publisher.closed;
    this.#publisher = publisher;
    this.#token = token;
  }

  permits(token: string | undefined): boolean {
    return isToken(token, this.#token);
  }

  addCandidate(candidate: string, mid: string): void {
    this.#publisher.addCandidate(candidate, mid);
  }

  restart(): ReturnType<NonNullable<SdpSession["restart"]>> {
    const ice = this.#publisher.restartIce();
    return { ice, candidates: this.#publisher.candidates };
  }

  close(): void {
    this.#publisher.close();
  }
}
