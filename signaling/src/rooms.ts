// SPDX-License-Identifier: Apache-2.0
import type { DirectedMessage, RelayedMessage, ServerMessage } from "@tickstream/contracts-types";
import { errorMessage, SignalRefusal } from "./errors.ts";
import { instanceOf, type InstanceId, type PeerId } from "./peer-ids.ts";
import { Room, type Member, type RoomState } from "./room.ts";
import type { Delivery, Sharing, SharingEvents } from "./sharing.ts";
import type { SignalingLimits } from "./signaling-limits.ts";

/** Every room that this instance has a peer in. */
export class Rooms implements SharingEvents {
  readonly #rooms = new Map<string, Room>();
  readonly #instance: InstanceId;
  readonly #sharing: Sharing;
  readonly #limits: SignalingLimits;

  constructor(instance: InstanceId, limits: SignalingLimits, share: (events: SharingEvents) => Sharing) {
    this.#instance = instance;
    this.#limits = limits;
    this.#sharing = share(this);
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** Lets somebody in; {@link entered} tells when the room's other instances are known. @throws SignalRefusal */
  join(stream: string, member: Member): void {
    const { maxRooms, maxPeersPerRoom, maxPublishersPerRoom } = this.#limits;
    let room = this.#rooms.get(stream);
    if (room?.member(member.id)) throw new SignalRefusal("already-joined", "You are in this room already.");
    // Seats of this process's own node are bounded by the streams it carries.
    if (member.role !== "node") {
      if (room === undefined && this.#rooms.size >= maxRooms) throw full("There are too many rooms.");
      if (room !== undefined && room.size >= maxPeersPerRoom) throw full("There are too many in this room.");
      if (member.role === "publisher" && (room?.publishers ?? 0) >= maxPublishersPerRoom) {
        throw full("There are too many publishers in this room.");
      }
    }
    if (room === undefined) {
      room = new Room(stream, this.#sharing, this.#limits);
      this.#rooms.set(stream, room);
      room.entered = this.#sharing.enter(stream);
    }
    room.add(member);
  }

  /** Settles when the room's state is as complete as it can be; it never rejects. */
  async entered(stream: string): Promise<void> {
    await this.#rooms.get(stream)?.entered;
  }

  state(stream: string): RoomState | undefined {
    return this.#rooms.get(stream)?.state();
  }

  leave(stream: string, peer: PeerId): void {
    const room = this.#rooms.get(stream);
    if (room?.remove(peer) && room.size === 0) this.#drop(room);
  }

  setLive(stream: string, node: PeerId, live: boolean): void {
    this.#rooms.get(stream)?.setLive(node, live);
  }

  /** The stream has ended: everybody is told and out, here and elsewhere. */
  close(stream: string): void {
    this.#sharing.close(stream);
    this.closed(stream);
  }

  /**
   * Brings what a peer sent to another peer of the room: to the one it names, or to the node.
   *
   * @throws SignalRefusal
   */
  async relay(from: Member, message: DirectedMessage): Promise<void> {
    const { stream } = message;
    const room = this.#rooms.get(stream);
    if (room?.member(from.id) !== from) throw new SignalRefusal("not-joined", "Join the room first.");
    const to = message.to ?? room.node();
    if (to === undefined) throw nodeAbsent();
    const delivered = await this.send({ stream, to, message: withSender(message, from) });
    if (!delivered) throw message.to === undefined ? nodeAbsent() : unknownPeer();
  }

  /** Brings a message to a peer, here or elsewhere; whether somebody took it. @throws SignalRefusal */
  async send(delivery: Delivery): Promise<boolean> {
    const instance = instanceOf(delivery.to);
    if (instance !== this.#instance) return this.#sharing.deliver(instance, delivery);
    this.#handOver(delivery);
    return true;
  }

  changed(stream: string): void {
    this.#rooms.get(stream)?.changed();
  }

  delivered(delivery: Delivery): void {
    const { stream, message } = delivery;
    try {
      this.#handOver(delivery);
    } catch (error) {
      if (!(error instanceof SignalRefusal)) throw error;
      if (message.type === "error") return;
      const refused = errorMessage(error, { stream, connection: message.connection });
      void this.#sharing.deliver(instanceOf(message.from), { stream, to: message.from, message: refused });
    }
  }

  closed(stream: string): void {
    const room = this.#rooms.get(stream);
    if (room === undefined) return;
    const message: ServerMessage = {
      type: "closing",
      code: "stream-ended",
      message: "The stream has ended.",
      stream,
    };
    // First the room goes: a node that goes on enters it anew when it hears.
    this.#drop(room);
    for (const member of room.members) member.send(message);
  }

  async stop(): Promise<void> {
    for (const room of this.#rooms.values()) this.#drop(room);
    await this.#sharing.stop();
  }

  get sharing(): Sharing["state"] {
    return this.#sharing.state;
  }

  #handOver({ stream, to, message }: Delivery): void {
    const room = this.#rooms.get(stream);
    const member = room?.member(to);
    const fromViewer = message.type !== "error" && message.role === "viewer";
    // Viewers write to publishers and nodes, who may answer; not to each other.
    if (room === undefined || member === undefined || (fromViewer && member.role === "viewer")) {
      throw unknownPeer();
    }
    if (fromViewer && !room.takesFromViewers(to)) {
      throw new SignalRefusal("rate-limited", "This peer hears from too many: try again.");
    }
    member.send(message);
  }

  #drop(room: Room): void {
    room.dispose();
    this.#rooms.delete(room.stream);
    this.#sharing.leave(room.stream);
  }
}

function withSender(message: DirectedMessage, from: Member): RelayedMessage {
  const { to: _to, ...rest } = message;
  return { ...rest, from: from.id, role: from.role };
}

const full = (sentence: string): SignalRefusal => new SignalRefusal("room-full", sentence);

const unknownPeer = (): SignalRefusal =>
  new SignalRefusal("peer-unknown", "There is no such peer in this room.");

const nodeAbsent = (): SignalRefusal =>
  new SignalRefusal("node-absent", "No media node carries this stream now.");
