// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import {
  earnings,
  earningsCsvQuery,
  earningsEvents as earningsEventsBody,
  earningsEventsQuery,
  earningsQuery,
  formatApiBody,
  parseApiBody,
  streamId,
  type AccountId,
  type EarningsCsvQuery,
  type Token,
} from "@tickstream/contracts-types";
import { Router } from "express";
import { earningsEvents } from "../history/earnings-events.ts";
import { earningsReport } from "../history/earnings-report.ts";
import type { EarningsFilter } from "../history/earnings-scope.ts";
import { eventPlace, type EventPlace } from "../history/event-place.ts";
import type { History } from "../history/history.ts";
import { pendingEarnings } from "../history/pending-earnings.ts";
import { ApiFailure } from "./api-failure.ts";
import { csvHeader, csvLines } from "./earnings-csv.ts";
import type { Login } from "./login.ts";
import { readCursor, writeCursor } from "./page-cursor.ts";
import { rateLimiter } from "./rate-limiter.ts";
import { caller, send } from "./stream-access.ts";

export interface EarningsRoutesContext {
  login: Login;
  history: History;
  token: Token;
}

const EVENTS_PAGE = 50;
const CSV_PAGE = 500;
/** A file that nobody reads to its end in this time is cut off, in milliseconds. */
const CSV_MS = 120_000;

/** `/api/earnings` and `/api/earnings.csv` */
export function earningsRoutes({ login, history, token }: EarningsRoutesContext): Router {
  const { database } = history;
  const router = Router();
  // Each may add up years.
  const sums = rateLimiter(5, 30);
  const files = rateLimiter(0.2, 5);

  router.get("/earnings", sums, async (request, response) => {
    const account = caller({ login }, request);
    const { group = "day", ...query } = parseApiBody(earningsQuery, request.query);
    const filter = toFilter(account, query);
    const [{ rows, totals }, pending] = await Promise.all([
      earningsReport(database, filter, group),
      pendingEarnings(database, filter),
    ]);
    const body = { rows, totals: { ...totals, pending }, history: history.state() };
    send(response, formatApiBody(earnings, body));
  });

  router.get("/earnings/events", sums, async (request, response) => {
    const account = caller({ login }, request);
    const { cursor, limit = EVENTS_PAGE, ...query } = parseApiBody(earningsEventsQuery, request.query);
    const before = cursor === undefined ? null : readPlace(cursor);
    const found = await earningsEvents(database, toFilter(account, query), { before, limit: limit + 1 });
    const events = found.slice(0, limit);
    const last = events.at(-1);
    const next = last && found.length > limit ? writeCursor(last.block, last.index) : null;
    send(response, formatApiBody(earningsEventsBody, { events, next }));
  });

  router.get("/earnings.csv", files, async (request, response) => {
    const account = caller({ login }, request);
    const filter = toFilter(account, parseApiBody(earningsCsvQuery, request.query));
    response.type("text/csv").set({
      "cache-control": "no-store",
      "content-disposition": 'attachment; filename="earnings.csv"',
    });
    const cut = setTimeout(() => response.destroy(), CSV_MS);
    try {
      response.write(csvHeader(token));
      let before: EventPlace | null = null;
      for (;;) {
        const events = await earningsEvents(database, filter, { before, limit: CSV_PAGE });
        const text = events.map((event) => csvLines(event, token)).join("");
        if (!response.write(text)) await Promise.race([once(response, "drain"), once(response, "close")]);
        const last = events.at(-1);
        if (response.destroyed || !last || events.length < CSV_PAGE) break;
        before = last;
      }
      response.end();
    } finally {
      clearTimeout(cut);
    }
  });

  return router;
}

/** @throws ApiFailure */
function toFilter(
  account: AccountId,
  { scope = "creator", from, to, stream }: EarningsCsvQuery,
): EarningsFilter {
  if (stream?.startsWith("f")) {
    throw new ApiFailure(400, "stream-free", "A free stream earns nothing on the chain.");
  }
  return {
    account,
    scope,
    from: from === undefined ? null : new Date(from),
    to: to === undefined ? null : new Date(to),
    stream: stream === undefined ? null : streamId(stream),
  };
}

/** @throws ApiFailure */
function readPlace(cursor: string): EventPlace {
  const [block, index] = readCursor(cursor, ["number", "number"]) as [number, number];
  return eventPlace(block, index);
}
