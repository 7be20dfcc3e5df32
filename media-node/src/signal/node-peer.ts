// SPDX-License-Identifier: Apache-2.0
import { TickstreamError, type RelayedMessage } from "@tickstream/contracts-types";
import type { LocalPeer, LocalPeerHandlers } from "@tickstream/signaling";

/** A publisher whose offer was answered. */
export interface AcceptedPublisher {
  readonly answer: string;
  addCandidate(candidate: string, mid: string): void;
  /** Answers an offer that restarts ICE, in the same connection. @throws TickstreamError why not */
  restart(offer: string): Promise<string>;
  close(reason?: TickstreamError): void;
  /** Settles when the connection has ended; with the reason where it was not the publisher's wish. */
  readonly closed: Promise<TickstreamError | undefined>;
}

export interface NodePeerOptions {
  /** Enters the stream's room. */
  enter(handlers: LocalPeerHandlers): LocalPeer;
  /** Answers a publisher's offer. @param peer who offers @throws TickstreamError why not */
  accept(offer: string, peer: string): Promise<AcceptedPublisher>;
  onFault(error: unknown): void;
}

/** Connections under way or made in one room: one publishes, others try. */
const MAX_CONNECTIONS = 16;
/** Candidates that wait for the answer to their offer. */
const MAX_EARLY_CANDIDATES = 64;

interface Connection {
  /** The peer that offered last: the same publisher comes back on another socket. */
  peer: string;
  accepted: AcceptedPublisher | null;
  early: { candidate: string; mid: string }[];
  /** Offers are answered one after the other. */
  answering: Promise<void>;
  closed: boolean;
}

/** The media node in the room of a stream that it carries: publishers offer to it, and it answers. */
export class NodePeer {
  readonly #options: NodePeerOptions;
  readonly #connections = new Map<string, Connection>();
  #peer: LocalPeer;
  #live = false;
  #stopped = false;

  constructor(options: NodePeerOptions) {
    this.#options = options;
    this.#peer = this.#enter();
  }

  setLive(live: boolean): void {
    this.#live = live;
    this.#peer.setLive(live);
  }

  /** The stream has ended: everybody is put out of the room. */
  end(): void {
    this.#stopped = true;
    this.#peer.close();
  }

  /** The node stops, the room may go on elsewhere. Media connections are the ingest's to close. */
  leave(): void {
    this.#stopped = true;
    this.#peer.leave();
  }

  #enter(): LocalPeer {
    return this.#options.enter({
      received: (message) => this.#receive(message),
      closed: () => {
        if (this.#stopped) return;
        // Another node ended it for itself: here the stream goes on.
        this.#peer = this.#enter();
        this.#peer.setLive(this.#live);
      },
    });
  }

  #receive(message: RelayedMessage): void {
    if (message.role !== "publisher") {
      const sentence = "The node takes publishers here; viewers watch by WHEP or LL-HLS.";
      if (message.type === "offer") {
        this.#peer.refuse(message.from, message.connection, "not-a-publisher", sentence);
      }
      return;
    }
    const connection = this.#connections.get(message.connection);
    switch (message.type) {
      case "offer":
        return this.#offered(message);
      case "ice-candidate":
        return connection && addCandidate(connection, message);
      case "connection-state":
        if (message.state === "closed" && connection) this.#close(message.connection, connection);
        return;
      case "answer":
        return; // the node never offers
    }
  }

  #offered({ connection: id, from, sdp }: Extract<RelayedMessage, { type: "offer" }>): void {
    let connection = this.#connections.get(id);
    if (connection === undefined) {
      if (this.#connections.size >= MAX_CONNECTIONS) {
        return this.#peer.refuse(from, id, "too-many-connections", "Too many connections at once: wait.");
      }
      connection = { peer: from, accepted: null, early: [], answering: Promise.resolve(), closed: false };
      this.#connections.set(id, connection);
    }
    const offered = connection;
    offered.peer = from;
    offered.answering = offered.answering
      .then(() => this.#answer(id, offered, sdp))
      .catch((error: unknown) => this.#options.onFault(error));
  }

  async #answer(id: string, connection: Connection, offer: string): Promise<void> {
    if (connection.closed) return;
    const { peer } = connection;
    try {
      const { accepted } = connection;
      const answer = accepted ? await accepted.restart(offer) : await this.#accept(id, connection, offer);
      if (answer !== null) this.#peer.send(peer, { type: "answer", connection: id, sdp: answer });
    } catch (error) {
      // A restart that fails leaves the connection as it was.
      if (connection.accepted === null) this.#forget(id, connection);
      if (!(error instanceof TickstreamError)) {
        this.#peer.refuse(peer, id, "internal", "Something went wrong inside the node.");
        throw error;
      }
      this.#peer.refuse(peer, id, error.code, error.shortMessage);
    }
  }

  /** The answer to a first offer; null where its publisher gave up meanwhile. */
  async #accept(id: string, connection: Connection, offer: string): Promise<string | null> {
    const accepted = await this.#options.accept(offer, connection.peer);
    if (connection.closed) {
      accepted.close();
      return null;
    }
    connection.accepted = accepted;
    for (const { candidate, mid } of connection.early.splice(0)) accepted.addCandidate(candidate, mid);
    void this.#watch(id, connection, accepted);
    return accepted.answer;
  }

  /** Tells the publisher when its connection has ended without its wish. */
  async #watch(id: string, connection: Connection, accepted: AcceptedPublisher): Promise<void> {
    const reason = await accepted.closed;
    if (connection.closed) return;
    this.#forget(id, connection);
    const why = reason === undefined ? {} : { reason: reason.shortMessage };
    this.#peer.send(connection.peer, { type: "connection-state", connection: id, state: "closed", ...why });
  }

  #close(id: string, connection: Connection): void {
    this.#forget(id, connection);
    connection.accepted?.close();
  }

  #forget(id: string, connection: Connection): void {
    connection.closed = true;
    this.#connections.delete(id);
  }
}

function addCandidate(
  connection: Connection,
  { candidate, mid }: Extract<RelayedMessage, { type: "ice-candidate" }>,
): void {
  if (connection.accepted) connection.accepted.addCandidate(candidate, mid);
  else if (connection.early.length < MAX_EARLY_CANDIDATES) connection.early.push({ candidate, mid });
}
