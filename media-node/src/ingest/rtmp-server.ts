// SPDX-License-Identifier: Apache-2.0
import { createServer, type AddressInfo, type Socket } from "node:net";
import { TickstreamError } from "@tickstream/contracts-types";
import { PortUnavailableError, RtmpError } from "./errors.ts";
import type { AuthorizePublish } from "./publish-decision.ts";
import { RtmpSession, type RtmpSessionLimits } from "./rtmp-session.ts";

/** What the server writes its log to; pino fits. */
interface RtmpLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface RtmpServerLimits extends RtmpSessionLimits {
  maxConnections: number;
  /** Of one network address. */
  maxConnectionsPerAddress: number;
}

export interface RtmpServerOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** Called once a publish; may ask a database. Its `reason` is shown to the publisher. */
  authorize: AuthorizePublish;
  log: RtmpLog;
  limits?: Partial<RtmpServerLimits>;
}

export interface RtmpServer {
  /** The port that is listened on. */
  readonly port: number;
  /** Open connections. */
  connections(): number;
  /** Connections that were let go, by error code. */
  refused(): Record<string, number>;
  /** Tells publishers, closes everything, and resolves when nothing is left. */
  stop(): Promise<void>;
}

const DEFAULT_LIMITS: RtmpServerLimits = {
  maxConnections: 256,
  maxConnectionsPerAddress: 32,
  setupMs: 10_000,
  idleMs: 15_000,
  maxUnsentBytes: 64 << 10,
  farewellMs: 1_000,
  maxCommandBytes: 16 << 10,
  maxMessageBytes: 8 << 20,
  maxBufferedBytes: 16 << 20,
  maxChunkStreams: 16,
  maxSetupCommands: 64,
  maxCommands: 1_000_000,
};
/** Distinct error codes are few; the bound is for what nobody thought of. */
const MAX_REASONS = 64;

/**
 * Listens for RTMP publishers. Playing is refused; a peer that misbehaves loses its own connection only.
 *
 * @throws {@link PortUnavailableError}
 */
export async function createRtmpServer(options: RtmpServerOptions): Promise<RtmpServer> {
  const { host, log, authorize } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const sessions = new Map<RtmpSession, string>();
  const refused = new Map<string, number>();
  let onEmpty = (): void => {};

  const refuse = (reason: TickstreamError, address: string): void => {
    if (refused.has(reason.code) || refused.size < MAX_REASONS) {
      refused.set(reason.code, (refused.get(reason.code) ?? 0) + 1);
    }
    log.info({ address, code: reason.code }, `RTMP connection closed: ${reason.message}`);
  };

  const accept = (socket: Socket): void => {
    const address = socket.remoteAddress ?? "";
    const fromAddress = [...sessions.values()].filter((other) => other === address).length;
    if (sessions.size >= limits.maxConnections || fromAddress >= limits.maxConnectionsPerAddress) {
      refuse(new RtmpError("rtmp-limit", "Too many connections."), address);
      socket.destroy();
      return;
    }
    const session = new RtmpSession({
      socket,
      limits,
      authorize,
      onEnd: (reason) => {
        sessions.delete(session);
        if (reason !== undefined) refuse(reason, address);
        if (sessions.size === 0) onEmpty();
      },
    });
    sessions.set(session, address);
  };

  const server = createServer(accept);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new PortUnavailableError(host, options.port, error)));
    server.listen(options.port, host, resolve);
  });
  server.on("error", (error) => log.warn({ error: error.message }, "RTMP listener"));

  return {
    port: (server.address() as AddressInfo).port,
    connections: () => sessions.size,
    refused: () => Object.fromEntries(refused),
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const reason = new TickstreamError(
        "node-stopping",
        "The node is shutting down; connect again in a moment.",
      );
      for (const session of sessions.keys()) session.close(reason);
      await closed;
      // The listener is closed a moment before the last session has heard of its socket's end.
      if (sessions.size > 0) await new Promise<void>((resolve) => (onEmpty = resolve));
    },
  };
}
