// SPDX-License-Identifier: Apache-2.0
import type { RtpPacket } from "../../webrtc/rtp.ts";
import { Unwrapper } from "../../webrtc/sequence.ts";

export interface ReceiveBufferOptions {
  /** @param afterLoss packets before this one never came */
  onPacket: (packet: RtpPacket, afterLoss: boolean) => void;
  /** How long a missing packet is waited for, milliseconds. */
  waitMs: number;
}

/** A source that jumps this far has begun anew. */
const MOST_AHEAD = 4_096;
/** Packets that came out of order get this long before they are asked for, milliseconds. */
const REORDER_MS = 8;
const SHORTEST_RETRY_MS = 40;
const MOST_REQUESTS = 10;
/** How many missing packets one request names. */
const MOST_ASKED = 128;

/** A packet that did not come yet. */
interface Missing {
  since: number;
  askedAt: number;
  requests: number;
}

/** Puts one source's packets in order, and says which ones to ask for again (RFC 4585). Bounded by what may be missing. */
export class ReceiveBuffer {
  readonly #options: ReceiveBufferOptions;
  readonly #unwrapper = new Unwrapper(16);
  readonly #early = new Map<number, RtpPacket>();
  readonly #missing = new Map<number, Missing>();
  /** The sequence number, counted on, that is to be delivered next. */
  #next: number | undefined;
  #highest = -Infinity;
  #lossAhead: boolean;
  #roundTripMs: number | undefined;
  /** Packets that were missing and came when they were asked for; that never came. */
  recovered = 0;
  lost = 0;

  /** @param afterLoss what comes first follows on nothing that came before */
  constructor(options: ReceiveBufferOptions, afterLoss = false) {
    this.#options = options;
    this.#lossAhead = afterLoss;
  }

  /** From asking for a packet to having it, at its quickest; undefined while nothing was asked for. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** @param now milliseconds of a clock that never goes back */
  push(packet: RtpPacket, now: number): void {
    const sequence = this.#unwrapper.nearest(packet.sequence);
    this.#next ??= sequence;
    if (sequence >= this.#next + MOST_AHEAD || sequence <= this.#next - MOST_AHEAD) this.#beginAnew(sequence);
    if (sequence < this.#next || this.#early.has(sequence)) return; // late, or twice
    this.#unwrapper.unwrap(packet.sequence);
    this.#found(sequence, now);
    for (let gap = Math.max(this.#highest + 1, this.#next); gap < sequence; gap++) {
      this.#missing.set(gap, { since: now, askedAt: -Infinity, requests: 0 });
    }
    this.#highest = Math.max(this.#highest, sequence);
    this.#early.set(sequence, packet);
    this.#deliver();
  }

  /** Gives up what was waited for too long. @returns sequence numbers of 16 bits to ask for now */
  poll(now: number): number[] {
    this.#giveUp(now);
    const retryMs = Math.max(SHORTEST_RETRY_MS, 1.5 * (this.#roundTripMs ?? 0));
    const asked: number[] = [];
    for (const [sequence, missing] of this.#missing) {
      if (asked.length >= MOST_ASKED) break;
      if (now - missing.since < REORDER_MS || now - missing.askedAt < retryMs) continue;
      if (missing.requests >= MOST_REQUESTS) continue;
      missing.askedAt = now;
      missing.requests++;
      asked.push(sequence & 0xffff);
    }
    return asked;
  }

  #found(sequence: number, now: number): void {
    const missing = this.#missing.get(sequence);
    if (missing === undefined) return;
    this.#missing.delete(sequence);
    if (missing.requests === 0) return;
    this.recovered++;
    if (missing.requests === 1) {
      const took = now - missing.askedAt;
      this.#roundTripMs = Math.min(took, (this.#roundTripMs ?? took) + 1);
    }
  }

  #deliver(): void {
    for (;;) {
      const next = this.#next as number;
      const packet = this.#early.get(next);
      if (packet === undefined) return;
      this.#early.delete(next);
      this.#next = next + 1;
      const afterLoss = this.#lossAhead;
      this.#lossAhead = false;
      this.#options.onPacket(packet, afterLoss);
    }
  }

  #giveUp(now: number): void {
    // Missing packets stand in the order of their numbers, and all before the first one have been delivered.
    for (const [sequence, { since }] of this.#missing) {
      if (now - since < this.#options.waitMs) return;
      this.#missing.delete(sequence);
      this.lost++;
      this.#lossAhead = true;
      this.#next = sequence + 1;
      this.#deliver();
    }
  }

  #beginAnew(sequence: number): void {
    this.#early.clear();
    this.#missing.clear();
    this.#lossAhead = true;
    this.#next = sequence;
    this.#highest = sequence - 1;
  }
}
