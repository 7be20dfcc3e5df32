// SPDX-License-Identifier: Apache-2.0
// A network between a peer and a node: a UDP port that passes on what comes, loses some of it, and can be taken away.
import { createSocket, type Socket } from "node:dgram";

export interface UdpPathOptions {
  /** Where the node listens, as its candidates say. */
  address: string;
  port: number;
  /** Whether to lose the n-th packet to the node. */
  lose?: (n: number) => boolean;
}

export interface UdpPath {
  /** What the peer takes for the node's port; at the node's address. */
  readonly port: number;
  /** Packets that were lost on purpose. */
  lost(): number;
  /** Nothing gets through any more. */
  close(): Promise<void>;
}

/** Opens a path. Each of the peer's sockets comes out of a socket of its own, as behind a NAT. */
export async function openUdpPath({ address, port, lose = () => false }: UdpPathOptions): Promise<UdpPath> {
  const outside = await bind(address);
  const inside = new Map<number, Promise<Socket>>();
  let packets = 0;
  let lost = 0;
  const connect = async (peerAddress: string, peerPort: number): Promise<Socket> => {
    const socket = await bind(address);
    socket.on("message", (packet) => outside.send(packet, peerPort, peerAddress));
    return socket;
  };
  outside.on("message", (packet, from) => {
    // Only media is lost: what sets up a connection has its own tests, and its own patience.
    if ((packet[0] ?? 0) >= 128 && lose(packets++)) {
      lost++;
      return;
    }
    const socket = inside.get(from.port) ?? connect(from.address, from.port);
    inside.set(from.port, socket);
    void socket.then((open) => open.send(packet, port, address));
  });
  return {
    port: outside.address().port,
    lost: () => lost,
    close: async () => {
      await close(outside);
      for (const socket of await Promise.all(inside.values())) await close(socket);
    },
  };
}

function bind(address: string): Promise<Socket> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, address, () => {
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}

function close(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
