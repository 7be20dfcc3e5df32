// SPDX-License-Identifier: Apache-2.0
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { TickstreamError } from "@tickstream/contracts-types";

/** The HTTP port cannot be listened on. Code `port-unavailable`. */
export class HttpPortError extends TickstreamError {
  override readonly name = "HttpPortError";
}

export interface HttpServerOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** By path: who takes over an upgrade to WebSocket. */
  upgrades: Record<string, (request: IncomingMessage, socket: Duplex, head: Buffer) => void>;
}

export interface HttpServer {
  readonly port: number;
  /** Takes no new connections. */
  close(): void;
  /** Cuts those that are left. */
  stop(): Promise<void>;
}

/** One port for apps, API, media and WebSockets. @throws {@link HttpPortError} */
export async function listenHttp(options: HttpServerOptions): Promise<HttpServer> {
  const server = http.createServer({
    headersTimeout: 10_000,
    requestTimeout: 20_000,
    keepAliveTimeout: 30_000,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: 16_384,
    noDelay: true,
  });
  server.on("request", (request, response) => options.handle(request, response));
  server.on("upgrade", (request, socket, head) => {
    // A peer that resets the connection in between is nobody's fault.
    socket.on("error", () => socket.destroy());
    const take = options.upgrades[(request.url ?? "").split("?", 1)[0] ?? ""];
    if (take) take(request, socket, head);
    else socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  server.on("clientError", (_error, socket) => {
    if (socket.writable)
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === "EADDRINUSE" ? "is in use by another program" : `cannot be opened: ${cause.message}`;
      reject(
        new HttpPortError("port-unavailable", `HTTP port ${options.port} on ${options.host} ${why}.`, {
          cause,
        }),
      );
    });
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => server.close(),
    async stop() {
      const closed = new Promise<void>((resolve) =>
        server.listening ? server.close(() => resolve()) : resolve(),
      );
      server.closeAllConnections();
      await closed;
    },
  };
}
