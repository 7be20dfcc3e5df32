// SPDX-License-Identifier: Apache-2.0
import {
  bytesEqual,
  channelIdOf,
  encodeCommitment,
  hashDown,
  hexToBytes,
  type ChannelId,
  type Commitment,
} from "@tickstream/contracts-types";
import type {
  ChainChannel,
  ChainForSettlement,
  ChannelEvent,
  OpenItem,
  SentBatch,
  SettleItem,
} from "../settlement/chain-for-settlement.ts";
import { ChainDouble, GENESIS } from "./chain-double.ts";

/**
 * A chain with the pallet's rules for channels, whose transactions a test can lose, refuse and delay: what
 * a real one does too seldom to wait for.
 */
export class SettlementChainDouble extends ChainDouble implements ChainForSettlement {
  readonly channels = new Map<ChannelId, ChainChannel & { commitment: Commitment }>();
  readonly sent: { kind: "open" | "settle"; items: number }[] = [];
  /** What happens to the next transactions; `ok` when there is none. `lost`: it goes through, and nobody hears of it. */
  readonly fates: ("ok" | "dropped" | "lost")[] = [];
  /** Errors of items, by channel. */
  readonly refuses = new Map<ChannelId, string>();
  paidTicks = 0;

  channel(id: ChannelId): Promise<ChainChannel | null> {
    if (!this.reachable) return Promise.reject(new Error("unreachable"));
    return Promise.resolve(this.channels.get(id) ?? null);
  }

  openBatch(items: OpenItem[]): Promise<SentBatch> {
    return this.#send("open", items, (item) => this.#open(item));
  }

  settleBatch(items: SettleItem[]): Promise<SentBatch> {
    return this.#send("settle", items, (item) => this.#settle(item));
  }

  async #send<T extends { channel: ChannelId }>(
    kind: "open" | "settle",
    items: T[],
    execute: (item: T) => ChannelEvent[],
  ): Promise<SentBatch> {
    if (!this.reachable) throw new Error("unreachable");
    this.sent.push({ kind, items: items.length });
    const fate = this.fates.shift() ?? "ok";
    if (fate === "dropped") throw new Error("dropped");
    const events = items.flatMap((item) => {
      const error = this.refuses.get(item.channel);
      return error ? [{ type: "item-failed" as const, channel: item.channel, error }] : execute(item);
    });
    if (fate === "lost") throw new Error("the connection was lost");
    return { included: Promise.resolve(events), finalized: Promise.resolve(events) };
  }

  #open({ commitment }: OpenItem): ChannelEvent[] {
    const channel = channelIdOf(encodeCommitment(hexToBytes(GENESIS), commitment));
    if (this.channels.has(channel)) return [{ type: "item-failed", channel, error: "NonceUsed" }];
    this.channels.set(channel, {
      settled: 0,
      proof: commitment.anchor,
      end: commitment.expiresAt,
      closeRequested: false,
      commitment,
    });
    return [{ type: "opened", channel }];
  }

  #settle({ channel, ticks, preimage, hashes, close }: SettleItem): ChannelEvent[] {
    const failed = (error: string): ChannelEvent[] => [{ type: "item-failed", channel, error }];
    const state = this.channels.get(channel);
    if (!state) return failed("ChannelNotFound");
    const added = ticks - state.settled;
    if (added < 0 || (added === 0 && !close)) return failed("NothingToSettle");
    if (added > hashes) return failed("HashesTooFew");
    if (hashes > 4_096) return failed("WalkTooLong");
    if (added > 0) {
      if (!preimage) return failed("PreimageMissing");
      if (!bytesEqual(hashDown(preimage, added), state.proof)) return failed("InvalidPreimage");
      Object.assign(state, { settled: ticks, proof: preimage });
      this.paidTicks += added;
    }
    if (close) this.channels.delete(channel);
    const events: ChannelEvent[] =
      preimage && added > 0 ? [{ type: "settled", channel, ticks, preimage }] : [];
    return close ? [...events, { type: "ended", channel }] : events;
  }
}
