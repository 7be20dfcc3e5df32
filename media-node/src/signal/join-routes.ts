// SPDX-License-Identifier: Apache-2.0
import { parseApiBody, signalJoinRequest } from "@tickstream/contracts-types";
import type { JoinDecision, JoinRequest } from "@tickstream/signaling";
import { Router } from "express";
import { ApiFailure } from "../api/api-failure.ts";

const STATUSES = {
  "stream-unknown": 404,
  "credential-missing": 401,
  "credential-invalid": 401,
  unavailable: 503,
} as const;

/** Answers signaling servers that run beside the node, and ask it who may join: `POST /api/signal/join`. */
export function joinRoutes(authorize: (request: JoinRequest) => Promise<JoinDecision>): Router {
  const router = Router();
  router.post("/join", async (request, response) => {
    const { credential, ...asked } = parseApiBody(signalJoinRequest, request.body);
    const decision = await authorize({ ...asked, credential });
    if (!decision.ok) throw new ApiFailure(STATUSES[decision.code], decision.code, decision.message);
    response.set("cache-control", "no-store").status(204).end();
  });
  return router;
}
