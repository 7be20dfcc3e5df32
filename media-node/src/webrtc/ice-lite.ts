// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { WebRtcError } from "./errors.ts";
import type { IceSettings } from "./ice-config.ts";
import { isIntact, isStun, parseBindingRequest, writeBindingSuccess, writeRoleConflict } from "./stun.ts";

/** What a peer needs to reach an {@link IceLiteSession}. */
export interface IceCredentials {
  ufrag: string;
  pwd: string;
}

/** One peer's place on the shared ports. */
export interface IceLiteSession {
  readonly credentials: IceCredentials;
  /** Values of `a=candidate`. */
  readonly candidates: readonly string[];
  /** When the peer was last heard of: milliseconds of `performance.now()`; undefined: never. */
  readonly heardAt: number | undefined;
  /** Where the peer is now. */
  readonly remoteAddress: string | undefined;
  /** Sends to where the peer is now; false while nobody knows where that is. */
  send(packet: Buffer): boolean;
  /** New credentials; the old ones serve until the peer used the new ones. */
  restart(): IceCredentials;
  close(): void;
}

interface IceLiteHandlers {
  /** What a checked address sent, STUN excepted; only read during the call. */
  onPacket: (packet: Buffer) => void;
  /** The peer's first check came: it can be sent to. */
  onReached?: () => void;
}

/** An ICE-lite agent (RFC 8445 section 2.5) for many peers on few ports: it waits for the peers' checks and answers them. */
export interface IceLite {
  /** The UDP port on every local address. */
  readonly port: number;
  open(handlers: IceLiteHandlers): Promise<IceLiteSession>;
  /** Sessions that are open. */
  readonly sessions: number;
  stop(): Promise<void>;
}

/** A path to a peer that passed a check. */
interface Path {
  socket: Socket;
  address: string;
  port: number;
}

interface Generation extends IceCredentials {
  paths: Map<string, Path>;
}

const MOST_ADDRESSES = 16;
/** A peer checks each pair of its addresses and ours; what it does not use is forgotten. */
const MOST_PATHS = 32;
const MOST_PORT_ATTEMPTS = 64;
const RECEIVE_BUFFER = 4 << 20;
/** Type preference 126 (host), RFC 8445 section 5.1.2.1. */
const HOST_PREFERENCE = 126 * 2 ** 24;

/** Listens on every local address, or the one that is set, at one port. @throws WebRtcError `port-unavailable` */
export async function createIceLite(settings: IceSettings): Promise<IceLite> {
  const agent = new IceLiteAgent(settings);
  await agent.listen();
  return agent;
}

class IceLiteAgent implements IceLite {
  readonly #settings: IceSettings;
  readonly #sockets = new Map<string, Socket>();
  /** By the ufrags that they can be reached with. */
  readonly #byUfrag = new Map<string, Session>();
  readonly #byPath = new Map<string, Session>();
  readonly #sessions = new Set<Session>();
  #port = 0;

  constructor(settings: IceSettings) {
    this.#settings = settings;
  }

  get port(): number {
    return this.#port;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  async listen(): Promise<void> {
    const { portMin, portMax } = this.#settings;
    const ports = portMin === 0 ? MOST_PORT_ATTEMPTS : Math.max(portMin, portMax) - portMin + 1;
    let failure: unknown;
    for (let i = 0; i < ports; i++) {
      try {
        await this.#listenAt(portMin === 0 ? 0 : portMin + i);
        return;
      } catch (error) {
        failure = error;
        await this.stop();
      }
    }
    const which = portMin === 0 ? "a free UDP port" : `UDP port ${portMin} or one up to ${portMax}`;
    throw new WebRtcError("port-unavailable", `WebRTC needs ${which}.`, { cause: failure });
  }

  async open(handlers: IceLiteHandlers): Promise<IceLiteSession> {
    // The machine may have got an address since.
    await this.#listenAt(this.#port).catch(() => undefined);
    const session = new Session(handlers, this.#candidates(), {
      add: (ufrag, owner) => this.#byUfrag.set(ufrag, owner),
      drop: (generation) => this.#drop(generation),
      closed: (owner) => this.#sessions.delete(owner),
    });
    this.#sessions.add(session);
    return session;
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.close();
    const closing = [...this.#sockets.values()].map(
      (socket) => new Promise<void>((resolve) => socket.close(() => resolve())),
    );
    this.#sockets.clear();
    await Promise.all(closing);
  }

  async #listenAt(port: number): Promise<void> {
    for (const address of this.#addresses()) {
      if (this.#sockets.has(address)) continue;
      const socket = await bind(address, this.#port || port);
      this.#port = socket.address().port;
      this.#sockets.set(address, socket);
      // An unreachable peer is no fault of the socket.
      socket.on("error", () => undefined);
      socket.on("message", (packet, from) => this.#receive(socket, packet, from));
    }
  }

  #addresses(): string[] {
    if (this.#settings.bindAddress !== undefined) return [this.#settings.bindAddress];
    const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const usable = all.filter(({ internal, address }) => !internal && !/^fe80:/i.test(address));
    // Without a network the machine's own programs can still connect.
    const chosen =
      usable.length > 0 ? usable : all.filter(({ internal, family }) => internal && family === "IPv4");
    return chosen.map(({ address }) => address).slice(0, MOST_ADDRESSES);
  }

  #candidates(): string[] {
    const { publicAddress } = this.#settings;
    // An address may be gone, its socket still there.
    const local = this.#addresses().filter((address) => this.#sockets.has(address));
    const all = publicAddress === undefined ? local : [publicAddress, ...local];
    return all.map((address, i) => {
      const priority = HOST_PREFERENCE + (65_535 - i) * 256 + 255;
      return `${i + 1} 1 udp ${priority} ${address} ${this.#port} typ host`;
    });
  }

  #receive(socket: Socket, packet: Buffer, from: RemoteInfo): void {
    const key = `${from.address} ${from.port}`;
    if (isStun(packet)) {
      this.#check(socket, packet, from, key);
      return;
    }
    this.#byPath.get(key)?.receive(packet);
  }

  /** Answers a check. One that is not from a peer we know gets no answer: it may come from a forged address. */
  #check(socket: Socket, packet: Buffer, from: RemoteInfo, key: string): void {
    const request = parseBindingRequest(packet);
    const ufrag = request?.username.split(":", 1)[0] ?? "";
    const session = this.#byUfrag.get(ufrag);
    const generation = session?.generation(ufrag);
    if (request === undefined || session === undefined || generation === undefined) return;
    if (!isIntact(packet, request, generation.pwd)) return;
    const { transactionId, controlled, useCandidate } = request;
    const { address, port } = from;
    if (controlled) {
      socket.send(writeRoleConflict(transactionId, generation.pwd), port, address);
      return;
    }
    if (!generation.paths.has(key)) {
      if (generation.paths.size >= MOST_PATHS) return;
      generation.paths.set(key, { socket, address, port });
      this.#byPath.set(key, session);
    }
    session.checked(generation, key, useCandidate);
    socket.send(writeBindingSuccess(transactionId, address, port, generation.pwd), port, address);
  }

  #drop({ ufrag, paths }: Generation): void {
    const session = this.#byUfrag.get(ufrag);
    this.#byUfrag.delete(ufrag);
    for (const key of paths.keys()) {
      // Browsers check the new credentials from their old ports as well: such a path goes on.
      if (this.#byPath.get(key) === session && session?.hasPath(key) !== true) this.#byPath.delete(key);
    }
  }
}

interface SessionRegistry {
  add(ufrag: string, session: Session): void;
  drop(generation: Generation): void;
  closed(session: Session): void;
}

class Session implements IceLiteSession {
  readonly candidates: readonly string[];
  readonly #handlers: IceLiteHandlers;
  readonly #registry: SessionRegistry;
  /** The newest one last; the one before it serves until the newest was used. */
  #generations: Generation[] = [];
  #selected: Path | undefined;
  #heardAt: number | undefined;
  #closed = false;

  constructor(handlers: IceLiteHandlers, candidates: readonly string[], registry: SessionRegistry) {
    this.#handlers = handlers;
    this.candidates = candidates;
    this.#registry = registry;
    this.restart();
  }

  get credentials(): IceCredentials {
    const { ufrag, pwd } = this.#generations.at(-1) as Generation;
    return { ufrag, pwd };
  }

  get heardAt(): number | undefined {
    return this.#heardAt;
  }

  get remoteAddress(): string | undefined {
    return this.#selected?.address;
  }

  generation(ufrag: string): Generation | undefined {
    return this.#generations.find((generation) => generation.ufrag === ufrag);
  }

  restart(): IceCredentials {
    // A third one in a row replaces the second.
    if (this.#generations.length === 2) this.#forget(this.#generations[1] as Generation);
    const generation: Generation = { ufrag: iceText(6), pwd: iceText(24), paths: new Map() };
    this.#generations.push(generation);
    this.#registry.add(generation.ufrag, this);
    return this.credentials;
  }

  checked(generation: Generation, key: string, useCandidate: boolean): void {
    this.#heardAt = performance.now();
    const first = this.#selected === undefined;
    if (first || useCandidate) this.#selected = generation.paths.get(key);
    if (first) this.#handlers.onReached?.();
    // Both sides have the new generation; the old paths end (RFC 8445 section 9).
    const [older] = this.#generations;
    if (useCandidate && older !== undefined && older !== generation) this.#forget(older);
  }

  /** Whether one of its credentials was checked from there. */
  hasPath(key: string): boolean {
    return !this.#closed && this.#generations.some(({ paths }) => paths.has(key));
  }

  receive(packet: Buffer): void {
    this.#heardAt = performance.now();
    this.#handlers.onPacket(packet);
  }

  send(packet: Buffer): boolean {
    if (this.#selected === undefined) return false;
    const { socket, address, port } = this.#selected;
    socket.send(packet, port, address);
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#selected = undefined;
    for (const generation of this.#generations) this.#registry.drop(generation);
    this.#registry.closed(this);
  }

  #forget(generation: Generation): void {
    this.#generations = this.#generations.filter((other) => other !== generation);
    this.#registry.drop(generation);
  }
}

/** Random letters of ICE's alphabet: 6 bits each. */
function iceText(bytes: number): string {
  return randomBytes(bytes).toString("base64").replaceAll("=", "");
}

function bind(address: string, port: number): Promise<Socket> {
  const ipv6 = isIPv6(address);
  const socket = createSocket({
    type: ipv6 ? "udp6" : "udp4",
    ...(ipv6 ? { ipv6Only: true } : {}),
    recvBufferSize: RECEIVE_BUFFER,
  });
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
  });
}
