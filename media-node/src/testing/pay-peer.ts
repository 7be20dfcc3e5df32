// SPDX-License-Identifier: Apache-2.0
import {
  encodeMessage,
  parseNodeMessage,
  type NodeMessage,
  type ViewerMessage,
} from "@tickstream/contracts-types";
import { WebSocket } from "ws";

type Of<T extends NodeMessage["type"]> = Extract<NodeMessage, { type: T }>;

/** A viewer's end of the pay socket that a test drives by hand. */
export class PayPeer {
  readonly socket: WebSocket;
  readonly received: NodeMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #taken = 0;
  #wake: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      this.received.push(parseNodeMessage(data as Buffer));
      this.#wakeAll();
    });
    this.closed = new Promise((resolve) =>
      socket.once("close", (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wakeAll();
      }),
    );
    socket.on("error", () => {});
  }

  static async connect(url: string): Promise<PayPeer> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const peer = new PayPeer(socket);
    await new Promise<void>((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return peer;
  }

  send(message: ViewerMessage): void {
    this.socket.send(encodeMessage(message));
  }

  /** The next message, which has to be of this type. */
  async next<T extends NodeMessage["type"]>(type: T): Promise<Of<T>> {
    while (this.#taken >= this.received.length) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`closed while waiting for ${type}`);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    const message = this.received[this.#taken++]!;
    if (message.type !== type) throw new Error(`expected ${type}, got ${encodeMessage(message)}`);
    return message as Of<T>;
  }

  async ask<T extends NodeMessage["type"]>(message: ViewerMessage, answer: T): Promise<Of<T>> {
    this.send(message);
    return this.next(answer);
  }

  close(): void {
    this.socket.close();
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
