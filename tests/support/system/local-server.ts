// SPDX-License-Identifier: Apache-2.0
// HTTP servers of a test's own, on this machine only.
import { createServer, type RequestListener, type Server } from "node:http";
import net, { type AddressInfo } from "node:net";

/** An HTTP server on a port of its own. */
export interface LocalServer {
  readonly origin: string;
  /** Ends every connection, and closes it. */
  stop(): Promise<void>;
}

/** Lets a server, or a handler of requests, listen on loopback. */
export async function listenLocally(handler: RequestListener | Server): Promise<LocalServer> {
  const server = typeof handler === "function" ? createServer(handler) : handler;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A port that nobody listens on now, for programs that cannot choose one themselves or need the same again. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
