// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HlsSource } from "../../packaging/packager.ts";
import { HlsAnswers } from "./hls-answers.ts";
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

/** Serves streams as LL-HLS over core http: every viewer gets the same prepared buffers. */
export function createHlsServer(options: HlsServerOptions): HlsServer {
  const { find, maxWaiting = 20_000, holdMs = 6_000, firstHoldMs = 15_000, sendMs = 20_000 } = options;
  const waiting = new Waiting(maxWaiting);
  const answers = new HlsAnswers(sendMs);
  const counts = { playlists: 0, parts: 0, segments: 0, inits: 0, expired: 0 };
  let stopped = false;

  const sweep = setInterval(() => {
    const now = performance.now();
    waiting.expire(now);
    answers.cutSlowReaders(now);
  }, SWEEP_MS);
  sweep.unref();

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
      answers.refuse(response, 503, "Too many viewers are waiting here; try again in a moment.", 1);
      return;
    }
    response.once("close", held);
  };

  const sendPlaylist = (
    source: HlsSource,
    response: ServerResponse,
    delta: boolean,
    cacheSeconds: number,
  ): void => {
    const body = source.playlist(delta);
    if (body === undefined) {
      answers.refuse(response, 404, "The stream is off air.");
      return;
    }
    counts.playlists++;
    answers.playlist(response, body, cacheSeconds);
  };

  const playlist = (
    source: HlsSource,
    request: HlsRequest & { kind: "playlist" },
    response: ServerResponse,
  ): void => {
    const { msn, part, delta } = request;
    if (source.unplayable !== undefined) {
      answers.refuse(response, 406, source.unplayable);
      return;
    }
    if (msn === undefined) {
      const ready = (): boolean => source.playlist(false) !== undefined || source.ended;
      hold(source, response, firstHoldMs, ready, (inTime) => {
        if (inTime) sendPlaylist(source, response, delta, 0);
        else answers.refuse(response, 404, "The stream is off air.", 2);
      });
      return;
    }
    if (source.availability(msn, part) === "too-far") {
      answers.refuse(response, 400, "The playlist has not come that far: _HLS_msn or _HLS_part is too high.");
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
        answers.refuse(response, 404, "There is no such part (any more).");
        return;
      }
      counts.parts++;
      answers.media(response, [found.body]);
    });
  };

  const segment = (
    source: HlsSource,
    request: HlsRequest & { kind: "segment" },
    response: ServerResponse,
  ): void => {
    const found = source.segment(request.msn);
    if (found?.complete !== true || found.gap) {
      answers.refuse(response, 404, "There is no such segment (any more).");
      return;
    }
    counts.segments++;
    answers.media(
      response,
      found.parts.flatMap((part) => part.body ?? []),
    );
  };

  const serve = (id: string, request: HlsRequest, response: ServerResponse): void => {
    const source = find(id);
    if (source === undefined) {
      answers.refuse(response, 404, "There is no such stream.");
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
        if (init === undefined)
          return answers.refuse(response, 404, "There is no such init section (any more).");
        counts.inits++;
        return answers.media(response, [init as Buffer]);
      }
    }
  };

  return {
    handle(request, response) {
      const url = request.url ?? "";
      if (!url.startsWith(PREFIX)) return false;
      if (stopped) {
        answers.refuse(response, 503, "The node is shutting down.", 5);
      } else if (request.method === "OPTIONS") {
        answers.preflight(response);
      } else if (request.method !== "GET" && request.method !== "HEAD") {
        response.setHeader("allow", "GET, HEAD, OPTIONS");
        answers.refuse(response, 405, "Only GET, HEAD and OPTIONS.");
      } else {
        const parsed = parseHlsRequest(url.slice(PREFIX.length));
        if (typeof parsed === "string")
          answers.refuse(response, parsed === "unknown" ? 404 : 400, SENTENCE[parsed]);
        else serve(parsed.id, parsed.request, response);
      }
      return true;
    },
    stats: () => ({ ...counts, ...answers.counts, waiting: waiting.size }),
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
