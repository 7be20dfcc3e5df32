// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { CLOSE_CODES, MAX_FRAME_BYTES, type Epoch, type StreamId } from "@tickstream/contracts-types";
import type { PayGates } from "../protect/pay-gate.ts";
import { networkAddress } from "@tickstream/signaling/limits";
import { WebSocketServer, type WebSocket } from "ws";
import type { Ledger } from "../ledger/ledger.ts";
import type { CurrentTerms, PaidStreams, SellerTerms } from "./paid-stream.ts";
import {
  PayConnection,
  type ConnectionContext,
  type ConnectionLimits,
  type PayCounters,
} from "./pay-connection.ts";
import { PreviewAllowance } from "./preview-allowance.ts";

export interface PayServerLimits extends ConnectionLimits {
  maxConnections: number;
  maxConnectionsPerAddress: number;
  /** A socket that says nothing (not even a pong) for so long is closed, in milliseconds. */
  idleMs: number;
  /** Bytes that may wait for a viewer who does not read. */
  maxBufferedBytes: number;
  /** Least time between two hints to viewers of a stream, in milliseconds. */
  dueIntervalMs: number;
}

const DEFAULT_PAY_LIMITS: PayServerLimits = {
  maxConnections: 20_000,
  maxConnectionsPerAddress: 512,
  idleMs: 45_000,
  maxBufferedBytes: 1 << 20,
  dueIntervalMs: 5_000,
  messagesPerSecond: 20,
  messageBurst: 100,
  proofsPerSecond: 1,
  proofBurst: 10,
  maxChannels: 16,
  maxPending: 32,
};

export interface PayServerOptions {
  ledger: Ledger;
  streams: PaidStreams;
  terms: CurrentTerms;
  seller: SellerTerms;
  /** Where the tickets that viewers get are good. */
  gates: PayGates;
  counters: PayCounters;
  limits?: Partial<PayServerLimits>;
  /** Something failed that should not: for the log. */
  onFault: (error: unknown) => void;
}

/** The `/pay` WebSocket. */
export interface PayServer {
  /** Takes over an HTTP upgrade. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  readonly connections: number;
  /** Sockets that watch or pay for a stream. */
  viewers(stream: StreamId): number;
  /** Tells every viewer that new channels have to wait: open ones go on. */
  chainLost(): void;
  /** Says what the chain's new height means for channels near their end. */
  headMoved(best: number, settleMargin: number): void;
  /** Tells everybody that the node drains, and closes. */
  stop(): Promise<void>;
}

/** One stream that sockets care for. */
interface Audience {
  connections: Set<PayConnection>;
  unsubscribe: () => void;
  lastDue: number;
}

export function createPayServer(options: PayServerOptions): PayServer {
  const limits = { ...DEFAULT_PAY_LIMITS, ...options.limits };
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // Longer frames than the protocol's are still read, so that they can be answered with its own code.
    maxPayload: MAX_FRAME_BYTES * 4,
    clientTracking: false,
  });
  const sockets = new Map<WebSocket, PayConnection>();
  const perAddress = new Map<string, number>();
  const audiences = new Map<StreamId, Audience>();
  const ending = new WeakSet<object>();
  let stopping = false;

  const watches = (connection: PayConnection, id: StreamId): void => {
    let audience = audiences.get(id);
    if (!audience) {
      const stream = options.streams.find(id);
      if (!stream) return;
      const created: Audience = { connections: new Set(), unsubscribe: () => {}, lastDue: 0 };
      created.unsubscribe = stream.onEdge((edge) => announce(id, created, edge));
      audiences.set(id, created);
      audience = created;
    }
    audience.connections.add(connection);
  };

  const announce = (id: StreamId, audience: Audience, edge: Epoch | null): void => {
    if (edge === null) {
      for (const connection of audience.connections) {
        connection.closing("stream-ended", "The stream has ended.", { stream: id });
      }
      return;
    }
    const now = performance.now();
    const hint = now - audience.lastDue >= limits.dueIntervalMs;
    if (hint) audience.lastDue = now;
    else if (!options.gates.anyOpen(id)) return;
    for (const connection of audience.connections) connection.edgeMoved(id, edge, hint);
  };

  const forget = (connection: PayConnection): void => {
    for (const [id, audience] of audiences) {
      audience.connections.delete(connection);
      if (audience.connections.size > 0) continue;
      audience.unsubscribe();
      audiences.delete(id);
    }
    const left = (perAddress.get(connection.address) ?? 1) - 1;
    if (left > 0) perAddress.set(connection.address, left);
    else perAddress.delete(connection.address);
  };

  const context: ConnectionContext = {
    ledger: options.ledger,
    streams: options.streams,
    terms: options.terms,
    seller: options.seller,
    previews: new PreviewAllowance(options.seller.previewTicks),
    gates: options.gates,
    limits,
    counters: options.counters,
    watches,
    onFault: options.onFault,
  };

  const accept = (socket: WebSocket, address: string): void => {
    let heard = performance.now();
    const connection = new PayConnection(
      context,
      {
        send(text) {
          // A viewer who does not read loses the socket, not the node its memory.
          if (socket.bufferedAmount > limits.maxBufferedBytes) socket.terminate();
          else socket.send(text);
        },
        close: (code, reason) => socket.close(code, reason),
      },
      address,
    );
    sockets.set(socket, connection);
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    const heartbeat = setInterval(() => {
      if (performance.now() - heard < limits.idleMs) return socket.ping();
      socket.close(CLOSE_CODES.idle, "nothing was heard");
      // One that does not even answer the close is cut off.
      if (performance.now() - heard > 2 * limits.idleMs) socket.terminate();
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
      connection.dispose();
      forget(connection);
    });
  };

  return {
    get connections() {
      return sockets.size;
    },
    viewers: (stream) => audiences.get(stream)?.connections.size ?? 0,
    handleUpgrade(request, socket, head) {
      const address = networkAddress(request.socket.remoteAddress);
      const full =
        sockets.size >= limits.maxConnections ||
        (perAddress.get(address) ?? 0) >= limits.maxConnectionsPerAddress;
      if (stopping || full) {
        const status = stopping ? "503 Service Unavailable" : "429 Too Many Requests";
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      server.handleUpgrade(request, socket, head, (ws) => accept(ws, address));
    },
    chainLost() {
      for (const connection of sockets.values()) {
        connection.closing("chain-unreachable", "The node has lost the chain: new channels have to wait.");
      }
    },
    headMoved(best, settleMargin) {
      for (const connection of sockets.values()) {
        for (const channel of connection.channels) {
          if (best + settleMargin < channel.end || ending.has(channel)) continue;
          ending.add(channel);
          connection.closing("channel-ending", "The channel is about to end: open another.", {
            channel: channel.id,
          });
        }
      }
    },
    async stop() {
      stopping = true;
      const gone = [...sockets].map(([socket, connection]) => {
        connection.closing("draining", "The node is stopping: reconnect in a moment.");
        const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
        socket.close(CLOSE_CODES.draining, "draining");
        // Whoever does not answer the close is cut off.
        const cut = setTimeout(() => socket.terminate(), 500);
        return closed.finally(() => clearTimeout(cut));
      });
      await Promise.all(gone);
      server.close();
    },
  };
}
