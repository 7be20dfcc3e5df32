// SPDX-License-Identifier: Apache-2.0
// The media half of a node on free ports: real RTMP in, real HTTP out, nothing sold.
import type { IncomingMessage, ServerResponse } from "node:http";
import { TickstreamError } from "@tickstream/contracts-types";
import {
  createHlsServer,
  createLiveStream,
  createRtmpServer,
  createWebRtcIngest,
  createWhepServer,
  createWhipServer,
  type HlsServer,
  type HlsServerOptions,
  type LiveStream,
  type LiveStreamOptions,
  PayGates,
  type PublishDecision,
  type PublishRequest,
  type RtmpServer,
  type RtmpServerLimits,
  type TimelinePosition,
  type TimelineStore,
  type WebRtcIngest,
  type WebRtcIngestOptions,
  type WhepServer,
  type WhepServerOptions,
} from "@tickstream/media-node/streaming";
import { listenLocally } from "./local-server.ts";

/** A log that tests can read. */
export interface MemoryLog {
  readonly lines: string[];
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export function memoryLog(): MemoryLog {
  const lines: string[] = [];
  const write = (fields: object, message: string): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { lines, info: write, warn: write };
}

/** A timeline that outlives its stream, as a database would. */
export class MemoryTimeline implements TimelineStore {
  position: TimelinePosition = { nextEpoch: 0, nextRun: 0, nextMsn: 0, discontinuitySequence: 0 };
  /** While set, nothing can be reserved. */
  failure: Error | undefined;

  async load(): Promise<TimelinePosition> {
    return { ...this.position };
  }

  async reserve(next: TimelinePosition): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.position = { ...next };
  }
}

export interface StreamingNodeOptions {
  /** Id of the stream; its key is `key-<id>`. Default `demo`. */
  ids?: string[];
  stream?: Partial<LiveStreamOptions>;
  limits?: Partial<RtmpServerLimits>;
  hls?: Partial<HlsServerOptions>;
  whep?: Partial<WhepServerOptions>;
  webrtc?: Partial<WebRtcIngestOptions>;
  /** Answers what is not below `/live/`. */
  page?: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface StreamingNode {
  readonly streams: Map<string, LiveStream>;
  readonly timelines: Map<string, MemoryTimeline>;
  readonly rtmp: RtmpServer;
  readonly hls: HlsServer;
  readonly whep: WhepServer;
  readonly webrtc: WebRtcIngest;
  readonly log: MemoryLog;
  readonly origin: string;
  /** Where the first stream, or the one named, is published to by RTMP. */
  publishUrl(id?: string): string;
  /** Where the first stream, or the one named, is published to by WHIP; the bearer token is `key-<id>`. */
  whipUrl(id?: string): string;
  /** Where its playlist is. */
  playlistUrl(id?: string): string;
  stop(): Promise<void>;
}

export async function startStreamingNode(options: StreamingNodeOptions = {}): Promise<StreamingNode> {
  const { ids = ["demo"] } = options;
  const log = memoryLog();
  const timelines = new Map(ids.map((id) => [id, new MemoryTimeline()]));
  const streams = new Map(
    ids.map((id) => [
      id,
      createLiveStream({
        id,
        tickMs: 1_000,
        protection: { kind: "clear" },
        timeline: timelines.get(id) as MemoryTimeline,
        log,
        ...options.stream,
      }),
    ]),
  );
  const authorize = async ({ app = "live", key }: PublishRequest): Promise<PublishDecision> => {
    const stream = app === "live" && key.startsWith("key-") ? streams.get(key.slice(4)) : undefined;
    return stream === undefined
      ? { ok: false, reason: "This stream key is not known here." }
      : { ok: true, stream };
  };
  const rtmp = await createRtmpServer({
    host: "127.0.0.1",
    port: 0,
    log,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    authorize,
  });
  const webrtc = createWebRtcIngest({ ice: { portMin: 0, portMax: 0 }, ...options.webrtc });
  const whip = createWhipServer({ authorize, webrtc, log });
  const hls = createHlsServer({ find: (id) => streams.get(id)?.hls, log, ...options.hls });
  const whep = createWhepServer({
    find: (id) => {
      const source = streams.get(id);
      return source && { source, paid: false };
    },
    gates: new PayGates(async () => {}),
    ice: { portMin: 0, portMax: 0 },
    startTranscoder: undefined,
    log,
    ...options.whep,
  });
  const http = await listenLocally((request, response) => {
    if ([hls, whip, whep].some((server) => server.handle(request, response))) return;
    if (options.page !== undefined) options.page(request, response);
    else response.writeHead(404).end();
  });
  const { origin } = http;
  const first = ids[0] as string;
  return {
    streams,
    timelines,
    rtmp,
    hls,
    whep,
    webrtc,
    log,
    origin,
    publishUrl: (id = first) => `rtmp://127.0.0.1:${rtmp.port}/live/key-${id}`,
    whipUrl: (id = first) => `${origin}/whip/${id}`,
    playlistUrl: (id = first) => `${origin}/live/${id}/index.m3u8`,
    stop: async () => {
      const reason = new TickstreamError("node-stopping", "The node is shutting down.");
      whep.stop();
      await Promise.all([rtmp.stop(), webrtc.stop(reason)]);
      await Promise.all([...streams.values()].map((stream) => stream.stop(reason)));
      await hls.stop();
      await http.stop();
    },
  };
}
