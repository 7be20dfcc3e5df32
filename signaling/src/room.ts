// SPDX-License-Identifier: Apache-2.0
import {
  MAX_LISTED_PEERS,
  type MemberRole,
  type PresenceMessage,
  type ServerMessage,
} from "@tickstream/contracts-types";
import { TokenBucket } from "./limits/token-bucket.ts";
import type { PeerId } from "./peer-ids.ts";
import type { RoomShare, Sharing } from "./sharing.ts";
import type { SignalingLimits } from "./signaling-limits.ts";

/** A peer of this instance, in one room. */
export interface Member {
  readonly id: PeerId;
  /** A node carries the stream; it is no socket's peer, but lives in this process. */
  readonly role: MemberRole;
  send(message: ServerMessage): void;
}

/** Who is in a room. */
export type RoomState = Omit<PresenceMessage, "type">;

/** In large rooms presence comes so much later for each member: a change costs a message to everybody. */
const PRESENCE_MS_PER_MEMBER = 1;
const MAX_PRESENCE_MS = 15_000;

/** One stream's peers. Those of other instances are known by what these share. */
export class Room {
  readonly stream: string;
  /** Settles when the others' part of the room is known. */
  entered: Promise<void> = Promise.resolve();
  readonly #members = new Map<PeerId, Member>();
  /** Those who are no viewers: few, however large the room. */
  readonly #named = new Map<PeerId, "publisher" | "node">();
  readonly #live = new Set<PeerId>();
  readonly #fromViewers = new Map<PeerId, TokenBucket>();
  readonly #sharing: Sharing;
  readonly #limits: SignalingLimits;
  #presence: NodeJS.Timeout | undefined;
  #announced = "";
  #announcedAt = -Infinity;

  constructor(stream: string, sharing: Sharing, limits: SignalingLimits) {
    this.stream = stream;
    this.#sharing = sharing;
    this.#limits = limits;
  }

  get size(): number {
    return this.#members.size;
  }

  get members(): Iterable<Member> {
    return this.#members.values();
  }

  member(id: PeerId): Member | undefined {
    return this.#members.get(id);
  }

  get publishers(): number {
    return [...this.#named.values()].filter((role) => role === "publisher").length;
  }

  add(member: Member): void {
    this.#members.set(member.id, member);
    if (member.role !== "viewer") this.#named.set(member.id, member.role);
    this.#changedHere();
  }

  remove(id: PeerId): Member | undefined {
    const member = this.#members.get(id);
    if (member === undefined) return undefined;
    this.#members.delete(id);
    this.#named.delete(id);
    this.#live.delete(id);
    this.#fromViewers.delete(id);
    this.#changedHere();
    return member;
  }

  /** A node says whether it has the stream on air. */
  setLive(node: PeerId, live: boolean): void {
    if (this.#live.has(node) === live) return;
    if (live) this.#live.add(node);
    else this.#live.delete(node);
    this.#changedHere();
  }

  /** Whether viewers may send to this member now: they are many, and it is one. */
  takesFromViewers(id: PeerId): boolean {
    const { fromViewersPerSecond, fromViewersBurst } = this.#limits;
    const bucket = this.#fromViewers.get(id) ?? new TokenBucket(fromViewersPerSecond, fromViewersBurst);
    this.#fromViewers.set(id, bucket);
    return bucket.take();
  }

  /** The node that offers without a name go to: one of this instance, or else of another. */
  node(): PeerId | undefined {
    const nodes = (share: RoomShare): PeerId[] =>
      share.peers.filter(({ role }) => role === "node").map(({ peer }) => peer);
    const here = nodes(this.share());
    // The same one for everybody, whoever asks.
    return (here.length > 0 ? here : this.#sharing.others(this.stream).flatMap(nodes)).toSorted()[0];
  }

  /** What this instance has in the room. */
  share(): RoomShare {
    const peers = [...this.#named].map(([peer, role]) => ({ peer, role })).slice(0, MAX_LISTED_PEERS);
    return { viewers: this.#members.size - this.#named.size, live: this.#live.size > 0, peers };
  }

  state(): RoomState {
    const shares = [this.share(), ...this.#sharing.others(this.stream)];
    const peers = shares.flatMap((share) => share.peers);
    return {
      stream: this.stream,
      viewers: shares.reduce((sum, { viewers }) => sum + viewers, 0),
      publishers: peers.filter(({ role }) => role === "publisher").length,
      live: shares.some(({ live }) => live),
      peers: peers.slice(0, MAX_LISTED_PEERS),
    };
  }

  /** Somebody came, left, or changed, here or elsewhere: everybody is told, though not of each alone. */
  changed(): void {
    if (this.#presence !== undefined) return;
    const interval = Math.min(
      MAX_PRESENCE_MS,
      this.#limits.presenceIntervalMs + this.#members.size * PRESENCE_MS_PER_MEMBER,
    );
    // Even the first change waits a moment: peers come in company.
    const wait = Math.max(interval / 10, this.#announcedAt + interval - performance.now());
    this.#presence = setTimeout(() => this.#announce(), wait);
  }

  dispose(): void {
    clearTimeout(this.#presence);
  }

  #changedHere(): void {
    this.#sharing.announce(this.stream, this.share());
    this.changed();
  }

  #announce(): void {
    this.#presence = undefined;
    this.#announcedAt = performance.now();
    const state = this.state();
    const text = JSON.stringify(state);
    if (text === this.#announced) return;
    this.#announced = text;
    const message: ServerMessage = { type: "presence", ...state };
    for (const member of this.#members.values()) member.send(message);
  }
}
