// SPDX-License-Identifier: Apache-2.0
import { planck, type Planck } from "@tickstream/contracts-types";
import type { NodeChain, StreamRegistration } from "../chain/node-chain.ts";
import type { At } from "../ledger/chain-for-ledger.ts";
import type { ChannelEvent } from "../settlement/chain-for-settlement.ts";
import { HistoryDouble } from "./history-double.ts";
import { LIMITS } from "./chain-double.ts";
import { SettlementChainDouble } from "./settlement-chain-double.ts";

/** All that a node asks of a chain, set by a test. */
export class NodeChainDouble extends SettlementChainDouble implements NodeChain {
  readonly facts = {
    limits: LIMITS,
    maxWalk: 4_096,
    openAndSettleFee: planck(50n),
    channelDeposit: planck(1n),
    token: { symbol: "UNIT", decimals: 12 },
  };
  readonly history = new HistoryDouble();
  readonly #blocks = new Set<(at: At, number: number, events: ChannelEvent[]) => void>();
  readonly #connections = new Set<(connected: boolean) => void>();

  onBlock(callback: (at: At, number: number, events: ChannelEvent[]) => void): () => void {
    this.#blocks.add(callback);
    return () => this.#blocks.delete(callback);
  }

  onConnection(callback: (connected: boolean) => void): () => void {
    this.#connections.add(callback);
    return () => this.#connections.delete(callback);
  }

  setReachable(reachable: boolean): void {
    this.reachable = reachable;
    this.history.reachable = reachable;
    this.history.announce();
    for (const callback of this.#connections) callback(reachable);
  }

  /** Streams that somebody registered, by their id. */
  readonly registrations = new Map<bigint, StreamRegistration>();

  async registration(stream: bigint): Promise<StreamRegistration | null> {
    return this.registrations.get(stream) ?? null;
  }

  async operatorBalance(): Promise<Planck> {
    return planck(10n ** 12n);
  }

  async disconnect(): Promise<void> {}
}
