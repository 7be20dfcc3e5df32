// SPDX-License-Identifier: Apache-2.0
export { configSchema, withoutSecrets, type NodeConfig, type NodeConfigInput } from "./config/config.ts";
export {
  ConfigError,
  environmentName,
  loadConfig,
  parseConfig,
  type LoadConfigOptions,
} from "./config/load-config.ts";
export { createMediaNode, type CreateMediaNodeOptions } from "./create-media-node.ts";
export { DatabaseError } from "./database/open-database.ts";
export { HttpPortError } from "./http-server.ts";
export { PortUnavailableError } from "./ingest/errors.ts";
export { createRtmpServer, type RtmpServer, type RtmpServerOptions } from "./ingest/rtmp-server.ts";
export type { MediaNode } from "./media-node.ts";
export { createLiveStream, type LiveStream, type LiveStreamOptions } from "./media/stream.ts";
export { StreamError, type CarriedStream, type StreamRegistry } from "./streams/stream-registry.ts";
