// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { MAX_FRAME_BYTES, type Epoch, type StreamId } from "@tickstream/contracts-types";
import { PublicSockets, type SocketLimits } from "@tickstream/signaling/sockets";
import type { Ledger } from "../ledger/ledger.ts";
import type { PayGates } from "../protect/pay-gate.ts";
import type { CurrentTerms, PaidStreams, SellerTerms } from "./paid-stream.ts";
import {
  PayConnection,
  type ConnectionContext,
  type ConnectionLimits,
  type PayCounters,
} from "./pay-connection.ts";
import { PreviewAllowance } from "./preview-allowance.ts";

export interface PayServerLimits extends SocketLimits, ConnectionLimits {
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
  const audiences = new Map<StreamId, Audience>();
  const ending = new WeakSet<object>();

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
    gone: forget,
    onFault: options.onFault,
  };

  const sockets = new PublicSockets({
    limits,
    maxFrameBytes: MAX_FRAME_BYTES,
    connect: (transport, { address }) => new PayConnection(context, transport, address),
  });

  return {
    get connections() {
      return sockets.size;
    },
    viewers: (stream) => audiences.get(stream)?.connections.size ?? 0,
    handleUpgrade: (request, socket, head) => sockets.handleUpgrade(request, socket, head),
    chainLost() {
      for (const connection of sockets.connections()) {
        connection.closing("chain-unreachable", "The node has lost the chain: new channels have to wait.");
      }
    },
    headMoved(best, settleMargin) {
      for (const connection of sockets.connections()) {
        for (const channel of connection.channels) {
          if (best + settleMargin < channel.end || ending.has(channel)) continue;
          ending.add(channel);
          connection.closing("channel-ending", "The channel is about to end: open another.", {
            channel: channel.id,
          });
        }
      }
    },
    stop: () =>
      sockets.stop((connection) =>
        connection.closing("draining", "The node is stopping: reconnect in a moment."),
      ),
  };
}
