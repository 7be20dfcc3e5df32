// SPDX-License-Identifier: Apache-2.0
import { toSs58 } from "@tickstream/contracts-types";
import type { Express } from "express";
import { createApiApp } from "../api/api-app.ts";
import { createLogin } from "../api/login.ts";
import { nodeSecret } from "../database/node-secret.ts";
import type { Database } from "../database/open-database.ts";
import type { NodeMetrics } from "../metrics/node-metrics.ts";
import type { PayServer } from "../pay/pay-server.ts";
import type { CurrentTerms } from "../pay/paid-stream.ts";
import type { StreamRegistry } from "../streams/stream-registry.ts";
import type { StreamStore } from "../streams/stream-store.ts";
import { VERSION } from "../version.ts";
import type { AssembleOptions } from "./assemble-options.ts";
import type { MediaServers } from "./wire-media.ts";
import type { Selling } from "./wire-selling.ts";

/** What the API tells of. */
export interface ApiSources {
  database: Database;
  registry: StreamRegistry;
  store: StreamStore;
  terms: CurrentTerms;
  selling: Selling;
  media: MediaServers;
  pay: PayServer;
  metrics: NodeMetrics;
}

/** REST API and web apps. */
export async function wireApi(
  { config, chain, operator, log }: AssembleOptions,
  sources: ApiSources,
): Promise<Express> {
  const { database, registry, store, terms, selling, media, pay, metrics } = sources;
  return createApiApp({
    database,
    chain,
    registry,
    store,
    terms,
    operator,
    viewers: ({ paid, record }) => (paid ? pay.viewers(paid.id) : media.freeViewers(record.id)),
    login: createLogin({ secret: await nodeSecret(database, "login-secret") }),
    node: {
      operator: toSs58(operator),
      chainUrl: config.publicChainUrl ?? config.chainUrl,
      openFee: selling.openFee,
      creditTicks: selling.credit.creditTicks,
      unfinalizedTicks: selling.credit.unfinalizedTicks,
      previewTicks: config.previewTicks,
      dev: config.dev,
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
    ...(config.appsDir === undefined ? {} : { appsDir: config.appsDir }),
    onFault: (error) => log.error({ err: error }, "unexpected failure"),
  });
}
