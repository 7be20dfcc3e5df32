// SPDX-License-Identifier: Apache-2.0
import {
  ChainConnectionError,
  ChainRequestError,
  type FinalBlock,
  type TickStreamChainEvent,
} from "@tickstream/chain-client";
import {
  bytesToHex,
  type AccountId,
  type chain,
  type ChannelId,
  type Hex,
  type StreamId,
} from "@tickstream/contracts-types";
import type { ChainForHistory, SharedBy } from "../history/chain-for-history.ts";
import type { ChannelFacts } from "../history/history-facts.ts";

/** An event of a test's block. */
export type ToldEvent = chain.TickStreamEvent & { extrinsic?: number };

const BLOCK_MS = 6_000;
const EPOCH = Date.UTC(2026, 0, 1);

/** A chain's past that a test writes: it can be out of reach, forget its beginning, and become another. */
export class HistoryDouble implements ChainForHistory {
  /** By number less one. */
  #final: FinalBlock[] = [];
  #fork = 0;
  reachable = true;
  /** What is below was forgotten. */
  keptFrom = 1;
  /** Blocks read, by number: each should be once. */
  readonly reads: number[] = [];
  /** State, whatever the block. */
  readonly streams = new Map<StreamId, { creator: AccountId; currentTerms: number }>();
  readonly versions = new Map<string, SharedBy>();
  readonly channels = new Map<ChannelId, ChannelFacts>();
  readonly #best = new Set<Parameters<ChainForHistory["onBest"]>[0]>();
  readonly #changes = new Set<() => void>();

  /** Adds a final block, `daysLater` after the one before. */
  add(events: ToldEvent[] = [], daysLater = 0): FinalBlock {
    const number = this.#final.length + 1;
    const before = this.#final.at(-1)?.time.getTime() ?? EPOCH;
    const block = {
      number,
      hash: hashOf(this.#fork, number),
      time: new Date(before + BLOCK_MS + daysLater * 86_400_000),
      events: placed(events),
    };
    this.#final.push(block);
    this.announce();
    return block;
  }

  /** A block of the best chain, which is not final. */
  best(number: number, fork: number, events: ToldEvent[]): void {
    for (const callback of this.#best) callback({ number, hash: hashOf(fork, number) }, placed(events));
  }

  /** Another chain takes this one's place, with the same blocks up to `common`. */
  replace(common: number): void {
    this.#final = this.#final.slice(0, common);
    this.#fork++;
    this.announce();
  }

  announce(): void {
    for (const callback of this.#changes) callback();
  }

  finalized(): number | null {
    return this.reachable ? this.#final.length : null;
  }

  async blocks(from: number, count: number): Promise<FinalBlock[]> {
    this.#mustReach();
    if (from < this.keptFrom)
      throw new ChainRequestError("state_queryStorageAt", new Error("State discarded"));
    const blocks = this.#final.slice(from - 1, from - 1 + count);
    this.reads.push(...blocks.map(({ number }) => number));
    return blocks;
  }

  async hashOf(number: number): Promise<Hex | null> {
    this.#mustReach();
    return number === 0 ? hashOf(0, 0) : (this.#final[number - 1]?.hash ?? null);
  }

  async stream(stream: StreamId): Promise<{ creator: AccountId; currentTerms: number } | null> {
    this.#mustReach();
    return this.streams.get(stream) ?? null;
  }

  async terms(stream: StreamId, version: number): Promise<SharedBy | null> {
    this.#mustReach();
    return this.versions.get(`${stream}/${version}`) ?? null;
  }

  async channel(channel: ChannelId): Promise<ChannelFacts | null> {
    this.#mustReach();
    return this.channels.get(channel) ?? null;
  }

  onBest(callback: Parameters<ChainForHistory["onBest"]>[0]): () => void {
    this.#best.add(callback);
    return () => this.#best.delete(callback);
  }

  onChange(callback: () => void): () => void {
    this.#changes.add(callback);
    return () => this.#changes.delete(callback);
  }

  #mustReach(): void {
    if (!this.reachable) throw new ChainConnectionError("chain-unreachable");
  }
}

function placed(events: ToldEvent[]): TickStreamChainEvent[] {
  return events.map((event, index) => ({ extrinsic: 1, ...event, index, pallet: "TickStream" }));
}

function hashOf(fork: number, number: number): Hex {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32BE(fork, 0);
  bytes.writeUInt32BE(number, 28);
  return bytesToHex(bytes);
}
