// SPDX-License-Identifier: Apache-2.0
import type { TickStreamChainEvent } from "@tickstream/chain-client";
import type { AccountId, Hex, Planck, StreamId } from "@tickstream/contracts-types";
import type { ChainForHistory } from "./chain-for-history.ts";

/** A tip, where it stands on the chain. */
export interface Tip {
  stream: StreamId;
  from: AccountId;
  amount: Planck;
  /** Hexadecimal. */
  note: Hex;
  block: number;
  blockHash: Hex;
  index: number;
  at: Date;
}

/** Tips of blocks that are not final yet. */
export interface RecentTips {
  /** Those behind a block, the newest first. */
  of(stream: StreamId, behind: number): Tip[];
  stop(): void;
}

/** A chain whose finality stalls would otherwise fill the memory. */
const MAX_TIPS = 1_000;

/** Keeps tips of the best chain from when they are heard of; what a reorganisation replaces is forgotten. */
export function followRecentTips(chain: Pick<ChainForHistory, "onBest">): RecentTips {
  /** In the order of the chain. */
  let tips: Tip[] = [];
  const stop = chain.onBest(({ number, hash }, events) => {
    const at = new Date();
    // After a reorganisation numbers come again, from the fork on.
    tips = tips.filter(({ block }) => block < number);
    tips.push(...events.flatMap((event) => toTip(event, { block: number, blockHash: hash, at })));
    tips.splice(0, Math.max(0, tips.length - MAX_TIPS));
  });
  return {
    of: (stream, behind) => tips.filter((tip) => tip.stream === stream && tip.block > behind).toReversed(),
    stop,
  };
}

function toTip(event: TickStreamChainEvent, place: Pick<Tip, "block" | "blockHash" | "at">): Tip[] {
  return event.name === "Tipped" ? [{ ...event.data, ...place, index: event.index }] : [];
}
