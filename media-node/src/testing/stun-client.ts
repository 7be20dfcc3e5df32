// SPDX-License-Identifier: Apache-2.0
// An ICE agent's checks by hand, so that tests decide every bit of them.
import { createHmac, randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";

export interface CheckOptions {
  username: string;
  password: string;
  useCandidate?: boolean;
  controlled?: boolean;
}

/** A binding request (RFC 8489), without a fingerprint. */
export function bindingRequest(options: CheckOptions): Buffer {
  const { username, password, useCandidate = false, controlled = false } = options;
  const attributes = [
    attribute(0x0006, Buffer.from(username)),
    attribute(controlled ? 0x8029 : 0x802a, Buffer.alloc(8)),
    ...(useCandidate ? [attribute(0x0025, Buffer.alloc(0))] : []),
  ];
  const body = Buffer.concat(attributes);
  const header = Buffer.concat([Buffer.from("000100002112a442", "hex"), randomBytes(12)]);
  header.writeUInt16BE(body.length + 24, 2);
  const covered = Buffer.concat([header, body]);
  const integrity = createHmac("sha1", password).update(covered).digest();
  return Buffer.concat([covered, attribute(0x0008, integrity)]);
}

function attribute(type: number, value: Buffer): Buffer {
  const padded = Buffer.alloc(4 + value.length + ((4 - (value.length % 4)) % 4));
  padded.writeUInt16BE(type, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}

/** A UDP socket whose packets a test waits for. */
export class UdpPeer {
  readonly #socket: Socket;
  readonly #received: Buffer[] = [];
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (packet) => {
      this.#received.push(packet);
      this.#wake();
    });
  }

  static async open(): Promise<UdpPeer> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return new UdpPeer(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(packet: Buffer, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(packet, port, "127.0.0.1", (error) => (error ? reject(error) : resolve()));
    });
  }

  /** The next packet, or the first that came since the last one. */
  async next(): Promise<Buffer> {
    while (this.#received.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#received.shift() as Buffer;
  }

  /** What came and was not asked for yet. */
  get waiting(): number {
    return this.#received.length;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}
