// SPDX-License-Identifier: Apache-2.0
export type { Authenticate, JoinDecision, JoinRequest } from "./authenticate.ts";
export {
  createSignalingServer,
  type SignalingLog,
  type SignalingServer,
  type SignalingServerOptions,
  type SignalingStats,
} from "./create-signaling-server.ts";
export { SignalRefusal } from "./errors.ts";
export type { LocalPeer, LocalPeerHandlers, LocalPeerMessage } from "./local-peer.ts";
export type { SignalingLimits } from "./signaling-limits.ts";
