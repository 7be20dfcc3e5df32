// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { CLOSE_CODES, type CloseCode } from "@tickstream/contracts-types";
import { WebSocketServer, type WebSocket } from "ws";
import { networkAddress } from "../limits/network-address.ts";

/** What bounds a server's sockets. */
export interface SocketLimits {
  maxConnections: number;
  maxConnectionsPerAddress: number;
  /** A socket that says nothing (not even a pong) for so long is closed, in milliseconds. */
  idleMs: number;
  /** Bytes that may wait for a peer who does not read. */
  maxBufferedBytes: number;
}

/** Who is at the other end. */
export interface SocketVisitor {
  /** What counts as its network address. */
  address: string;
  /** What it calls this server (the `Host` header). */
  host: string;
}

/** The socket below a protocol, so that the one can be told apart from the other. */
export interface SocketTransport {
  send(text: string): void;
  close(code: CloseCode, reason: string): void;
}

/** A protocol at work on one socket. */
export interface SocketConnection {
  /** Handles one frame; whatever it holds, nothing is thrown. */
  receive(frame: Buffer): void;
  /** The socket is gone. */
  dispose(): void;
}

export interface PublicSocketsOptions<Connection> {
  limits: SocketLimits;
  /** The protocol's longest frame. Up to twice as much is read, so that the protocol can answer with its own code. */
  maxFrameBytes: number;
  connect(transport: SocketTransport, visitor: SocketVisitor): Connection;
}

/** Of a name (RFC 1035) with its port. */
const MAX_HOST_LENGTH = 253 + 6;

/** Whoever does not answer the close within this time is cut off, in milliseconds. */
const CLOSE_MS = 500;

/**
 * WebSockets that anybody may open, without a port of their own: counted, by address too; asked whether they live; text
 * only; cut off when they do not read.
 *
 * @example
 * const sockets = new PublicSockets({
 *   limits,
 *   maxFrameBytes: 16_384,
 *   connect: (transport) => new EchoConnection(transport),
 * });
 * http.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head));
 */
export class PublicSockets<Connection extends SocketConnection> {
  readonly #options: PublicSocketsOptions<Connection>;
  readonly #server: WebSocketServer;
  readonly #connections = new Map<WebSocket, Connection>();
  readonly #perAddress = new Map<string, number>();
  #stopping = false;

  constructor(options: PublicSocketsOptions<Connection>) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: options.maxFrameBytes * 2,
      clientTracking: false,
    });
  }

  /** How many are open. */
  get size(): number {
    return this.#connections.size;
  }

  connections(): Iterable<Connection> {
    return this.#connections.values();
  }

  /** Takes over an HTTP upgrade; refuses it with 429 where there are too many, with 503 while the server stops. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = networkAddress(request.socket.remoteAddress);
    if (this.#stopping) return refuseUpgrade(socket, "503 Service Unavailable");
    if (!this.#hasRoomFor(address)) return refuseUpgrade(socket, "429 Too Many Requests");
    const host = (request.headers.host ?? "").slice(0, MAX_HOST_LENGTH);
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#hold(opened, { address, host }));
  }

  /** Lets every connection say goodbye, closes its socket as draining, and takes no more. */
  async stop(goodbye: (connection: Connection) => void): Promise<void> {
    this.#stopping = true;
    const gone = [...this.#connections].map(([socket, connection]) => {
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      goodbye(connection);
      socket.close(CLOSE_CODES.draining, "draining");
      const cut = setTimeout(() => socket.terminate(), CLOSE_MS);
      return closed.finally(() => clearTimeout(cut));
    });
    await Promise.all(gone);
    this.#server.close();
  }

  #hasRoomFor(address: string): boolean {
    const { maxConnections, maxConnectionsPerAddress } = this.#options.limits;
    return (
      this.#connections.size < maxConnections &&
      (this.#perAddress.get(address) ?? 0) < maxConnectionsPerAddress
    );
  }

  #hold(socket: WebSocket, visitor: SocketVisitor): void {
    const { address } = visitor;
    const connection = this.#options.connect(this.#transport(socket), visitor);
    this.#connections.set(socket, connection);
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    const heartbeat = keepAlive(socket, this.#options.limits.idleMs);
    socket.on("message", (data, isBinary) => {
      if (isBinary) return socket.close(CLOSE_CODES.badMessage, "message-not-text");
      connection.receive(data as Buffer);
    });
    // The library has closed the socket with a fitting code; there is nothing to add.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(heartbeat);
      this.#connections.delete(socket);
      this.#release(address);
      connection.dispose();
    });
  }

  #transport(socket: WebSocket): SocketTransport {
    const { maxBufferedBytes } = this.#options.limits;
    return {
      send(text) {
        // A peer who does not read loses the socket, not the server its memory.
        if (socket.bufferedAmount > maxBufferedBytes) socket.terminate();
        else socket.send(text);
      },
      close: (code, reason) => socket.close(code, reason),
    };
  }

  #release(address: string): void {
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
  }
}

/** Asks a socket now and then whether it lives, and closes it once nothing was heard for `idleMs`. */
function keepAlive(socket: WebSocket, idleMs: number): NodeJS.Timeout {
  let heard = performance.now();
  const hear = (): void => void (heard = performance.now());
  socket.on("pong", hear);
  socket.on("message", hear);
  return setInterval(() => {
    const silent = performance.now() - heard;
    if (silent < idleMs) return socket.ping();
    socket.close(CLOSE_CODES.idle, "nothing was heard");
    // One that does not even answer the close is cut off.
    if (silent > 2 * idleMs) socket.terminate();
  }, idleMs / 3);
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
