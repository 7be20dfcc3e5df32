// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  CLOSE_CODES,
  encodeSignal,
  MAX_SIGNAL_FRAME_BYTES,
  type ServerMessage,
} from "@tickstream/contracts-types";
import { WebSocketServer, type WebSocket } from "ws";
import { AddressLimits } from "./address-limits.ts";
import type { Authenticate } from "./authenticate.ts";
import { errorMessage, SignalRefusal } from "./errors.ts";
import { networkAddress } from "./limits/network-address.ts";
import type { LocalPeer, LocalPeerHandlers } from "./local-peer.ts";
import { createInstanceId, createPeerId } from "./peer-ids.ts";
import type { Member } from "./room.ts";
import { Rooms } from "./rooms.ts";
import { shareAlone } from "./share-alone.ts";
import { shareByRedis } from "./share-by-redis.ts";
import type { SharingState } from "./sharing.ts";
import { SignalConnection, type ConnectionContext } from "./signal-connection.ts";
import { DEFAULT_SIGNALING_LIMITS, type SignalingLimits } from "./signaling-limits.ts";

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

/** Of a name (RFC 1035) with its port. */
const MAX_HOST_LENGTH = 253 + 6;

/** Whoever does not answer the close within this time is cut off, in milliseconds. */
const CLOSE_MS = 500;

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
  const addresses = new AddressLimits(limits);
  const refused: Record<string, number> = {};
  const sockets = new Map<WebSocket, SignalConnection>();
  const encoded = new WeakMap<ServerMessage, string>();
  let stopping = false;

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
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // Longer frames than the protocol's are still read, so that they can be answered with its own code.
    maxPayload: MAX_SIGNAL_FRAME_BYTES * 2,
    clientTracking: false,
  });
  const onFault = (error: unknown): void => log.error({ err: error }, "unexpected failure in signaling");
  const context: ConnectionContext = {
    rooms,
    limits,
    addresses,
    authenticate,
    refused: (code) => (refused[code] = (refused[code] ?? 0) + 1),
    onFault,
  };

  /** One message to many is written once. */
  const textOf = (message: ServerMessage): string => {
    const text = encoded.get(message) ?? encodeSignal(message);
    encoded.set(message, text);
    return text;
  };

  const accept = (socket: WebSocket, address: string, host: string): void => {
    let heard = performance.now();
    const connection = new SignalConnection(
      context,
      {
        send(message) {
          // A peer who does not read loses the socket, not the server its memory.
          if (socket.bufferedAmount > limits.maxBufferedBytes) socket.terminate();
          else socket.send(textOf(message));
        },
        close: (code, reason) => socket.close(code, reason),
      },
      { id: createPeerId(instance), nonce: new Uint8Array(randomBytes(32)), address, host },
    );
    sockets.set(socket, connection);
    addresses.connected(address);
    const heartbeat = setInterval(() => {
      const silent = performance.now() - heard;
      if (silent < limits.idleMs) return socket.ping();
      socket.close(CLOSE_CODES.idle, "nothing was heard");
      // One that does not even answer the close is cut off.
      if (silent > 2 * limits.idleMs) socket.terminate();
    }, limits.idleMs / 3);
    socket.on("pong", () => (heard = performance.now()));
    socket.on("message", (data, isBinary) => {
      heard = performance.now();
      if (isBinary) return socket.close(CLOSE_CODES.badMessage, "message-not-text");
      connection.receive(data as Buffer);
    });
    // The library has closed the socket with a fitting code; there is nothing to add.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(heartbeat);
      sockets.delete(socket);
      addresses.disconnected(address);
      connection.dispose();
    });
  };

  return {
    handleUpgrade(request, socket, head) {
      const address = networkAddress(request.socket.remoteAddress);
      const full = sockets.size >= limits.maxConnections || !addresses.mayConnect(address);
      if (stopping || full) {
        const status = stopping ? "503 Service Unavailable" : "429 Too Many Requests";
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      const host = (request.headers.host ?? "").slice(0, MAX_HOST_LENGTH);
      server.handleUpgrade(request, socket, head, (ws) => accept(ws, address, host));
    },
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
      stopping = true;
      const farewell = textOf({
        type: "closing",
        code: "draining",
        message: "The server is stopping: reconnect in a moment.",
      });
      const gone = [...sockets.keys()].map((socket) => {
        const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
        socket.send(farewell);
        socket.close(CLOSE_CODES.draining, "draining");
        const cut = setTimeout(() => socket.terminate(), CLOSE_MS);
        return closed.finally(() => clearTimeout(cut));
      });
      await Promise.all(gone);
      server.close();
      await rooms.stop();
    },
  };
}
