// SPDX-License-Identifier: Apache-2.0
import {
  CLOSE_CODES,
  parsePeerMessage,
  WireMessageError,
  type CloseCode,
  type JoinStreamMessage,
  type PeerMessage,
  type ServerMessage,
} from "@tickstream/contracts-types";
import type { Authenticate, JoinDecision } from "./authenticate.ts";
import { errorMessage, SignalRefusal } from "./errors.ts";
import type { AddressRates } from "./limits/address-rates.ts";
import { TokenBucket } from "./limits/token-bucket.ts";
import type { PeerId } from "./peer-ids.ts";
import type { Member } from "./room.ts";
import type { Rooms } from "./rooms.ts";
import type { SignalingLimits } from "./signaling-limits.ts";
import type { SocketConnection, SocketTransport, SocketVisitor } from "./sockets/public-sockets.ts";

/** What every connection of a server works with. */
export interface ConnectionContext {
  rooms: Rooms;
  limits: SignalingLimits;
  /** The joins of each network address. */
  joins: AddressRates;
  authenticate: Authenticate;
  /** The wire's text of a message; one to many is written once. */
  textOf(message: ServerMessage): string;
  /** Counts a refusal. */
  refused(code: string): void;
  /** Something failed that should not. */
  onFault(error: unknown): void;
}

/** Who is at the other end of a socket. */
export interface ConnectedPeer extends SocketVisitor {
  id: PeerId;
  nonce: Uint8Array<ArrayBuffer>;
}

const DRAINING: ServerMessage = {
  type: "closing",
  code: "draining",
  message: "The server is stopping: reconnect in a moment.",
};

/** One socket's peer: it may be in several rooms. Messages are taken one after the other. */
export class SignalConnection implements SocketConnection {
  readonly #context: ConnectionContext;
  readonly #transport: SocketTransport;
  readonly #peer: ConnectedPeer;
  readonly #messages: TokenBucket;
  /** By stream. */
  readonly #memberships = new Map<string, Member>();
  readonly #disposed = new AbortController();
  #queue: Promise<void> = Promise.resolve();
  #pending = 0;
  #closing = false;

  constructor(context: ConnectionContext, transport: SocketTransport, peer: ConnectedPeer) {
    this.#context = context;
    this.#transport = transport;
    this.#peer = peer;
    const { messagesPerSecond, messageBurst } = context.limits;
    this.#messages = new TokenBucket(messagesPerSecond, messageBurst);
    this.#send({ type: "welcome", peer: peer.id, nonce: peer.nonce });
  }

  /** Handles one frame; whatever it holds, nothing is thrown. */
  receive(frame: Uint8Array): void {
    if (this.#closing || this.#disposed.signal.aborted) return;
    if (!this.#messages.take()) return this.#close(CLOSE_CODES.tooMany, "too many messages");
    if (this.#pending >= this.#context.limits.maxPending) {
      return this.#close(CLOSE_CODES.tooMany, "too many messages at once");
    }
    let message: PeerMessage;
    try {
      message = parsePeerMessage(frame);
    } catch (error) {
      if (!(error instanceof WireMessageError)) return this.#context.onFault(error);
      return this.#close(error.closeCode, error.code);
    }
    this.#pending++;
    this.#queue = this.#queue.then(() => this.#handle(message)).finally(() => this.#pending--);
  }

  /** Says that the server stops. */
  drain(): void {
    this.#send(DRAINING);
  }

  /** The socket is gone: so is its peer, from every room. */
  dispose(): void {
    this.#disposed.abort(new Error("the socket is closed"));
    for (const stream of this.#memberships.keys()) this.#context.rooms.leave(stream, this.#peer.id);
    this.#memberships.clear();
  }

  async #handle(message: PeerMessage): Promise<void> {
    if (this.#disposed.signal.aborted) return;
    try {
      await this.#obey(message);
    } catch (error) {
      const { stream } = message;
      const about = "connection" in message ? { stream, connection: message.connection } : { stream };
      if (error instanceof SignalRefusal) {
        this.#context.refused(error.code);
        return this.#send(errorMessage(error, about));
      }
      this.#context.onFault(error);
      this.#send(errorMessage(new SignalRefusal("unavailable", "Something went wrong: try again."), about));
    }
  }

  async #obey(message: PeerMessage): Promise<void> {
    switch (message.type) {
      case "join-stream":
        return this.#join(message);
      case "leave-stream":
        this.#memberships.delete(message.stream);
        return this.#context.rooms.leave(message.stream, this.#peer.id);
      default: {
        const member = this.#memberships.get(message.stream);
        if (member === undefined) throw new SignalRefusal("not-joined", "Join the room first.");
        return this.#context.rooms.relay(member, message);
      }
    }
  }

  async #join({ stream, role, credential }: JoinStreamMessage): Promise<void> {
    const { rooms, limits, joins } = this.#context;
    if (this.#memberships.has(stream)) {
      throw new SignalRefusal("already-joined", "You are in this room already.");
    }
    if (this.#memberships.size >= limits.maxRoomsPerPeer) {
      throw new SignalRefusal("too-many-rooms", "You are in too many rooms: leave one.");
    }
    if (!joins.take(this.#peer.address)) {
      throw new SignalRefusal("rate-limited", "Too many joins from your address: wait a little.");
    }
    const { nonce, host } = this.#peer;
    const decision = await this.#decide({ type: "join-stream", stream, role, credential }, nonce, host);
    if (!decision.ok) throw new SignalRefusal(decision.code, decision.message);
    if (this.#disposed.signal.aborted) return;
    const member: Member = { id: this.#peer.id, role, send: (sent) => this.#toMember(stream, sent) };
    rooms.join(stream, member);
    this.#memberships.set(stream, member);
    await rooms.entered(stream);
    const state = rooms.state(stream);
    if (this.#memberships.get(stream) === member && state) this.#send({ type: "joined", role, ...state });
  }

  async #decide(
    { stream, role, credential }: JoinStreamMessage,
    nonce: Uint8Array<ArrayBuffer>,
    host: string,
  ): Promise<JoinDecision> {
    const timeout = AbortSignal.timeout(this.#context.limits.joinTimeoutMs);
    const signal = AbortSignal.any([timeout, this.#disposed.signal]);
    const given = Promise.withResolvers<never>();
    const giveUp = (): void =>
      given.reject(new SignalRefusal("unavailable", "This takes too long: try again."));
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      const asked = this.#context.authenticate({ stream, role, credential, nonce, host }, signal);
      return await Promise.race([asked, given.promise]);
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** What comes to a member; a room that closes has put its members out. */
  #toMember(stream: string, message: ServerMessage): void {
    if (message.type === "closing") this.#memberships.delete(stream);
    this.#send(message);
  }

  #close(code: CloseCode, reason: string): void {
    this.#closing = true;
    this.#transport.close(code, reason);
  }

  #send(message: ServerMessage): void {
    if (!this.#disposed.signal.aborted) this.#transport.send(this.#context.textOf(message));
  }
}
