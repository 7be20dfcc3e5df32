// SPDX-License-Identifier: Apache-2.0
import { apiErrorBody, parseApiBody } from "@tickstream/contracts-types";
import { asError, SdkError } from "../../errors.ts";

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_CHARS = 64 * 1024;

/**
 * WebRTC could not be had: `webrtc-unfit` not for this stream or from this node, `webrtc-unpaid` not with this ticket,
 * `webrtc-gone` not in this session any more, `webrtc-unreachable` not now, `webrtc-interrupted` not any further.
 */
export class WebRtcError extends SdkError {
  override readonly name = "WebRtcError";
  declare readonly code:
    | "webrtc-unfit"
    | "webrtc-unpaid"
    | "webrtc-gone"
    | "webrtc-unreachable"
    | "webrtc-interrupted";
}

/**
 * The HTTP side of a WHEP session (draft-ietf-wish-whep, after RFC 9725): POST makes it, PATCH adds candidates and restarts
 * ICE, DELETE ends it.
 */
export class WhepSession {
  readonly #endpoint: string;
  readonly #fetch: typeof fetch;
  #url: string | null = null;
  /** What the session was made with: whoever steers it shows the same. */
  #token: string | null = null;
  #etag = "*";

  constructor(endpoint: string, fetchWith: typeof fetch) {
    this.#endpoint = endpoint;
    this.#fetch = fetchWith;
  }

  /** @returns the answer to the offer */
  async create(offer: string, token: string | null, signal: AbortSignal): Promise<string> {
    const headers = { "content-type": "application/sdp", ...bearer(token) };
    const response = await this.#call("POST", this.#endpoint, { body: offer, headers, signal });
    const answer = await response.text();
    const location = response.headers.get("location");
    if (response.status !== 201) throw refusal(response.status, answer);
    if (location === null || answer.length > MAX_ANSWER_CHARS) {
      throw new WebRtcError("webrtc-unfit", "The node's answer is none of WHEP.");
    }
    this.#url = new URL(location, this.#endpoint).href;
    this.#token = token;
    this.#etag = response.headers.get("etag") ?? "*";
    if (signal.aborted) await this.delete();
    return answer;
  }

  /** Adds candidates. */
  async trickle(fragment: string): Promise<void> {
    await this.#patch(fragment, { "if-match": this.#etag });
  }

  /** Lets the session forward what another channel buys, too. */
  async authorize(fragment: string, token: string): Promise<void> {
    await this.#patch(fragment, { "if-match": this.#etag, ...bearer(token) });
  }

  /** @returns the fragment with the node's new credentials and candidates */
  async restart(fragment: string): Promise<string> {
    const response = await this.#patch(fragment, { "if-match": "*" });
    const body = await response.text();
    if (response.status !== 200 || body.length > MAX_ANSWER_CHARS) {
      throw new WebRtcError("webrtc-gone", "The node cannot restart the connection.");
    }
    this.#etag = response.headers.get("etag") ?? this.#etag;
    return body;
  }

  async delete(): Promise<void> {
    const url = this.#url;
    this.#url = null;
    if (url === null) return;
    // It is over either way: the node notices that nobody is there any more.
    await this.#call("DELETE", url, { headers: bearer(this.#token), keepalive: true }).catch(() => undefined);
  }

  async #patch(body: string, headers: Record<string, string>): Promise<Response> {
    if (this.#url === null) throw new WebRtcError("webrtc-gone", "There is no WebRTC session.");
    const response = await this.#call("PATCH", this.#url, {
      body,
      headers: { "content-type": "application/trickle-ice-sdpfrag", ...bearer(this.#token), ...headers },
    });
    if (!response.ok) throw refusal(response.status, await response.text());
    return response;
  }

  async #call(method: string, url: string, options: RequestInit): Promise<Response> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    try {
      return await this.#fetch(url, { ...options, method, signal });
    } catch (cause) {
      throw new WebRtcError("webrtc-unreachable", "The node cannot be reached.", {
        details: `${method} ${url}: ${asError(cause).message}`,
        cause,
      });
    }
  }
}

const bearer = (token: string | null): Record<string, string> =>
  token === null ? {} : { authorization: `Bearer ${token}` };

/** The node's own sentence where it gave one; the code by WHEP's status codes. */
function refusal(status: number, body: string): WebRtcError {
  const details = `status ${status}`;
  try {
    const { error } = parseApiBody(apiErrorBody, JSON.parse(body));
    const code = error.code === "b-frames" ? "webrtc-unfit" : codeOf(status);
    return new WebRtcError(code, error.message, { details: `${details}, ${error.code}` });
  } catch {
    return new WebRtcError(codeOf(status), "The node refused WebRTC.", { details });
  }
}

/** Nothing that both can decode, an offer that is not understood, no WebRTC at this node: no use in asking again. */
const UNFIT = [400, 405, 406, 413, 415, 501];

function codeOf(status: number): WebRtcError["code"] {
  if (UNFIT.includes(status)) return "webrtc-unfit";
  if (status === 401 || status === 402 || status === 403) return "webrtc-unpaid";
  if (status === 404 || status === 410 || status === 412 || status === 422 || status === 428)
    return "webrtc-gone";
  // Off air, full, stopping, or a fault of its own.
  return "webrtc-unreachable";
}
