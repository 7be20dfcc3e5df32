// SPDX-License-Identifier: Apache-2.0
import { follows, formatApiBody, fromSs58, toSs58 } from "@tickstream/contracts-types";
import { Router } from "express";
import type { FollowStore } from "../follows/follow-store.ts";
import type { Login } from "./login.ts";
import { rateLimiter } from "./rate-limiter.ts";
import { caller, send } from "./stream-access.ts";

/** `/api/follows` */
export function followRoutes(context: { login: Login; followStore: FollowStore }): Router {
  const { followStore } = context;
  const router = Router();
  const writes = rateLimiter(2, 40);

  router.get("/", async (request, response) => {
    const found = await followStore.of(caller(context, request));
    const body = {
      follows: found.map(({ creator, since }) => ({ creator: toSs58(creator), since: since.toISOString() })),
    };
    send(response, formatApiBody(follows, body));
  });

  router.put<{ creator: string }>("/:creator", writes, async (request, response) => {
    const follower = caller(context, request);
    await followStore.add(follower, fromSs58(request.params.creator));
    response.status(204).end();
  });

  router.delete<{ creator: string }>("/:creator", writes, async (request, response) => {
    const follower = caller(context, request);
    await followStore.remove(follower, fromSs58(request.params.creator));
    response.status(204).end();
  });

  return router;
}
