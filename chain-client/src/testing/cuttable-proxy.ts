// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP proxy in front of a chain, to take the connection away and give it back. */
export interface CuttableProxy {
  url: string;
  /** Ends every connection and lets none through. */
  cut(): void;
  /** Lets connections through again, to another address where one is given. */
  restore(otherTarget?: string): void;
  stop(): Promise<void>;
}

/** Starts a proxy to a `ws://host:port` address. */
export async function startCuttableProxy(target: string): Promise<CuttableProxy> {
  let { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((near) => {
    if (!open) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    restore: (otherTarget = target) => {
      ({ hostname, port } = new URL(otherTarget));
      open = true;
    },
    stop: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
