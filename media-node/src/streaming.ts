// SPDX-License-Identifier: Apache-2.0
// The media half of a node by itself: RTMP in, streams, LL-HLS out. What sells them stands beside it.
export {
  createHlsServer,
  type HlsServer,
  type HlsServerOptions,
  type HlsServerStats,
} from "./egress/hls/hls-server.ts";
export { createWhepServer, type WhepServer, type WhepServerOptions } from "./egress/whep/whep-server.ts";
export { PortUnavailableError, RtmpError } from "./ingest/errors.ts";
export {
  createRtmpServer,
  type RtmpServer,
  type RtmpServerLimits,
  type RtmpServerOptions,
} from "./ingest/rtmp-server.ts";
export { createWebRtcIngest, type WebRtcIngest, type WebRtcIngestOptions } from "./ingest/webrtc-ingest.ts";
export { createWhipServer, type WhipServer, type WhipServerOptions } from "./ingest/whip-server.ts";
export type { PublishDecision, PublishRequest } from "./ingest/publish-decision.ts";
export * from "./media/errors.ts";
export type { FrameConsumer, PlacedFrame } from "./media/fan-out.ts";
export * from "./media/frame.ts";
export type { PublisherInfo, PublisherSink } from "./media/publisher.ts";
export {
  createLiveStream,
  type LiveStream,
  type LiveStreamOptions,
  type StreamState,
  type StreamStats,
} from "./media/stream.ts";
export { TimelineUnavailableError, type TimelinePosition, type TimelineStore } from "./media/timeline.ts";
export type { HlsSource, Protection } from "./packaging/packager.ts";
export type { StoredPart, StoredSegment } from "./packaging/segment-store.ts";
export { createKeyVault, type KeyVault, type KeyVaultOptions } from "./protect/key-vault.ts";
export { PayGates } from "./protect/pay-gate.ts";
export { startOpusTranscoder } from "./transcode/opus-transcoder.ts";
export { loadNodeDatachannel } from "./webrtc/load-node-datachannel.ts";
