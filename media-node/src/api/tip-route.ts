// SPDX-License-Identifier: Apache-2.0
import {
  formatApiBody,
  hexToBytes,
  parseApiBody,
  streamTips,
  tipsQuery,
  toSs58,
  type Hex,
  type StreamTip,
} from "@tickstream/contracts-types";
import { Router } from "express";
import { eventPlace, type EventPlace } from "../history/event-place.ts";
import { finalTips } from "../history/final-tips.ts";
import type { History } from "../history/history.ts";
import type { Tip } from "../history/recent-tips.ts";
import { rateLimiter } from "./rate-limiter.ts";
import { find, send, type StreamAccess } from "./stream-access.ts";

const PAGE = 20;

/** `GET /api/streams/:id/tips`: of final blocks and, before them, of those that are not yet. */
export function tipRoute(access: StreamAccess & { history: History }): Router {
  const { history } = access;
  const router = Router();
  router.get("/:id/tips", rateLimiter(10, 60), async (request, response) => {
    const { record } = await find(access, request);
    const { after: text, limit = PAGE } = parseApiBody(tipsQuery, request.query);
    const stream = record.chainStream;
    // Nobody is paid for a free stream: it is not on the chain.
    if (stream === null) return send(response, formatApiBody(streamTips, { tips: [] }));
    const after = text === undefined ? null : toPlace(text);
    const final = await finalTips(history.database, { stream, after, limit });
    const recent = history.recentTips
      .of(stream, history.state().to ?? 0)
      .filter((tip) => after === null || isBehind(tip, after));
    const tips = [...recent.map((tip) => toBody(tip, false)), ...final.map((tip) => toBody(tip, true))];
    send(response, formatApiBody(streamTips, { tips: tips.slice(0, limit) }));
  });
  return router;
}

function toPlace(id: string): EventPlace {
  const [block = 0, index = 0] = id.split("-").map(Number);
  return eventPlace(block, index);
}

function isBehind(tip: EventPlace, after: EventPlace): boolean {
  return tip.block > after.block || (tip.block === after.block && tip.index > after.index);
}

function toBody(tip: Tip, final: boolean): StreamTip {
  const { block, blockHash, index, from, amount, at } = tip;
  return {
    id: `${block}-${index}`,
    from: toSs58(from),
    amount,
    note: noteText(tip.note),
    block,
    blockHash,
    at: at.toISOString(),
    final,
  };
}

/** Whoever tips writes what they like: text is shown without what would not show as text. */
function noteText(note: Hex): string {
  return new TextDecoder()
    .decode(hexToBytes(note))
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, " ")
    .trim();
}
