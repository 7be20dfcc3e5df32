// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import {
  encodeSignal,
  parseServerMessage,
  type JoinedMessage,
  type PeerMessage,
  type PeerRole,
  type ServerMessage,
  type WelcomeMessage,
} from "@tickstream/contracts-types";
import { WebSocket } from "ws";

type Typed<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

const PATIENCE_MS = 15_000;

/** A peer written by hand: sends what it is told, and keeps all it hears. */
export class TestPeer {
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  welcome!: WelcomeMessage;
  /** What came and was not asked for yet. */
  readonly inbox: ServerMessage[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on("message", (data) => {
      this.inbox.push(parseServerMessage(data as Buffer));
      for (const wake of this.#waiting) wake();
    });
    this.closed = new Promise((resolve) =>
      this.socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() })),
    );
  }

  static async connect(url: string): Promise<TestPeer> {
    const peer = new TestPeer(url);
    await once(peer.socket, "open", { signal: AbortSignal.timeout(PATIENCE_MS) });
    peer.welcome = await peer.next("welcome");
    return peer;
  }

  get id(): string {
    return this.welcome.peer;
  }

  send(message: PeerMessage): void {
    this.sendRaw(encodeSignal(message));
  }

  sendRaw(frame: string | Uint8Array): void {
    this.socket.send(frame);
  }

  /** The next message of a kind that fits, in the order they came; others stay. */
  async next<T extends ServerMessage["type"]>(
    type: T,
    fits: (message: Typed<T>) => boolean = () => true,
  ): Promise<Typed<T>> {
    const find = (): number =>
      this.inbox.findIndex((message) => message.type === type && fits(message as Typed<T>));
    let at = find();
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    while (at < 0) {
      await new Promise<void>((resolve, reject) => {
        const done = (settle: () => void) => () => {
          this.#waiting.delete(wake);
          deadline.removeEventListener("abort", giveUp);
          settle();
        };
        const wake = done(resolve);
        const giveUp = done(() => reject(new Error(`no ${type} came: ${JSON.stringify(this.inbox)}`)));
        this.#waiting.add(wake);
        deadline.addEventListener("abort", giveUp);
      });
      at = find();
    }
    return this.inbox.splice(at, 1)[0] as Typed<T>;
  }

  /** Joins a room; a publisher with the stream's key. */
  async join(stream: string, role: PeerRole): Promise<JoinedMessage> {
    const credential = { kind: "stream-key", key: `key-${stream}` } as const;
    this.send({ type: "join-stream", stream, role, ...(role === "publisher" ? { credential } : {}) });
    return this.next("joined", (message) => message.stream === stream);
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
