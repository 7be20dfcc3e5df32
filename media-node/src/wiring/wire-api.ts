// SPDX-License-Identifier: Apache-2.0
import { toSs58 } from "@tickstream/contracts-types";
import type { Express } from "express";
import { createApiApp } from "../api/api-app.ts";
import type { Login } from "../api/login.ts";
import { picturePath } from "../api/picture-routes.ts";
import type { Database } from "../database/open-database.ts";
import { createFollowStore } from "../follows/follow-store.ts";
import { WHIP_PATH } from "../ingest/whip-server.ts";
import type { NodeMetrics } from "../metrics/node-metrics.ts";
import type { PayServer } from "../pay/pay-server.ts";
import type { CurrentTerms } from "../pay/paid-stream.ts";
import { startPriceSource } from "../price/price-source.ts";
import { iceServers } from "../signal/ice-servers.ts";
import type { StreamRegistry } from "../streams/stream-registry.ts";
import type { StreamStore } from "../streams/stream-store.ts";
import { VERSION } from "../version.ts";
import type { AssembleOptions, OnStop } from "./assemble-options.ts";
import type { Insight } from "./wire-insight.ts";
import type { MediaServers } from "./wire-media.ts";
import type { Selling } from "./wire-selling.ts";
import { SIGNAL_PATH, type Signaling } from "./wire-signal.ts";

/** What the API tells of. */
export interface ApiSources {
  database: Database;
  registry: StreamRegistry;
  store: StreamStore;
  terms: CurrentTerms;
  selling: Selling;
  media: MediaServers;
  signaling: Signaling;
  login: Login;
  insight: Insight;
  pay: PayServer;
  metrics: NodeMetrics;
}

/** REST API and web apps. */
export function wireApi(
  { config, chain, operator, log }: AssembleOptions,
  sources: ApiSources,
  onStop: OnStop,
): Express {
  const { database, registry, store, terms, selling, media, signaling, login, insight, pay, metrics } =
    sources;
  const chainUrl = config.publicChainUrl ?? config.chainUrl;
  const followStore = createFollowStore(database);
  const priceSource =
    config.priceUrl === undefined
      ? null
      : startPriceSource({
          url: config.priceUrl,
          field: config.priceField,
          currency: config.priceCurrency,
          log: log.child({ part: "price" }),
        });
  if (priceSource) onStop(() => priceSource.stop());
  return createApiApp({
    database,
    chain,
    registry,
    store,
    terms,
    operator,
    previewTicks: config.previewTicks,
    viewers: ({ paid, record }) => (paid ? pay.viewers(paid.id) : media.freeViewers(record.id)),
    codecs: (id) => insight.sourceChecks.ingest(id)?.codecs ?? null,
    picture: (id) => picturePath(insight.pictures, id),
    whepObstacle: (id) => media.whep.obstacle(id),
    creatorFigures: async (creator) => {
      const streams = registry.all().filter(({ record }) => record.creator === creator);
      const live = streams.filter((stream) => stream.live.state === "live").length;
      return { streams: streams.length, live, followers: await followStore.countFollowers(creator) };
    },
    sourceChecks: insight.sourceChecks,
    pictures: insight.pictures,
    ticksPerSecond: ({ paid }) => (paid ? selling.sales.ticksPerSecond(paid.id) : 0),
    followStore,
    history: insight.history,
    iceServers: () => iceServers(config),
    authorizeJoin: (request) => signaling.authorize(request),
    priceSource,
    login,
    node: {
      operator: toSs58(operator),
      chainUrl,
      openFee: selling.openFee,
      creditTicks: selling.credit.creditTicks,
      unfinalizedTicks: selling.credit.unfinalizedTicks,
      previewTicks: config.previewTicks,
      dev: config.dev,
      ingest: {
        rtmpUrl: config.publicRtmpUrl ?? null,
        rtmpPort: media.rtmp.port,
        whip: WHIP_PATH,
        signal: SIGNAL_PATH,
      },
      features: {
        pictures: insight.pictures !== null,
        webrtcAudio: insight.pictures !== null,
        audioLevel: insight.pictures !== null,
        price: priceSource !== null,
      },
      token: chain.facts.token,
      version: VERSION,
    },
    health: async () => {
      const heads = chain.heads();
      const reachable = await database.isReachable();
      return {
        status: heads && reachable ? "ok" : "degraded",
        chain: {
          state: heads ? "connected" : "disconnected",
          head: heads?.best ?? null,
          finalized: heads?.finalized ?? null,
        },
        database: { state: reachable ? "connected" : "disconnected" },
        version: VERSION,
      };
    },
    metrics: () => metrics.scrape(),
    ...(config.publicUrl === undefined ? {} : { publicHost: new URL(config.publicUrl).host }),
    webApp: {
      ...(config.appsDir === undefined ? {} : { appsDir: config.appsDir }),
      ...(config.studioDir === undefined ? {} : { studioDir: config.studioDir }),
      ...(config.elementDir === undefined ? {} : { elementDir: config.elementDir }),
      ...(config.devWalletDir === undefined || !config.dev ? {} : { devWalletDir: config.devWalletDir }),
      chainUrl,
    },
    onFault: (error) => log.error({ err: error }, "unexpected failure"),
  });
}
