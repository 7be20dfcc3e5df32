// SPDX-License-Identifier: Apache-2.0
import {
  challengeRequest,
  formatApiBody,
  health,
  hexToBytes,
  iceServers,
  loginRequest,
  nodeInfo,
  parseApiBody,
  tokenPrice,
  type Health,
  type IceServers,
  type NodeInfo,
  type TokenPrice,
} from "@tickstream/contracts-types";
import type { JoinDecision, JoinRequest } from "@tickstream/signaling";
import express, { type Express, type RequestHandler } from "express";
import type { FollowStore } from "../follows/follow-store.ts";
import type { History } from "../history/history.ts";
import type { PictureTaker } from "../pictures/picture-taker.ts";
import type { PriceSource } from "../price/price-source.ts";
import { joinRoutes } from "../signal/join-routes.ts";
import { ApiFailure, failureHandler } from "./api-failure.ts";
import { earningsRoutes } from "./earnings-routes.ts";
import { followRoutes } from "./follow-routes.ts";
import { pictureRoutes } from "./picture-routes.ts";
import { rateLimiter } from "./rate-limiter.ts";
import { sourceCheckRoute } from "./source-check-route.ts";
import { send } from "./stream-access.ts";
import { streamRoutes, type StreamRoutesContext } from "./stream-routes.ts";
import { tipRoute } from "./tip-route.ts";
import { webApp, type WebAppOptions } from "./web-app.ts";

export interface ApiOptions extends StreamRoutesContext {
  followStore: FollowStore;
  history: History;
  /** `null` where none can be taken. */
  pictures: PictureTaker | null;
  /** STUN and TURN servers, with credentials that begin to count now. */
  iceServers(): IceServers;
  /** Who may join a stream's signaling room. */
  authorizeJoin(request: JoinRequest): Promise<JoinDecision>;
  /** `null` where the operator names no source. */
  priceSource: Pick<PriceSource, "price"> | null;
  node: Omit<NodeInfo, "genesisHash">;
  health(): Promise<Health>;
  metrics(): Promise<{ contentType: string; body: string }>;
  /** How the node is called in login challenges; the request's host where left out. */
  publicHost?: string;
  webApp: WebAppOptions;
  onFault(error: unknown): void;
}

/** Everything on the HTTP port that is neither media nor a WebSocket. */
export function createApiApp(options: ApiOptions): Express {
  const { login } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");
  app.use(securityHeaders);

  app.get("/health", async (_request, response) => {
    const state = await options.health();
    // Without the chain open channels go on; without the database nothing does.
    response.status(state.database.state === "connected" ? 200 : 503).set("cache-control", "no-store");
    response.type("application/json").send(formatApiBody(health, state));
  });
  app.get("/metrics", async (_request, response) => {
    const { contentType, body } = await options.metrics();
    response.set("content-type", contentType).send(body);
  });

  const api = express.Router();
  // Tokens travel in a header of their own, never in cookies: any site may use the API.
  api.use(allowAnyOrigin);
  api.use(rateLimiter(200, 1_000));
  api.use(express.json({ limit: "16kb" }));
  api.get("/node", (_request, response) => {
    const genesisHash = hexToBytes(options.chain.genesisHash, 32);
    response.type("application/json").send(formatApiBody(nodeInfo, { ...options.node, genesisHash }));
  });
  const logins = rateLimiter(0.5, 20);
  api.post("/auth/challenge", logins, (request, response) => {
    const { address } = parseApiBody(challengeRequest, request.body);
    const { challenge, expiresAt } = login.challenge(
      address,
      options.publicHost ?? request.headers.host ?? "localhost",
    );
    response.set("cache-control", "no-store").json({ challenge, expiresAt: expiresAt.toISOString() });
  });
  api.post("/auth/login", logins, async (request, response) => {
    const { token, expiresAt } = await login.login(parseApiBody(loginRequest, request.body));
    response.set("cache-control", "no-store").json({ token, expiresAt: expiresAt.toISOString() });
  });
  api.use("/streams", streamRoutes(options), sourceCheckRoute(options), tipRoute(options));
  api.use(earningsRoutes({ ...options, token: options.node.token }));
  api.use("/follows", followRoutes(options));
  api.get("/ice-servers", (_request, response) => {
    send(response, formatApiBody(iceServers, options.iceServers()));
  });
  api.use(
    "/signal",
    joinRoutes((request) => options.authorizeJoin(request)),
  );
  api.get("/price", (_request, response) => {
    send(response, formatApiBody(tokenPrice, currentPrice(options.priceSource)));
  });
  api.use((request) => {
    throw new ApiFailure(
      404,
      "not-found",
      "There is nothing here.",
      `${request.method} ${request.baseUrl}${request.path}`,
    );
  });
  app.use("/api", api);

  if (options.pictures) app.use("/pictures", allowAnyOrigin, pictureRoutes(options.pictures));
  app.use(webApp(options.webApp));
  app.use((_request, _response) => {
    throw new ApiFailure(404, "not-found", "There is nothing here.");
  });
  app.use(failureHandler((error) => options.onFault(error)));
  return app;
}

/** @throws ApiFailure */
function currentPrice(source: ApiOptions["priceSource"]): TokenPrice {
  if (source === null) {
    throw new ApiFailure(404, "price-off", "This node tells no price in a currency.");
  }
  const price = source.price();
  if (price === null) {
    throw new ApiFailure(503, "price-stale", "The node's price source has not answered for long.");
  }
  return price;
}

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
  });
  next();
};

const allowAnyOrigin: RequestHandler = (request, response, next) => {
  response.set("access-control-allow-origin", "*");
  if (request.method !== "OPTIONS") return next();
  response.set({
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "access-control-allow-headers": "authorization, content-type",
    "access-control-max-age": "86400",
  });
  response.status(204).end();
};
