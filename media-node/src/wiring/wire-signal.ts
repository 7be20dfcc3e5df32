// SPDX-License-Identifier: Apache-2.0
import {
  createSignalingServer,
  type JoinDecision,
  type JoinRequest,
  type SignalingServer,
} from "@tickstream/signaling";
import type { Login } from "../api/login.ts";
import { signedByWallet } from "../api/wallet-signature.ts";
import type { WebRtcIngest } from "../ingest/webrtc-ingest.ts";
import { authorizeJoin } from "../signal/authorize-join.ts";
import { NodePeer } from "../signal/node-peer.ts";
import type { StreamRegistry } from "../streams/stream-registry.ts";
import type { StreamStore } from "../streams/stream-store.ts";
import type { AssembleOptions, OnStop } from "./assemble-options.ts";

export interface SignalSources {
  registry: StreamRegistry;
  store: StreamStore;
  login: Login;
  ingest: WebRtcIngest;
}

/** Rooms of the node's streams, with the node in each. */
export interface Signaling {
  server: SignalingServer;
  authorize(request: JoinRequest): Promise<JoinDecision>;
}

/** Where its WebSocket is. */
export const SIGNAL_PATH = "/signal";

/** The signaling server, and the node's peer in the room of every stream that it carries. */
export function wireSignal(
  { config, log: nodeLog }: AssembleOptions,
  { registry, store, login, ingest }: SignalSources,
  onStop: OnStop,
): Signaling {
  const log = nodeLog.child({ part: "signal" });
  const decide = authorizeJoin({
    find(id) {
      const stream = registry.get(id);
      return stream && { creator: stream.record.creator, free: stream.paid === null };
    },
    streamOfKey: async (key) => (await store.byKey(key))?.id ?? null,
    accountOfToken: (token) => login.verify(token),
    signed: signedByWallet,
  });
  const publicHost = config.publicUrl === undefined ? undefined : new URL(config.publicUrl).host;
  const server = createSignalingServer({
    authenticate: (request) => decide({ ...request, host: publicHost ?? request.host }),
    redisUrl: config.redisUrl,
    log,
    limits: {
      maxRooms: config.maxStreams,
      maxConnections: config.maxConnections,
      maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    },
  });
  onStop(() => server.stop());

  let stopping = false;
  const leaveAll = registry.onEach(({ live }) => {
    const peer = new NodePeer({
      enter: (handlers) => server.localPeer(live.id, handlers),
      // The media comes from the address that ICE finds; here the publisher is known by its peer's name.
      accept: (offer, from) =>
        ingest.acceptPublisher({ offer, stream: live, protocol: "signal", address: `peer ${from}` }),
      onFault: (error) => log.error({ err: error, stream: live.id }, "unexpected failure"),
    });
    peer.setLive(live.state === "live");
    const off = live.onState((state) => peer.setLive(state === "live"));
    return () => {
      off();
      if (stopping) peer.leave();
      else peer.end();
    };
  });
  onStop(async () => {
    stopping = true;
    leaveAll();
  });
  return { server, authorize: decide };
}
