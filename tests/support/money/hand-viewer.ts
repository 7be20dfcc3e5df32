// SPDX-License-Identifier: Apache-2.0
// A viewer by hand: the pay socket's messages and nothing that keeps them honest, so that a test can send what no SDK would.
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import {
  accountId,
  bytesToHex,
  type ChannelId,
  channelIdOf,
  type Commitment,
  encodeCommitment,
  encodeMessage,
  HashChain,
  type NodeMessage,
  parseNodeMessage,
  sessionProofMessage,
  type StreamId,
  type TermsMessage,
  type ViewerMessage,
} from "@tickstream/contracts-types";
import { WebSocket } from "ws";

type Of<T extends NodeMessage["type"]> = Extract<NodeMessage, { type: T }>;

/** An ed25519 session key. */
export interface HandKey {
  privateKey: KeyObject;
  publicKey: Uint8Array;
}

/** A session key of a seed, or a random one. */
export function handKey(seed: Uint8Array = randomBytes(32)): HandKey {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex"); // PKCS #8 of ed25519, RFC 8410
  const der = Buffer.concat([prefix, seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return { privateKey, publicKey: Uint8Array.from(spki.subarray(-32)) };
}

/** A commitment and what is needed to use it. */
export interface HandCommitment {
  commitment: Commitment;
  signature: Uint8Array;
  channel: ChannelId;
  chain: HashChain;
}

/** Makes a commitment on the node's terms; `changes` spoils it (the signature is of the spoilt one). */
export function commit(
  key: HandKey,
  terms: TermsMessage,
  fields: { tab: bigint; nonce: number; maxTicks: number },
  changes: Partial<Commitment> = {},
): HandCommitment {
  const chain = HashChain.create(randomBytes(32), fields.maxTicks);
  const commitment: Commitment = {
    ...fields,
    openBy: terms.head + 40,
    stream: terms.stream,
    terms: terms.terms,
    rate: terms.rate,
    operator: accountId(terms.operator),
    openFee: terms.openFee,
    anchor: chain.anchor,
    expiresAt: terms.head + 2_000,
    ...changes,
  };
  const encoded = encodeCommitment(terms.genesisHash, commitment);
  const signature = Uint8Array.from(sign(null, encoded, key.privateKey));
  return { commitment, signature, channel: channelIdOf(encoded), chain };
}

/** The proof that a socket may use a channel. */
export function sessionProof(key: HandKey, terms: TermsMessage, channel: ChannelId): Uint8Array {
  const { genesisHash, nonce } = terms;
  const message = sessionProofMessage({ genesisHash, operator: accountId(terms.operator), channel, nonce });
  return Uint8Array.from(sign(null, message, key.privateKey));
}

/** One pay socket. Messages are kept until a test takes them. */
export class HandViewer {
  /** The socket's end: close code and reason. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Every message so far. */
  readonly received: NodeMessage[] = [];
  readonly #socket: WebSocket;
  readonly #listeners = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      this.received.push(parseNodeMessage(data));
      for (const listener of this.#listeners) listener();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** Opens a socket at a node (`http://…`). */
  static connect(node: string): Promise<HandViewer> {
    const socket = new WebSocket(`${node.replace(/^http/, "ws")}/pay`);
    const viewer = new HandViewer(socket);
    return new Promise((resolve, reject) => {
      socket.once("open", () => resolve(viewer));
      socket.once("error", reject);
    });
  }

  send(message: ViewerMessage): void {
    this.#socket.send(encodeMessage(message));
  }

  /** Sends a frame as it is. */
  sendRaw(frame: string | Uint8Array): void {
    this.#socket.send(frame);
  }

  /** Sends a message, and resolves with the first answer of the types that comes after it. */
  ask<T extends NodeMessage["type"]>(message: ViewerMessage, ...types: T[]): Promise<Of<T>> {
    const after = this.received.length;
    const answer = this.next(types, () => true, after);
    this.send(message);
    return answer;
  }

  /** The first message from index `after` on (any, where left out) that is of the types and matches. */
  next<T extends NodeMessage["type"]>(
    types: readonly T[],
    matches: (message: Of<T>) => boolean = () => true,
    after = 0,
    timeoutMs = 20_000,
  ): Promise<Of<T>> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.received
          .slice(after)
          .find(
            (message): message is Of<T> => types.includes(message.type as T) && matches(message as Of<T>),
          );
        if (found === undefined) return;
        finish();
        resolve(found);
      };
      const finish = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      const timer = setTimeout(() => {
        finish();
        const last = this.received.slice(-3).map((message) => JSON.stringify(message, plain));
        reject(new Error(`no ${types.join(" or ")} within ${timeoutMs} ms; the last were ${last.join(" ")}`));
      }, timeoutMs);
      this.#listeners.add(look);
      look();
    });
  }

  /** Asks for a stream's terms. */
  terms(stream: StreamId): Promise<TermsMessage> {
    return this.ask({ type: "watch", stream, preview: [] }, "terms");
  }

  close(): Promise<{ code: number; reason: string }> {
    this.#socket.close();
    return this.closed;
  }
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? bytesToHex(value) : value;
}
