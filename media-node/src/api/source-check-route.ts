// SPDX-License-Identifier: Apache-2.0
import { formatApiBody, parseApiBody, sourceCheck, sourceCheckQuery } from "@tickstream/contracts-types";
import { Router } from "express";
import type { SourceChecks } from "../source-check/source-checks.ts";
import { rateLimiter } from "./rate-limiter.ts";
import { own, send, type StreamAccess } from "./stream-access.ts";

/** `GET /api/streams/:id/check`. It may listen to the stream, which takes a process of its own. */
export function sourceCheckRoute(
  access: StreamAccess & { sourceChecks: Pick<SourceChecks, "check"> },
): Router {
  const router = Router();
  router.get("/:id/check", rateLimiter(1, 20), async (request, response) => {
    const { record } = await own(access, request);
    const { uplink = null } = parseApiBody(sourceCheckQuery, request.query);
    send(response, formatApiBody(sourceCheck, await access.sourceChecks.check(record.id, uplink)));
  });
  return router;
}
