// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { CLOSE_CODES } from "@tickstream/contracts-types";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  PublicSockets,
  type SocketConnection,
  type SocketLimits,
  type SocketTransport,
} from "./public-sockets.ts";

const LIMITS: SocketLimits = {
  maxConnections: 2,
  maxConnectionsPerAddress: 100,
  idleMs: 60_000,
  maxBufferedBytes: 1 << 20,
};

/** Says back what it hears. */
class Echo implements SocketConnection {
  disposed = false;
  readonly #transport: SocketTransport;
  constructor(transport: SocketTransport, host: string) {
    this.#transport = transport;
    this.say(host);
  }
  say(text: string): void {
    this.#transport.send(text);
  }
  receive(frame: Buffer): void {
    this.say(frame.toString());
  }
  dispose(): void {
    this.disposed = true;
  }
}

let sockets: PublicSockets<Echo>;
let server: http.Server;
let port: number;
const opened: WebSocket[] = [];

beforeEach(async () => {
  sockets = new PublicSockets({
    limits: LIMITS,
    maxFrameBytes: 1_000,
    connect: (transport, { host }) => new Echo(transport, host),
  });
  server = http.createServer();
  server.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.terminate();
  await sockets.stop(() => {});
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const heard = async (socket: WebSocket): Promise<string> => {
  const [data] = (await once(socket, "message")) as [Buffer];
  return data.toString();
};
/** Opens a socket; resolves with it and the first thing it hears. */
const connect = async (headers: Record<string, string> = {}): Promise<[WebSocket, string]> => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
  opened.push(socket);
  return [socket, await heard(socket)];
};

test("a connection hears whole texts, says texts, and knows by what name it came", async () => {
  const [socket, host] = await connect({ host: "x".repeat(1_000) });
  expect(host).toBe("x".repeat(259));
  socket.send("hello");
  expect(await heard(socket)).toBe("hello");
  const [echo] = sockets.connections();
  socket.close();
  await expect.poll(() => echo?.disposed).toBe(true);
  expect(sockets.size).toBe(0);
});

test("more than there is room for are turned away", async () => {
  await connect();
  await connect();
  await expect(connect()).rejects.toThrow("429");
});

test("who does not answer the goodbye is cut off; nobody is let in any more", async () => {
  const [polite] = await connect();
  const silent = net.connect(port, "127.0.0.1");
  silent.write(
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  await once(silent, "data");
  const cut = once(silent.resume(), "close");
  const [goodbye, left, stopped] = [
    heard(polite),
    once(polite, "close"),
    sockets.stop((echo) => echo.say("bye")),
  ];
  await expect(connect()).rejects.toThrow("503");
  expect(await goodbye).toBe("bye");
  expect((await left)[0]).toBe(CLOSE_CODES.draining);
  await Promise.all([cut, stopped]);
  expect(sockets.size).toBe(0);
});
