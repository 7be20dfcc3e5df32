// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HlsSource } from "../packaging/packager.ts";
import { parseByteRange, slices } from "./byte-range.ts";
import { parseHlsRequest, type HlsRequest } from "./hls-request.ts";
import { Waiting } from "./waiting.ts";

export interface HlsServerOptions {
  /** The stream with this id as in its URL. */
  find: (id: string) => HlsSource | undefined;
  log: { warn(fields: object, message: string): void };
  /** Requests that may wait for media at one time. Default 20,000. */
  maxWaiting?: number;
  /** How long a request is held at most, milliseconds. Default 6,000. */
  holdMs?: number;
  /** How long a player is held for the very first segment of a stream, milliseconds. Default 15,000. */
  firstHoldMs?: number;
  /** Until when an answer has to be taken, milliseconds. Default 20,000. */
  sendMs?: number;
}

/** Counted since the start. */
export interface HlsServerStats {
  playlists: number;
  parts: number;
  segments: number;
  inits: number;
  /** Media and playlists, bytes. */
  bytes: number;
  /** Answered 4xx or 5xx. */
  refused: number;
  /** Held requests at the moment. */
  waiting: number;
  /** Held requests whose media did not come in time. */
  expired: number;
  /** Connections closed since their reader was too slow. */
  slowReaders: number;
}

export interface HlsServer {
  /** Answers a request below `/live/`; false: it is not one, and nothing was done. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  stats(): HlsServerStats;
  /** Answers all held requests. */
  stop(): Promise<void>;
}

const PREFIX = "/live/";
const SWEEP_MS = 250;
const MEDIA_SECONDS = 3_600;
const PLAYLIST = "application/vnd.apple.mpegurl";
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "content-length, content-range, age, date",
  "x-content-type-options": "nosniff",
};

/** Serves streams as LL-HLS over core http: every viewer gets the same prepared buffers. */
export function createHlsServer(options: HlsServerOptions): HlsServer {
  const { find, maxWaiting = 20_000, holdMs = 6_000, firstHoldMs = 15_000, sendMs = 20_000 } = options;
  const waiting = new Waiting(maxWaiting);
  const sending = new Map<ServerResponse, number>();
  const counts = {
    playlists: 0,
    parts: 0,
    segments: 0,
    inits: 0,
    bytes: 0,
    refused: 0,
    expired: 0,
    slowReaders: 0,
  };
  let stopped = false;

  const sweep = setInterval(() => {
    const now = performance.now();
    waiting.expire(now);
    for (const [response, deadline] of sending) {
      // In order of their deadlines: the rest has time.
      if (deadline > now) break;
      counts.slowReaders++;
      sending.delete(response);
      response.destroy();
    }
  }, SWEEP_MS);
  sweep.unref();

  const refuse = (response: ServerResponse, status: number, sentence: string, retryAfter?: number): void => {
    counts.refused++;
    const body = Buffer.from(`${sentence}\n`);
    if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
    response.writeHead(status, {
      ...CORS,
      "content-type": "text/plain; charset=utf-8",
      "content-length": body.length,
      "cache-control": "no-store",
    });
    response.end(response.req.method === "HEAD" ? undefined : body);
  };

  const send = (
    response: ServerResponse,
    status: number,
    headers: Record<string, string | number>,
    bodies: readonly Uint8Array[],
  ): void => {
    const length = bodies.reduce((sum, body) => sum + body.length, 0);
    response.writeHead(status, { ...CORS, ...headers, "content-length": length });
    if (response.req.method === "HEAD") {
      response.end();
      return;
    }
    counts.bytes += length;
    sending.set(response, performance.now() + sendMs);
    response.once("close", () => sending.delete(response));
    response.cork();
    for (const body of bodies) response.write(body);
    response.end();
    response.uncork();
  };

  const media = (response: ServerResponse, bodies: readonly Buffer[]): void => {
    const headers = {
      "content-type": "video/mp4",
      "cache-control": `public, max-age=${MEDIA_SECONDS}, immutable`,
      "accept-ranges": "bytes",
    };
    const length = bodies.reduce((sum, body) => sum + body.length, 0);
    const range = parseByteRange(response.req.headers.range, length);
    if (range === undefined) {
      send(response, 200, headers, bodies);
    } else if (range === "unsatisfiable") {
      response.setHeader("content-range", `bytes */${length}`);
      refuse(response, 416, "The stream has no such bytes here.");
    } else {
      const contentRange = `bytes ${range.start}-${range.end}/${length}`;
      send(response, 206, { ...headers, "content-range": contentRange }, slices(bodies, range));
    }
  };

  const sendPlaylist = (
    source: HlsSource,
    response: ServerResponse,
    delta: boolean,
    cacheSeconds: number,
  ): void => {
    const body = source.playlist(delta);
    if (body === undefined) {
      refuse(response, 404, "The stream is off air.");
      return;
    }
    counts.playlists++;
    const cacheControl = cacheSeconds > 0 ? `public, max-age=${cacheSeconds}` : "no-cache";
    send(response, 200, { "content-type": PLAYLIST, "cache-control": cacheControl }, [body]);
  };

  /** Holds a request until `ready`, and answers it then, or when its time is over. */
  const hold = (
    source: HlsSource,
    response: ServerResponse,
    ms: number,
    ready: () => boolean,
    answer: (inTime: boolean) => void,
  ): void => {
    if (ready()) {
      answer(true);
      return;
    }
    const held = waiting.add(source, performance.now() + ms, ready, (inTime) => {
      if (!inTime) counts.expired++;
      if (!response.destroyed) answer(inTime);
    });
    if (held === undefined) {
      refuse(response, 503, "Too many viewers are waiting here; try again in a moment.", 1);
      return;
    }
    response.once("close", held);
  };

  const playlist = (
    source: HlsSource,
    request: HlsRequest & { kind: "playlist" },
    response: ServerResponse,
  ): void => {
    const { msn, part, delta } = request;
    if (source.unplayable !== undefined) {
      refuse(response, 406, source.unplayable);
      return;
    }
    if (msn === undefined) {
      const ready = (): boolean => source.playlist(false) !== undefined || source.ended;
      hold(source, response, firstHoldMs, ready, (inTime) => {
        if (inTime) sendPlaylist(source, response, delta, 0);
        else refuse(response, 404, "The stream is off air.", 2);
      });
      return;
    }
    if (source.availability(msn, part) === "too-far") {
      refuse(response, 400, "The playlist has not come that far: _HLS_msn or _HLS_part is too high.");
      return;
    }
    const ready = (): boolean => source.availability(msn, part) !== "upcoming";
    // A publisher may be gone for a while: the playlist as it is keeps players asking, where an error would end them.
    hold(source, response, holdMs, ready, (inTime) => {
      sendPlaylist(source, response, delta, inTime ? 2 * source.targetDuration : 0);
    });
  };

  const part = (
    source: HlsSource,
    request: HlsRequest & { kind: "part" },
    response: ServerResponse,
  ): void => {
    const { msn, index, cipher } = request;
    const { targetDuration } = source;
    const ready = (): boolean => source.part(msn, index) !== undefined || !upcoming(source, msn, index);
    hold(source, response, Math.min(holdMs, 3_000 * targetDuration), ready, () => {
      const found = source.part(msn, index);
      if (found?.body === undefined || (cipher !== undefined && found.uri.split("?c=")[1] !== cipher)) {
        refuse(response, 404, "There is no such part (any more).");
        return;
      }
      counts.parts++;
      media(response, [found.body]);
    });
  };

  const segment = (
    source: HlsSource,
    request: HlsRequest & { kind: "segment" },
    response: ServerResponse,
  ): void => {
    const found = source.segment(request.msn);
    if (found?.complete !== true || found.gap) {
      refuse(response, 404, "There is no such segment (any more).");
      return;
    }
    counts.segments++;
    media(
      response,
      found.parts.flatMap((part) => part.body ?? []),
    );
  };

  const serve = (id: string, request: HlsRequest, response: ServerResponse): void => {
    const source = find(id);
    if (source === undefined) {
      refuse(response, 404, "There is no such stream.");
      return;
    }
    switch (request.kind) {
      case "playlist":
        return playlist(source, request, response);
      case "part":
        return part(source, request, response);
      case "segment":
        return segment(source, request, response);
      case "init": {
        const init = source.init(request.init);
        if (init === undefined) return refuse(response, 404, "There is no such init section (any more).");
        counts.inits++;
        return media(response, [init as Buffer]);
      }
    }
  };

  return {
    handle(request, response) {
      const url = request.url ?? "";
      if (!url.startsWith(PREFIX)) return false;
      if (stopped) {
        refuse(response, 503, "The node is shutting down.", 5);
      } else if (request.method === "OPTIONS") {
        response.writeHead(204, {
          ...CORS,
          "access-control-allow-methods": "GET, HEAD, OPTIONS",
          "access-control-allow-headers": "range, content-type",
          "access-control-max-age": "86400",
        });
        response.end();
      } else if (request.method !== "GET" && request.method !== "HEAD") {
        response.setHeader("allow", "GET, HEAD, OPTIONS");
        refuse(response, 405, "Only GET, HEAD and OPTIONS.");
      } else {
        const parsed = parseHlsRequest(url.slice(PREFIX.length));
        if (typeof parsed === "string") refuse(response, parsed === "unknown" ? 404 : 400, SENTENCE[parsed]);
        else serve(parsed.id, parsed.request, response);
      }
      return true;
    },
    stats: () => ({ ...counts, waiting: waiting.size }),
    async stop() {
      stopped = true;
      clearInterval(sweep);
      waiting.expire(Number.POSITIVE_INFINITY);
    },
  };
}

const SENTENCE = {
  unknown: "A stream has index.m3u8 and what it names.",
  "bad-directive":
    "_HLS_msn and _HLS_part are whole numbers, the second only with the first; _HLS_skip is YES or v2.",
};

/** Whether a part is still to come: not when its segment ended without it. */
function upcoming(source: HlsSource, msn: number, index: number): boolean {
  if (source.ended || source.segment(msn)?.complete === true) return false;
  return source.availability(msn, index) === "upcoming";
}
