// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import { TickstreamError } from "@tickstream/contracts-types";
import type { Login } from "../api/login.ts";
import { createHlsServer, type HlsServer } from "../egress/hls/hls-server.ts";
import { createWhepServer, type WhepServer } from "../egress/whep/whep-server.ts";
import { createRtmpServer, type RtmpServer } from "../ingest/rtmp-server.ts";
import { createWhipServer } from "../ingest/whip-server.ts";
import { createWebRtcIngest, type WebRtcIngest } from "../ingest/webrtc-ingest.ts";
import { iceServers } from "../signal/ice-servers.ts";
import { AudienceMeter } from "../streams/audience-meter.ts";
import { authorizePublish } from "../streams/authorize-publish.ts";
import type { StreamRegistry } from "../streams/stream-registry.ts";
import type { StreamStore } from "../streams/stream-store.ts";
import type { PayGates } from "../protect/pay-gate.ts";
import { startOpusTranscoder } from "../transcode/opus-transcoder.ts";
import type { AssembleOptions, OnStop } from "./assemble-options.ts";

/** Media in and out. */
export interface MediaServers {
  hls: HlsServer;
  whep: WhepServer;
  rtmp: RtmpServer;
  webRtcIngest: WebRtcIngest;
  /** Answers what is a request for media, in or out; false: it is none. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** How many watch a stream that nobody pays for. */
  freeViewers(stream: string): number;
}

/** What streams are found by, and what is needed to hand them out. */
export interface MediaSources {
  store: StreamStore;
  registry: StreamRegistry;
  login: Login;
  gates: PayGates;
  /** Path of the program, if there is one. */
  ffmpeg: string | null;
}

/** What carries media: RTMP and WebRTC in, LL-HLS and WebRTC out. */
export async function wireMedia(
  { config, log }: AssembleOptions,
  { store, registry, login, gates, ffmpeg }: MediaSources,
  onStop: OnStop,
): Promise<MediaServers> {
  const audience = new AudienceMeter();
  const hls = createHlsServer({
    find: (id) => registry.getMedia(id)?.live.hls,
    log: log.child({ part: "hls" }),
  });
  const authorize = authorizePublish({ store, registry, accountOfToken: (token) => login.verify(token) });
  const rtmp = await createRtmpServer({
    host: config.host,
    port: config.rtmpPort,
    authorize,
    log: log.child({ part: "rtmp" }),
    limits: { maxConnections: config.maxPublishers },
  });
  onStop(() => rtmp.stop());
  const ice = {
    portMin: config.webrtcPortMin,
    portMax: config.webrtcPortMax,
    publicAddress: config.webrtcPublicAddress,
  };
  const webRtcIngest = createWebRtcIngest({
    ice,
    limits: { maxPublishers: config.maxPublishers },
  });
  onStop(() => webRtcIngest.stop(new TickstreamError("node-stopping", "The node is stopping.")));
  const whip = createWhipServer({
    authorize,
    webrtc: webRtcIngest,
    iceServers: () => iceServers(config).iceServers,
    log: log.child({ part: "whip" }),
  });
  const whep = createWhepServer({
    find(id) {
      const stream = registry.get(id);
      return stream && { source: stream.live, paid: stream.paid !== null };
    },
    gates,
    ice,
    limits: {
      maxViewers: config.maxWebrtcViewers,
      maxViewersPerAddress: config.maxWebrtcViewersPerAddress,
    },
    startTranscoder:
      ffmpeg === null
        ? undefined
        : (onPacket) => startOpusTranscoder({ ffmpeg, onPacket, log: log.child({ part: "transcode" }) }),
    iceServers: () => iceServers(config).iceServers,
    log: log.child({ part: "whep" }),
  });
  onStop(async () => whep.stop());
  return {
    hls,
    whep,
    rtmp,
    webRtcIngest,
    handle(request, response) {
      audience.note(request, (id) => registry.get(id)?.paid === null);
      return [hls, whip, whep].some((server) => server.handle(request, response));
    },
    freeViewers: (stream) => audience.count(stream) + whep.viewers(stream),
  };
}
