// SPDX-License-Identifier: Apache-2.0
import {
  CLOSE_CODES,
  encodeMessage,
  parseNodeMessage,
  type NodeMessage,
  type ViewerMessage,
} from "@tickstream/contracts-types";
import { asError, SdkError } from "../../errors.ts";
import { Emitter, type Events } from "../../events.ts";

export interface PaySocketEvents {
  /** A connection stands; whatever was agreed on an earlier one has to be agreed again. */
  open: void;
  message: NodeMessage;
  /** The connection is gone; another attempt follows in `retryMs`. */
  down: { error: SdkError; retryMs: number };
}

/** The parts of a WebSocket that the pay socket needs; the browser's and Node's own have them. */
export interface WebSocketLike {
  readonly bufferedAmount: number;
  binaryType: string;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { code: number; reason: string }) => void): void;
  send(data: string): void;
  close(code?: number): void;
}

export interface PaySocketOptions {
  /** `ws:` or `wss:` URL. */
  url: string;
  /** Where not the global one is wanted. */
  createWebSocket?: ((url: string) => WebSocketLike) | undefined;
  /** The first wait before a new attempt, in milliseconds; it doubles up to `maxRetryMs`. */
  minRetryMs?: number | undefined;
  maxRetryMs?: number | undefined;
  /** How long a connection may take to open, and a node to say anything after something was sent. */
  timeoutMs?: number | undefined;
}

/** A node that takes in less than this is gone. */
const MAX_BUFFERED_BYTES = 64 * 1024;

/**
 * One WebSocket to one node, for all its streams: connects, parses, and connects again with growing, jittered waits
 * until it is closed. What was sent on a lost connection is lost; the sessions say it again after `open`.
 */
export class PaySocket implements Events<PaySocketEvents> {
  readonly #options: { url: string; minRetryMs: number; maxRetryMs: number; timeoutMs: number };
  readonly #createWebSocket: (url: string) => WebSocketLike;
  readonly #events = new Emitter<PaySocketEvents>();
  #socket: WebSocketLike | null = null;
  #open = false;
  #closed = false;
  #attempt = 0;
  #lostAt = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #answerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PaySocketOptions) {
    this.#options = {
      url: options.url,
      minRetryMs: options.minRetryMs ?? 250,
      maxRetryMs: options.maxRetryMs ?? 10_000,
      timeoutMs: options.timeoutMs ?? 15_000,
    };
    this.#createWebSocket = options.createWebSocket ?? ((url) => new globalThis.WebSocket(url));
    this.#connect();
  }

  on<Name extends keyof PaySocketEvents>(
    name: Name,
    listener: (event: PaySocketEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  once<Name extends keyof PaySocketEvents>(
    name: Name,
    listener: (event: PaySocketEvents[Name]) => void,
  ): () => void {
    return this.#events.once(name, listener);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Sends on the connection that stands; `false` where none does. */
  send(message: ViewerMessage): boolean {
    const socket = this.#socket;
    if (!socket || !this.#open) return false;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#lost(socket, new SdkError("node-unreachable", "The node no longer takes in what is sent."));
      return false;
    }
    socket.send(encodeMessage(message));
    const silent = message.type === "pause" || message.type === "leave";
    if (!silent && this.#answerTimer === undefined) {
      this.#answerTimer = setTimeout(() => {
        this.#lost(socket, new SdkError("node-unreachable", "The node does not answer."));
      }, this.#options.timeoutMs);
    }
    return true;
  }

  /** Does not wait any longer before the next attempt, where one is waited for: there is a sign that the node is back. */
  retryNow(): void {
    if (this.#closed || this.#socket || performance.now() - this.#lostAt < this.#options.minRetryMs) return;
    clearTimeout(this.#retryTimer);
    this.#connect();
  }

  /** Ends it for good. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#drop(this.#socket, 1000);
    this.#events.clear();
  }

  #connect(): void {
    let socket: WebSocketLike;
    try {
      socket = this.#createWebSocket(this.#options.url);
    } catch (cause) {
      this.#retryLater(
        new SdkError("node-unreachable", "The pay socket's address is not usable.", { cause }),
      );
      return;
    }
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    this.#answerTimer = setTimeout(() => {
      this.#lost(socket, new SdkError("node-unreachable", "The node did not answer in time."));
    }, this.#options.timeoutMs);
    // Each looks whether its socket is still the one: nothing has to be taken off a dropped one.
    socket.addEventListener("open", () => {
      if (socket !== this.#socket) return;
      this.#open = true;
      this.#clearAnswerTimer();
      this.#events.emit("open", undefined);
    });
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#receive(socket, data);
    });
    socket.addEventListener("close", ({ code, reason }) => this.#lost(socket, closeError(code, reason)));
    // A close event follows, and has more to say; some implementations throw an error nobody listens to.
    socket.addEventListener("error", () => undefined);
  }

  #receive(socket: WebSocketLike, data: unknown): void {
    this.#clearAnswerTimer();
    let message: NodeMessage;
    try {
      if (typeof data !== "string" && !(data instanceof ArrayBuffer)) throw new TypeError("not a text frame");
      message = parseNodeMessage(data);
    } catch (cause) {
      this.#lost(
        socket,
        new SdkError("node-misbehaved", "The node sent something that is no message.", {
          details: asError(cause).message,
          cause,
        }),
      );
      return;
    }
    this.#attempt = 0;
    this.#events.emit("message", message);
  }

  #lost(socket: WebSocketLike, error: SdkError): void {
    if (socket !== this.#socket || this.#closed) return;
    this.#drop(socket, CLOSE_CODES.badMessage);
    this.#retryLater(error);
  }

  #retryLater(error: SdkError): void {
    const { minRetryMs, maxRetryMs } = this.#options;
    const full = Math.min(minRetryMs * 2 ** this.#attempt++, maxRetryMs);
    // Half fixed, half random: a thousand viewers of a node that restarts do not come back as one.
    const retryMs = full / 2 + Math.random() * (full / 2);
    this.#lostAt = performance.now();
    this.#retryTimer = setTimeout(() => this.#connect(), retryMs);
    this.#events.emit("down", { error, retryMs });
  }

  #drop(socket: WebSocketLike | null, code: number): void {
    this.#clearAnswerTimer();
    this.#socket = null;
    this.#open = false;
    socket?.close(code);
  }

  #clearAnswerTimer(): void {
    clearTimeout(this.#answerTimer);
    this.#answerTimer = undefined;
  }
}

function closeError(code: number, reason: string): SdkError {
  const sentences: Record<number, string> = {
    [CLOSE_CODES.badMessage]: "The node did not understand this client.",
    [CLOSE_CODES.idle]: "The node closed an idle connection.",
    [CLOSE_CODES.tooLarge]: "The node found a message too long.",
    [CLOSE_CODES.tooMany]: "The node has too many connections from here.",
    [CLOSE_CODES.draining]: "The node is stopping.",
  };
  return new SdkError("node-unreachable", sentences[code] ?? "The connection to the node was lost.", {
    details: reason === "" ? `close code ${code}` : `close code ${code}: ${reason}`,
  });
}
