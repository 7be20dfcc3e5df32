// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from "node:http";
import { parseByteRange, slices } from "./byte-range.ts";

const MEDIA_SECONDS = 3_600;
const PLAYLIST = "application/vnd.apple.mpegurl";
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "content-length, content-range, age, date",
  "x-content-type-options": "nosniff",
};

/** Writes the answers of an LL-HLS server: for any site, with lengths and ranges, and not for ever to who does not read. */
export class HlsAnswers {
  /** Since the start: bytes of media and playlists, requests answered 4xx or 5xx, connections closed as too slow. */
  readonly counts = { bytes: 0, refused: 0, slowReaders: 0 };
  readonly #sendMs: number;
  /** When each answer has to be taken. */
  readonly #sending = new Map<ServerResponse, number>();

  /** @param sendMs until when an answer has to be taken, milliseconds */
  constructor(sendMs: number) {
    this.#sendMs = sendMs;
  }

  refuse(response: ServerResponse, status: number, sentence: string, retryAfter?: number): void {
    this.counts.refused++;
    const body = Buffer.from(`${sentence}\n`);
    if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
    response.writeHead(status, {
      ...CORS,
      "content-type": "text/plain; charset=utf-8",
      "content-length": body.length,
      "cache-control": "no-store",
    });
    response.end(response.req.method === "HEAD" ? undefined : body);
  }

  /** What a browser asks before it asks from another site. */
  preflight(response: ServerResponse): void {
    response.writeHead(204, {
      ...CORS,
      "access-control-allow-methods": "GET, HEAD, OPTIONS",
      "access-control-allow-headers": "range, content-type",
      "access-control-max-age": "86400",
    });
    response.end();
  }

  playlist(response: ServerResponse, body: Uint8Array, cacheSeconds: number): void {
    const cacheControl = cacheSeconds > 0 ? `public, max-age=${cacheSeconds}` : "no-cache";
    this.#send(response, 200, { "content-type": PLAYLIST, "cache-control": cacheControl }, [body]);
  }

  /** Media never changes under its URL. */
  media(response: ServerResponse, bodies: readonly Buffer[]): void {
    const headers = {
      "content-type": "video/mp4",
      "cache-control": `public, max-age=${MEDIA_SECONDS}, immutable`,
      "accept-ranges": "bytes",
    };
    const length = lengthOf(bodies);
    const range = parseByteRange(response.req.headers.range, length);
    if (range === undefined) {
      this.#send(response, 200, headers, bodies);
    } else if (range === "unsatisfiable") {
      response.setHeader("content-range", `bytes */${length}`);
      this.refuse(response, 416, "The stream has no such bytes here.");
    } else {
      const contentRange = `bytes ${range.start}-${range.end}/${length}`;
      this.#send(response, 206, { ...headers, "content-range": contentRange }, slices(bodies, range));
    }
  }

  /** Closes connections whose readers were too slow. */
  cutSlowReaders(now: number): void {
    for (const [response, deadline] of this.#sending) {
      // In order of their deadlines: the rest has time.
      if (deadline > now) break;
      this.counts.slowReaders++;
      this.#sending.delete(response);
      response.destroy();
    }
  }

  #send(
    response: ServerResponse,
    status: number,
    headers: Record<string, string | number>,
    bodies: readonly Uint8Array[],
  ): void {
    const length = lengthOf(bodies);
    response.writeHead(status, { ...CORS, ...headers, "content-length": length });
    if (response.req.method === "HEAD") {
      response.end();
      return;
    }
    this.counts.bytes += length;
    this.#sending.set(response, performance.now() + this.#sendMs);
    response.once("close", () => this.#sending.delete(response));
    response.cork();
    for (const body of bodies) response.write(body);
    response.end();
    response.uncork();
  }
}

function lengthOf(bodies: readonly Uint8Array[]): number {
  return bodies.reduce((sum, body) => sum + body.length, 0);
}
