// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { encodeSignal, MAX_SIGNAL_FRAME_BYTES, type ServerMessage } from "@tickstream/contracts-types";
import type { Authenticate } from "./authenticate.ts";
import { errorMessage, SignalRefusal } from "./errors.ts";
import { AddressRates } from "./limits/address-rates.ts";
import type { LocalPeer, LocalPeerHandlers } from "./local-peer.ts";
import { createInstanceId, createPeerId } from "./peer-ids.ts";
import type { Member } from "./room.ts";
import { Rooms } from "./rooms.ts";
import { shareAlone } from "./share-alone.ts";
import { shareByRedis } from "./share-by-redis.ts";
import type { SharingState } from "./sharing.ts";
import { SignalConnection, type ConnectionContext } from "./signal-connection.ts";
import { DEFAULT_SIGNALING_LIMITS, type SignalingLimits } from "./signaling-limits.ts";
import { PublicSockets } from "./sockets/public-sockets.ts";

/** The part of a logger that is used. */
export interface SignalingLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface SignalingServerOptions {
  authenticate: Authenticate;
  /** Shares rooms with every other instance that uses the same Redis. */
  redisUrl?: string | undefined;
  /** How long an instance that died is still seen by the others, in milliseconds. Default 15,000. */
  shareTtlMs?: number;
  limits?: Partial<SignalingLimits>;
  log: SignalingLog;
}

export interface SignalingStats {
  connections: number;
  rooms: number;
  /** Requests refused since the start, by code. */
  refused: Readonly<Record<string, number>>;
  sharing: SharingState;
}

/** Rooms over WebSocket. */
export interface SignalingServer {
  /** Takes over an HTTP upgrade. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Puts a media node into the room of a stream that it carries. */
  localPeer(stream: string, handlers: LocalPeerHandlers): LocalPeer;
  stats(): SignalingStats;
  /** Tells everybody that the server drains, and closes. */
  stop(): Promise<void>;
}

/**
 * A signaling server without a port of its own: it takes over upgrades of an HTTP server.
 *
 * @example
 * const signaling = createSignalingServer({ authenticate, log });
 * http.on("upgrade", (request, socket, head) => signaling.handleUpgrade(request, socket, head));
 */
export function createSignalingServer(options: SignalingServerOptions): SignalingServer {
  const { authenticate, redisUrl, shareTtlMs = 15_000, log } = options;
  const limits = { ...DEFAULT_SIGNALING_LIMITS, ...options.limits };
  const instance = createInstanceId();
  const refused: Record<string, number> = {};
  const encoded = new WeakMap<ServerMessage, string>();

  const rooms = new Rooms(instance, limits, (events) =>
    redisUrl === undefined
      ? shareAlone()
      : shareByRedis({
          url: redisUrl,
          instance,
          events,
          shareTtlMs,
          onState(state, cause) {
            if (state === "connected") log.info({ instance }, "rooms are shared through Redis");
            else log.warn({ err: cause }, "Redis is out of reach: rooms go on, each instance's for itself");
          },
        }),
  );
  const onFault = (error: unknown): void => log.error({ err: error }, "unexpected failure in signaling");
  const context: ConnectionContext = {
    rooms,
    limits,
    joins: new AddressRates(limits.joinsPerSecond, limits.joinBurst),
    authenticate,
    textOf(message) {
      const text = encoded.get(message) ?? encodeSignal(message);
      encoded.set(message, text);
      return text;
    },
    refused: (code) => (refused[code] = (refused[code] ?? 0) + 1),
    onFault,
  };

  const sockets = new PublicSockets({
    limits,
    maxFrameBytes: MAX_SIGNAL_FRAME_BYTES,
    connect: (transport, visitor) =>
      new SignalConnection(context, transport, {
        id: createPeerId(instance),
        nonce: new Uint8Array(randomBytes(32)),
        ...visitor,
      }),
  });

  return {
    handleUpgrade: (request, socket, head) => sockets.handleUpgrade(request, socket, head),
    localPeer(stream, handlers) {
      const member: Member = {
        id: createPeerId(instance),
        role: "node",
        send(message) {
          if (message.type === "closing") handlers.closed();
          else if ("from" in message) handlers.received(message);
        },
      };
      rooms.join(stream, member);
      const { id } = member;
      const deliver = (to: string, message: Parameters<Rooms["send"]>[0]["message"]): void => {
        // Whoever has left in the meantime is not waited for.
        rooms.send({ stream, to, message }).catch((error: unknown) => {
          if (!(error instanceof SignalRefusal)) onFault(error);
        });
      };
      return {
        id,
        send: (to, message) => deliver(to, { ...message, stream, from: id, role: "node" }),
        refuse(to, connection, reason, sentence) {
          const refusal = new SignalRefusal("offer-refused", sentence, { reason });
          context.refused(refusal.code);
          deliver(to, errorMessage(refusal, { stream, connection }));
        },
        setLive: (live) => rooms.setLive(stream, id, live),
        close: () => rooms.close(stream),
        leave: () => rooms.leave(stream, id),
      };
    },
    stats: () => ({
      connections: sockets.size,
      rooms: rooms.size,
      refused: { ...refused },
      sharing: rooms.sharing,
    }),
    async stop() {
      await sockets.stop((connection) => connection.drain());
      await rooms.stop();
    },
  };
}
