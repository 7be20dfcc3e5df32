// SPDX-License-Identifier: Apache-2.0
import { planck, toSs58, type AccountId } from "@tickstream/contracts-types";
import type { Logger } from "pino";
import { createApiApp } from "./api/api-app.ts";
import type { ViewedStream } from "./api/stream-views.ts";
import { createLogin } from "./api/login.ts";
import type { NodeChain } from "./chain/node-chain.ts";
import type { NodeConfig } from "./config/config.ts";
import { isDatabaseFailure } from "./database/failures.ts";
import { acquireNodeLock } from "./database/node-lock.ts";
import { nodeSecret } from "./database/node-secret.ts";
import { openDatabase } from "./database/open-database.ts";
import { createHlsServer } from "./egress/hls-server.ts";
import { listenHttp } from "./http-server.ts";
import { createRtmpServer } from "./ingest/rtmp-server.ts";
import { createLedger } from "./ledger/ledger.ts";
import { createNodeMetrics } from "./metrics/node-metrics.ts";
import { createPayServer } from "./pay/pay-server.ts";
import { createTermsCache } from "./pay/terms-cache.ts";
import { createSettler } from "./settlement/settler.ts";
import { AudienceMeter } from "./streams/audience-meter.ts";
import { authorizePublish } from "./streams/authorize-publish.ts";
import { StreamRegistry } from "./streams/stream-registry.ts";
import { createStreamStore } from "./streams/stream-store.ts";
import { VERSION } from "./version.ts";

/** A running media node. */
export interface MediaNode {
  readonly httpPort: number;
  readonly rtmpPort: number;
  /** Every stream it carries. */
  readonly streams: StreamRegistry;
  /** No new keys; ledger flushed; settlement stored; everything closed. */
  stop(): Promise<void>;
}

export interface AssembleOptions {
  config: NodeConfig;
  chain: NodeChain;
  operator: AccountId;
  log: Logger;
  /** Something makes it impossible to go on. */
  onFatal: (error: Error) => void;
}

/** Builds a node of its parts and starts it; on failure nothing is left. The chain stays the caller's. */
export async function assembleMediaNode(options: AssembleOptions): Promise<MediaNode> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).toReversed()) {
      await step().catch((error: unknown) =>
        options.log.error({ err: error }, "a part of the node did not stop cleanly"),
      );
    }
  };
  try {
    const running = await start(options, (step) => stops.push(step));
    return { ...running, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param onStop registers how to stop what was just started; the last one stops first */
async function start(
  { config, chain, operator, log, onFatal }: AssembleOptions,
  onStop: (step: () => Promise<void>) => void,
): Promise<Omit<MediaNode, "stop">> {
  const { facts, genesisHash } = chain;
  const openFee = config.openFee ?? facts.openAndSettleFee;
  const settleMargin = config.settleMargin;
  const onFault = (error: unknown): void => log.error({ err: error }, "unexpected failure");

  const database = await openDatabase({ url: config.databaseUrl, genesisHash });
  onStop(() => database.close());
  const lock = await acquireNodeLock({ url: config.databaseUrl, onLost: onFatal });
  onStop(() => lock.release());

  const store = createStreamStore(database);
  const registry = await StreamRegistry.open({
    store,
    genesisHash,
    maxStreams: config.maxStreams,
    maxStreamsPerCreator: config.maxStreamsPerCreator,
    log: log.child({ part: "media" }),
  });

  const credit = {
    creditTicks: config.creditTicks,
    creditLimit: config.creditLimit ?? facts.openAndSettleFee,
    unfinalizedTicks: config.unfinalizedTicks,
  };
  const ledger = createLedger({
    database,
    chain,
    commitments: { operator, openFee, limits: facts.limits, openMargin: config.openMargin, settleMargin },
    credit,
    lingerMs: config.groupCommitMs,
    onAccepted: () => settler.wake(),
    onAvailability: (available) =>
      available
        ? log.info("the database is back: selling goes on")
        : log.error("the database is out of reach: nothing is sold"),
  });
  const settler = createSettler({
    database,
    chain,
    ledger,
    policy: {
      settleAbove: planck(facts.openAndSettleFee * BigInt(config.settleFeeMultiple)),
      settleAfter: config.settleAfter ?? (config.dev ? 60 : 600),
      closeIdleAfter: config.closeIdleAfter,
      settleMargin,
    },
    maxWalk: facts.maxWalk,
    log: log.child({ part: "settlement" }),
  });
  // The ledger is flushed before what it owes is stored.
  onStop(() => settler.stop());
  onStop(() => ledger.stop());
  onStop(() => registry.stop());

  const audience = new AudienceMeter();
  const hls = createHlsServer({
    find: (id) => registry.getMedia(id)?.live.hls,
    log: log.child({ part: "hls" }),
  });
  const rtmp = await createRtmpServer({
    host: config.host,
    port: config.rtmpPort,
    authorize: authorizePublish(store, registry),
    log: log.child({ part: "rtmp" }),
    limits: { maxConnections: config.maxPublishers },
  });
  onStop(() => rtmp.stop());

  const terms = createTermsCache(chain);
  const metrics = createNodeMetrics({
    connections: () => pay.connections,
    channels: () => ledger.live,
    streamsLive: () => registry.all().filter(({ live }) => live.state === "live").length,
    publishers: () => rtmp.connections(),
    commits: () => ledger.commits.stats,
    media: () => hls.stats(),
  });
  onStop(async () => metrics.stop());
  const pay = createPayServer({
    ledger,
    streams: registry,
    terms,
    seller: {
      operator,
      genesisHash,
      openFee,
      exposureWindow: config.exposureWindow,
      previewTicks: config.previewTicks,
      creditTicks: credit.creditTicks,
      unfinalizedTicks: credit.unfinalizedTicks,
    },
    counters: metrics.counters,
    limits: {
      maxConnections: config.maxConnections,
      maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    },
    onFault,
  });

  const viewers = ({ paid, record }: ViewedStream): number =>
    paid ? pay.viewers(paid.id) : audience.count(record.id);
  const app = createApiApp({
    database,
    chain,
    registry,
    store,
    terms,
    operator,
    viewers,
    login: createLogin({ secret: await nodeSecret(database, "login-secret") }),
    node: {
      operator: toSs58(operator),
      chainUrl: config.publicChainUrl ?? config.chainUrl,
      openFee,
      creditTicks: credit.creditTicks,
      unfinalizedTicks: credit.unfinalizedTicks,
      previewTicks: config.previewTicks,
      dev: config.dev,
      token: facts.token,
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
    onFault,
  });
  const http = await listenHttp({
    host: config.host,
    port: config.httpPort,
    handle(request, response) {
      audience.note(request, (id) => registry.get(id)?.paid === null);
      if (!hls.handle(request, response)) app(request, response);
    },
    upgrades: { "/pay": (request, socket, head) => pay.handleUpgrade(request, socket, head) },
  });
  onStop(() => http.stop());
  onStop(() => hls.stop());
  onStop(() => pay.stop());
  onStop(async () => http.close());

  const unsubscribe = [
    chain.onBlock((at, number, events) => {
      for (const event of events) {
        // What the database cannot take now is read from the chain's state later.
        settler.news.apply(event, at).catch((error: unknown) => {
          if (!isDatabaseFailure(error)) onFault(error);
        });
      }
      if (at !== "best") return;
      pay.headMoved(number, settleMargin);
      settler.wake();
    }),
    chain.onConnection((connected) => {
      if (!connected) {
        log.warn("the chain is out of reach: open channels go on, new ones wait");
        return pay.chainLost();
      }
      log.info("the chain is back");
      settler.catchUp();
    }),
  ];
  onStop(async () => {
    for (const off of unsubscribe) off();
  });
  log.info(
    { http: http.port, rtmp: rtmp.port, operator: toSs58(operator), streams: registry.all().length },
    "media node ready",
  );
  return { httpPort: http.port, rtmpPort: rtmp.port, streams: registry };
}
