// SPDX-License-Identifier: Apache-2.0
// An RTMP client made of raw bytes, so that it can say what no client should.
import { once } from "node:events";
import { connect, type Socket } from "node:net";

const u24 = (value: number): Buffer => Buffer.from([(value >> 16) & 255, (value >> 8) & 255, value & 255]);
const CHUNK = 128;

/** One message on chunk stream `cid`, cut into chunks of 128 bytes. */
export function message(cid: number, type: number, streamId: number, body: Buffer, timestamp = 0): Buffer {
  const out = [Buffer.from([cid]), u24(timestamp), u24(body.length), Buffer.from([type, streamId, 0, 0, 0])];
  for (let at = 0; at < body.length; at += CHUNK) {
    if (at > 0) out.push(Buffer.from([0xc0 | cid]));
    out.push(body.subarray(at, at + CHUNK));
  }
  return Buffer.concat(out);
}

/** AMF0: null, number, string, object. */
export function amf(value: null | number | string | Record<string, string | number>): Buffer {
  if (value === null) return Buffer.from([5]);
  if (typeof value === "number") {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  const text = (of: string): Buffer => {
    const bytes = Buffer.from(of);
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
  };
  if (typeof value === "string") return Buffer.concat([Buffer.from([2]), text(value)]);
  const fields = Object.entries(value).flatMap(([name, field]) => [text(name), amf(field)]);
  return Buffer.concat([Buffer.from([3]), ...fields, Buffer.from([0, 0, 9])]);
}

export const command = (streamId: number, ...values: Parameters<typeof amf>[0][]): Buffer =>
  message(3, 20, streamId, Buffer.concat(values.map(amf)));

export const HANDSHAKE = Buffer.concat([Buffer.from([3]), Buffer.alloc(2 * 1536)]);

export function connectCommand(app = "live", tcUrl: string | undefined = "rtmp://127.0.0.1/live"): Buffer {
  return command(0, "connect", 1, tcUrl === undefined ? { app } : { app, tcUrl });
}

export const publishCommand = (key: string): Buffer => command(1, "publish", 5, null, key, "live");

/** A connection to an RTMP port. */
export class RtmpPeer {
  readonly socket: Socket;
  received = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes) => {
      this.received = Buffer.concat([this.received, bytes]).subarray(-65_536);
    });
    socket.on("error", () => undefined);
  }

  static async connect(port: number): Promise<RtmpPeer> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const peer = new RtmpPeer(socket);
    await once(socket, "connect");
    return peer;
  }

  send(...bytes: Buffer[]): void {
    this.socket.write(Buffer.concat(bytes));
  }

  /** Resolves once the server has said this. */
  async said(text: string, timeoutMs = 5_000): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (!this.received.includes(text)) await once(this.socket, "data", { signal });
  }

  /** Resolves once the server has closed the connection. */
  async closed(timeoutMs = 5_000): Promise<void> {
    if (this.socket.destroyed || this.socket.readableEnded) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`still connected after ${timeoutMs} ms`)), timeoutMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.socket.once("end", done).once("close", done);
    });
  }
}
