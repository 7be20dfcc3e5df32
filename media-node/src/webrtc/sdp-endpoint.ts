// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { TickstreamError } from "@tickstream/contracts-types";
import { networkAddress, RecentMap } from "@tickstream/signaling/limits";
import { FailureLimit } from "./failure-limit.ts";
import type { IceCredentials } from "./ice-lite.ts";
import { readText } from "./read-text.ts";
import { MAX_SDP_LENGTH, parseSdp, parseSdpFragment, type SdpFragment } from "./sdp.ts";

/** An offer that came by HTTP. */
export interface OfferRequest {
  /** From the path `/whip/{stream}`; undefined where it names none. */
  stream: string | undefined;
  /** Of `Authorization: Bearer`. A secret. */
  token: string | undefined;
  offer: string;
  address: string;
}

/** A peer that was answered. */
export interface SdpSession {
  readonly answer: string;
  /** Whether the bearer of this token may steer the session. */
  permits(token: string | undefined): boolean;
  /**
   * Takes in another token of its bearer's, shown with a PATCH, and what that one allows; left out where there is no such
   * thing. Throws where the token is not good.
   */
  admits?(token: string): Promise<void>;
  addCandidate(candidate: string, mid: string): void;
  /** Restarts ICE on our side; left out where that can't be done. */
  restart?(fragment: SdpFragment): { ice: IceCredentials; candidates: readonly string[] };
  /** The peer ends the session. */
  close(): void;
  /** Settles when it has ended, whoever ended it. */
  readonly closed: Promise<unknown>;
}

/** A STUN or TURN server that clients should use. */
export interface IceServer {
  urls: readonly string[];
  username?: string | undefined;
  credential?: string | undefined;
}

export interface SdpEndpointOptions {
  /** First part of the path: `whip`, `whep`. */
  name: string;
  /** Answers an offer. Its TickstreamErrors become the statuses of {@link STATUSES}. */
  open: (request: OfferRequest) => Promise<SdpSession>;
  /** Named in `Link` headers. */
  iceServers?: () => readonly IceServer[];
  /** Something failed that nobody expected. */
  onFault: (error: unknown) => void;
}

/** The HTTP half that WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) have in common. */
export interface SdpEndpoint {
  /** Answers a request for it; false: it is none. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Sessions that have not ended. */
  sessions(): number;
}

/** What went wrong with a request. */
export class SdpEndpointError extends TickstreamError {
  override readonly name = "SdpEndpointError";
}

const SDP = "application/sdp";
const FRAGMENT = "application/trickle-ice-sdpfrag";
const METHODS = "OPTIONS, POST, PATCH, DELETE";
/** HTTP statuses by error code; those left out are faults of the node. */
const STATUSES: Readonly<Record<string, number>> = {
  "sdp-invalid": 400,
  "token-missing": 401,
  "token-unknown": 401,
  "payment-required": 402,
  "token-elsewhere": 403,
  "stream-not-found": 404,
  "session-not-found": 404,
  "method-not-allowed": 405,
  "media-unsupported": 406,
  "codec-unsold": 406,
  "stream-in-use": 409,
  "not-live": 409,
  "b-frames": 409,
  "stream-ended": 410,
  "etag-mismatch": 412,
  "body-too-large": 413,
  "content-type": 415,
  "restart-unsupported": 422,
  "etag-missing": 428,
  "rate-limited": 429,
  "webrtc-unavailable": 501,
  "webrtc-limit": 503,
  "webrtc-timeout": 503,
  "port-unavailable": 503,
  "timeline-unavailable": 503,
  "node-stopping": 503,
  recovering: 503,
};
const RETRY_AFTER_SECONDS = 5;
const LONGEST_TOKEN = 256;
const MAX_HUNG_UP = 128;

interface OpenSession {
  session: SdpSession;
  /** Of the ICE generation, so that candidates of an older one are known (RFC 9725 section 4.3.1). */
  etag: string;
  /** The peer's: another one restarts ICE. */
  peerUfrag: string;
}

/** @see SdpEndpoint */
export function createSdpEndpoint(options: SdpEndpointOptions): SdpEndpoint {
  const { name, onFault } = options;
  const path = new RegExp(`^/${name}(?:/([\\w-]{1,64}))?(?:/([\\w-]{22}))?/?$`);
  const sessions = new Map<string, OpenSession>();
  /** The last ones that ended without DELETE: OBS closes its connection first, and calls anything but 200 a failure then. */
  const hungUp = new RecentMap<string, Pick<SdpSession, "permits">>(MAX_HUNG_UP);
  const failures = new FailureLimit();

  const answer = async (request: IncomingMessage, response: ServerResponse, url: RegExpExecArray) => {
    const [, stream, id] = url;
    const token = bearerToken(request);
    if (id === undefined) {
      if (request.method !== "POST") throw methodNotAllowed();
      await open(request, response, { stream, token });
      return;
    }
    const found = sessions.get(id);
    if (found === undefined && request.method === "DELETE" && hungUp.get(id)?.permits(token) === true) {
      hungUp.delete(id);
      reply(response, 200, {});
      return;
    }
    if (found === undefined) throw new SdpEndpointError("session-not-found", "There is no such session.");
    if (!found.session.permits(token)) {
      if (token === undefined) throw tokenMissing();
      if (request.method !== "PATCH" || found.session.admits === undefined) {
        throw new SdpEndpointError("token-elsewhere", "The token is of another session.");
      }
      await found.session.admits(token);
    }
    if (request.method === "DELETE") {
      sessions.delete(id);
      found.session.close();
      reply(response, 200, {});
    } else if (request.method === "PATCH") {
      await patch(request, response, found);
    } else {
      throw methodNotAllowed();
    }
  };

  const open = async (
    request: IncomingMessage,
    response: ServerResponse,
    { stream, token }: Pick<OfferRequest, "stream" | "token">,
  ): Promise<void> => {
    mustBe(request, SDP);
    const offer = await body(request);
    const address = networkAddress(request.socket.remoteAddress);
    if (!failures.allows(address, performance.now())) {
      throw new SdpEndpointError("rate-limited", "Too many tokens that are not good here: wait a little.");
    }
    const session = await options.open({ stream, token, offer, address }).catch((error: unknown) => {
      const wrongToken = error instanceof TickstreamError && error.code === "token-unknown";
      if (wrongToken) failures.failed(address, performance.now());
      throw error;
    });
    if (response.destroyed) {
      // Nobody will ever use it.
      session.close();
      return;
    }
    const id = randomBytes(16).toString("base64url");
    const opened: OpenSession = { session, etag: newEtag(), peerUfrag: parseSdp(offer).iceUfrag };
    sessions.set(id, opened);
    const hangUp = (): void => {
      if (sessions.delete(id)) hungUp.set(id, session);
    };
    void session.closed.then(hangUp);
    const headers = {
      "content-type": SDP,
      location: `/${name}/${stream ?? "-"}/${id}`,
      etag: opened.etag,
      "accept-patch": FRAGMENT,
      link: (options.iceServers?.() ?? []).flatMap(linkTo),
    };
    reply(response, 201, headers, session.answer);
  };

  /** Trickle ICE, or an ICE restart (RFC 9725 section 4.3). */
  const patch = async (
    request: IncomingMessage,
    response: ServerResponse,
    opened: OpenSession,
  ): Promise<void> => {
    mustBe(request, FRAGMENT);
    const match = request.headers["if-match"];
    if (match === undefined) throw new SdpEndpointError("etag-missing", "If-Match is missing.");
    if (match !== "*" && match !== opened.etag) {
      throw new SdpEndpointError("etag-mismatch", "ICE has been restarted meanwhile.");
    }
    const fragment = parseSdpFragment(await body(request));
    const { session, peerUfrag } = opened;
    const restarts = match === "*" && fragment.iceUfrag !== peerUfrag;
    opened.peerUfrag = fragment.iceUfrag;
    for (const { candidate, mid } of fragment.candidates) session.addCandidate(candidate, mid);
    if (!restarts) {
      response.writeHead(204, { etag: opened.etag }).end();
      return;
    }
    if (session.restart === undefined) {
      throw new SdpEndpointError("restart-unsupported", "This session can't restart ICE: begin a new one.");
    }
    const next = session.restart(fragment);
    opened.etag = newEtag();
    const text = answerFragment(next, fragment.candidates[0]?.mid ?? "0");
    reply(response, 200, { "content-type": FRAGMENT, etag: opened.etag }, text);
  };

  return {
    handle(request, response) {
      const url = path.exec((request.url ?? "").split("?", 1)[0] ?? "");
      if (url === null) return false;
      allowEveryOrigin(response);
      if (request.method === "OPTIONS") {
        response.writeHead(204, { "accept-post": SDP, allow: METHODS }).end();
        return true;
      }
      answer(request, response, url).catch((error: unknown) => fail(response, error, onFault));
      return true;
    },
    sessions: () => sessions.size,
  };
}

/** Says how long the body is: FFmpeg 9's muxer fails on a chunked answer, and on an empty one of a DELETE as well. */
function reply(response: ServerResponse, status: number, headers: OutgoingHttpHeaders, text = ""): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(text) }).end(text);
}

/** What a bearer's token is compared with, so that no secret is kept and nothing is told by how long it takes. */
export function tokenDigest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

export function isToken(token: string | undefined, digest: Buffer): boolean {
  return token !== undefined && timingSafeEqual(tokenDigest(token), digest);
}

function bearerToken(request: IncomingMessage): string | undefined {
  const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
  return token !== undefined && token.length <= LONGEST_TOKEN ? token : undefined;
}

/** No token where one is needed. */
export function tokenMissing(): SdpEndpointError {
  return new SdpEndpointError("token-missing", "A bearer token is needed.");
}

function methodNotAllowed(): SdpEndpointError {
  return new SdpEndpointError("method-not-allowed", "There is nothing to be had by this method here.");
}

function mustBe(request: IncomingMessage, type: string): void {
  if (request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() === type) return;
  throw new SdpEndpointError("content-type", `The body has to be ${type}.`);
}

async function body(request: IncomingMessage): Promise<string> {
  const text = await readText(request, MAX_SDP_LENGTH);
  if (text !== undefined) return text;
  throw new SdpEndpointError("body-too-large", "The body is too large.");
}

function newEtag(): string {
  return `"${randomBytes(12).toString("base64url")}"`;
}

/** RFC 9725 section 4.6. */
function linkTo({ urls, username, credential }: IceServer): string[] {
  const secret =
    username === undefined || credential === undefined
      ? ""
      : `; username="${username}"; credential="${credential}"; credential-type="password"`;
  return urls.map((url) => `<${url}>; rel="ice-server"${secret}`);
}

/** Our side of an ICE restart (RFC 8840 section 9). */
function answerFragment(
  { ice, candidates }: { ice: IceCredentials; candidates: readonly string[] },
  mid: string,
): string {
  return [
    "a=ice-lite",
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.pwd}`,
    "m=audio 9 UDP/TLS/RTP/SAVPF 0",
    `a=mid:${mid}`,
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.pwd}`,
    ...candidates.map((candidate) => `a=candidate:${candidate}`),
    "a=end-of-candidates",
    "",
  ].join("\r\n");
}

/** Pages of any origin may publish and watch here: what they may do is said by their token. */
function allowEveryOrigin(response: ServerResponse): void {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-allow-methods", METHODS);
  response.setHeader("access-control-allow-headers", "authorization, content-type, if-match");
  response.setHeader("access-control-expose-headers", "location, link, etag, accept-patch, retry-after");
  response.setHeader("access-control-max-age", "86400");
  response.setHeader("cache-control", "no-store");
}

function fail(response: ServerResponse, error: unknown, onFault: (error: unknown) => void): void {
  const known = error instanceof TickstreamError ? STATUSES[error.code] : undefined;
  // A peer that goes away in the middle of its request is nobody's fault.
  if (known === undefined && !response.destroyed) onFault(error);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const told =
    known !== undefined && error instanceof TickstreamError
      ? error
      : new TickstreamError("internal", "Something went wrong inside the node.");
  const { code, shortMessage: message, details } = told;
  const headers = {
    "content-type": "application/json",
    ...(known === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(known === 405 ? { allow: METHODS } : {}),
    ...(known === 429 || known === 503 ? { "retry-after": String(RETRY_AFTER_SECONDS) } : {}),
    // What is left of a body that nobody read must not be taken for the next request.
    connection: "close",
  };
  const body = { error: { code, message, ...(details === undefined ? {} : { details }) } };
  reply(response, known ?? 500, headers, JSON.stringify(body));
}
