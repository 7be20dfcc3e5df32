// SPDX-License-Identifier: Apache-2.0
import { toSs58 } from "@tickstream/contracts-types";
import { createLogin } from "./api/login.ts";
import { isDatabaseFailure } from "./database/failures.ts";
import { acquireNodeLock } from "./database/node-lock.ts";
import { nodeSecret } from "./database/node-secret.ts";
import { openDatabase } from "./database/open-database.ts";
import { listenHttp } from "./http-server.ts";
import { createNodeMetrics } from "./metrics/node-metrics.ts";
import { createPayServer } from "./pay/pay-server.ts";
import { createTermsCache } from "./pay/terms-cache.ts";
import { PayGates } from "./protect/pay-gate.ts";
import { StreamRegistry } from "./streams/stream-registry.ts";
import { createStreamStore } from "./streams/stream-store.ts";
import type { AssembleOptions, OnStop } from "./wiring/assemble-options.ts";
import { wireApi } from "./wiring/wire-api.ts";
import { wireFfmpeg, wireInsight } from "./wiring/wire-insight.ts";
import { wireMedia } from "./wiring/wire-media.ts";
import { wireSelling } from "./wiring/wire-selling.ts";
import { SIGNAL_PATH, wireSignal } from "./wiring/wire-signal.ts";

/** A running media node. */
export interface MediaNode {
  readonly httpPort: number;
  readonly rtmpPort: number;
  /** Every stream it carries. */
  readonly streams: StreamRegistry;
  /** No new keys; ledger flushed; settlement stored; everything closed. */
  stop(): Promise<void>;
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

async function start(options: AssembleOptions, onStop: OnStop): Promise<Omit<MediaNode, "stop">> {
  const { config, chain, operator, log, onFatal } = options;
  const { genesisHash } = chain;
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
  const selling = wireSelling(options, database, onStop);
  const { ledger, settler } = selling;
  const gates = new PayGates((channel) => ledger.commits.store(channel));
  onStop(() => registry.stop());
  const ffmpeg = await wireFfmpeg(options);
  const insight = wireInsight(options, { database, registry, ffmpeg, webrtc: true }, onStop);
  const login = createLogin({
    secret: await nodeSecret(database, "login-secret"),
    registration: (stream) => chain.registration(stream),
  });
  const media = await wireMedia(options, { store, registry, login, gates, ffmpeg }, onStop);
  const { hls, rtmp, whep } = media;

  const signaling = wireSignal(options, { registry, store, login, ingest: media.webRtcIngest }, onStop);

  const terms = createTermsCache(chain);
  const metrics = createNodeMetrics({
    connections: () => pay.connections,
    channels: () => ledger.live,
    streamsLive: () => registry.all().filter(({ live }) => live.state === "live").length,
    publishers: () => rtmp.connections() + media.webRtcIngest.publishers(),
    commits: () => ledger.commits.stats,
    media: () => hls.stats(),
    whep: () => whep.stats(),
    signaling: () => signaling.server.stats(),
    history: () => insight.history.state(),
  });
  onStop(async () => metrics.stop());
  const pay = createPayServer({
    ledger,
    gates,
    streams: registry,
    terms,
    seller: {
      operator,
      genesisHash,
      openFee: selling.openFee,
      exposureWindow: config.exposureWindow,
      previewTicks: config.previewTicks,
      creditTicks: selling.credit.creditTicks,
      unfinalizedTicks: selling.credit.unfinalizedTicks,
    },
    counters: metrics.counters,
    limits: {
      maxConnections: config.maxConnections,
      maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    },
    onFault,
  });

  const app = wireApi(
    options,
    { database, registry, store, terms, selling, media, signaling, login, insight, pay, metrics },
    onStop,
  );
  const http = await listenHttp({
    host: config.host,
    port: config.httpPort,
    handle(request, response) {
      if (!media.handle(request, response)) app(request, response);
    },
    upgrades: {
      "/pay": (request, socket, head) => pay.handleUpgrade(request, socket, head),
      [SIGNAL_PATH]: (request, socket, head) => signaling.server.handleUpgrade(request, socket, head),
    },
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
      pay.headMoved(number, config.settleMargin);
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
