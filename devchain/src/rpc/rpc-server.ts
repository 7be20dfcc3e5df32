// SPDX-License-Identifier: Apache-2.0
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { Chain } from "../blocks/chain.ts";
import { DevchainError } from "../errors.ts";
import { RpcConnection } from "./rpc-connection.ts";

/** A runtime upgrade is the largest thing anyone sends: 5 MiB in hex, and room. */
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;
const MAX_CONNECTIONS = 256;
const HEARTBEAT_MS = 30_000;
const CLOSE_GRACE_MS = 500;

/** JSON-RPC over WebSocket. */
export interface RpcServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Throws DevchainError "port-taken". */
export async function startRpcServer(chain: Chain, host: string, port: number): Promise<RpcServer> {
  const http = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (_, response) => {
    response.writeHead(426, { "content-type": "text/plain", connection: "close" });
    response.end("The development chain speaks JSON-RPC over WebSocket.\n");
  });
  http.maxConnections = MAX_CONNECTIONS;
  const sockets = new WebSocketServer({
    server: http,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
  });
  await new Promise<void>((resolve, reject) => {
    // The WebSocket server passes the listener's errors on.
    sockets.once("error", (cause: NodeJS.ErrnoException) => {
      const sentence =
        cause.code === "EADDRINUSE"
          ? `Port ${port} on ${host} is taken: another chain may be running; stop it or choose another port.`
          : `Cannot listen on ${host}:${port}: ${cause.message}`;
      reject(new DevchainError("port-taken", sentence, { cause }));
    });
    http.listen(port, host, resolve);
  });
  const alive = new WeakSet<WebSocket>();
  sockets.on("connection", (socket) => {
    alive.add(socket);
    socket.on("pong", () => alive.add(socket));
    new RpcConnection(socket, chain).serve();
  });
  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.has(socket)) socket.terminate();
      else {
        alive.delete(socket);
        socket.ping();
      }
    }
  }, HEARTBEAT_MS);
  return {
    port: (http.address() as AddressInfo).port,
    stop: async () => {
      clearInterval(heartbeat);
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      sockets.close();
      for (const socket of sockets.clients) socket.close(1001, "The chain is stopping");
      const grace = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
        http.closeAllConnections();
      }, CLOSE_GRACE_MS);
      await closed;
      clearTimeout(grace);
    },
  };
}
