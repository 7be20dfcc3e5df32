// SPDX-License-Identifier: Apache-2.0
import type * as ChainClientModule from "@tickstream/chain-client";
import type { ChainClient } from "@tickstream/chain-client";
import {
  bytesToHex,
  encodeCommitment,
  hexToBytes,
  type ChainPlace,
  type ChannelId,
  type Receipt,
} from "@tickstream/contracts-types";

/** What a chain says about a receipt. */
export interface ReceiptOnChain {
  /**
   * `open`: the chain has the channel. `ended`: it had it. `never-opened`: its time to open is over, and it never came.
   * `not-yet`: it may still come. `other-chain`: the receipt is for another chain. `forgotten`: the chain no longer has the blocks
   * that would tell.
   */
  state: "open" | "ended" | "never-opened" | "not-yet" | "other-chain" | "forgotten";
  /**
   * Whether the chain opened a channel with this very commitment. It took the session key's signature then, so the key was
   * the tab's.
   */
  confirmed: boolean;
  opened: ChainPlace | null;
  /** The last settlement, with the ticks paid in all; `null` where nothing was settled, or it was forgotten. */
  settled: (ChainPlace & { ticks: number }) | null;
}

/**
 * Looks a receipt up on its chain: where its channel was opened, and how many of its ticks were paid out. A public node keeps
 * the state of the last blocks only; an archive answers for ever.
 *
 * @param options.chain of `client.chain()`, or `createChainClient`
 */
export async function verifyReceiptOnChain(options: {
  chain: ChainClient;
  receipt: Receipt;
}): Promise<ReceiptOnChain> {
  const { chain, receipt } = options;
  const { proof } = receipt;
  const nothing = { confirmed: false, opened: null, settled: null };
  if (bytesToHex(proof.genesisHash) !== chain.genesisHash) return { state: "other-chain", ...nothing };
  const chainClient = await import("@tickstream/chain-client");
  const look = new ChannelHistory(chainClient, chain, proof.channel);
  const last = chain.finalizedHead().number;
  let opened: Awaited<ReturnType<ChannelHistory["findOpening"]>>;
  try {
    opened = await look.findOpening(proof.commitment.openBy, last);
  } catch (error) {
    if (!(error instanceof chainClient.ChainRequestError)) throw error;
    const open = (await look.settledAt(last)) !== null;
    return { state: open ? "open" : "forgotten", ...nothing };
  }
  if (opened === null) {
    return { state: last > proof.commitment.openBy ? "never-opened" : "not-yet", ...nothing };
  }
  const state = (await look.settledAt(last)) === null ? "ended" : "open";
  const confirmed = sameBytes(
    encodeCommitment(proof.genesisHash, proof.commitment),
    encodeCommitment(hexToBytes(chain.genesisHash), opened.commitment),
  );
  let settled: ReceiptOnChain["settled"];
  try {
    settled = await look.findLastSettlement(opened.place.block, last);
  } catch (error) {
    if (!(error instanceof chainClient.ChainRequestError)) throw error;
    settled = null;
  }
  return { state, confirmed, opened: opened.place, settled };
}

/** Finds a channel's events among the final blocks: state tells in which block something changed, its events say what. */
class ChannelHistory {
  readonly #chainClient: typeof ChainClientModule;
  readonly #chain: ChainClient;
  readonly #channel: ChannelId;

  constructor(chainClient: typeof ChainClientModule, chain: ChainClient, channel: ChannelId) {
    this.#chainClient = chainClient;
    this.#chain = chain;
    this.#channel = channel;
  }

  /** A commitment opens in a short time before `openBy`: those blocks are read one by one. */
  async findOpening(openBy: number, last: number) {
    const { maxOpenDelay } = this.#chainClient.getConstants(this.#chain);
    for (let number = Math.max(1, openBy - maxOpenDelay); number <= Math.min(openBy, last); number++) {
      for (const { event, place } of await this.#eventsIn(number)) {
        if (event.name === "ChannelOpened") {
          return { place, commitment: this.#chainClient.commitmentFromChain(event.data.commitment) };
        }
      }
    }
    return null;
  }

  /** Settled ticks after that block, `null` where the channel was gone. */
  async settledAt(block: number): Promise<number | null> {
    const at = await this.#chainClient.getBlockHash(this.#chain, { number: block });
    if (at === null) return null;
    return (await this.#chainClient.getChannel(this.#chain, { channel: this.#channel, at }))?.settled ?? null;
  }

  /** Halves the blocks between: ticks only ever rise, and a channel that is gone stays so. */
  async findLastSettlement(openedIn: number, last: number): Promise<ReceiptOnChain["settled"]> {
    let newest = last;
    if ((await this.settledAt(last)) === null) {
      const endedIn = await this.#firstBlock(openedIn, last, (settled) => settled === null);
      const atTheEnd = await this.#settlementIn(endedIn);
      if (atTheEnd) return atTheEnd;
      newest = endedIn - 1;
    }
    if (newest < openedIn) return null;
    const total = await this.settledAt(newest);
    if (total === null || total === 0) return null;
    const block = await this.#firstBlock(openedIn, newest, (settled) => settled !== null && settled >= total);
    return this.#settlementIn(block);
  }

  async #firstBlock(from: number, to: number, is: (settled: number | null) => boolean): Promise<number> {
    let [low, high] = [from, to];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (is(await this.settledAt(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  async #settlementIn(block: number): Promise<ReceiptOnChain["settled"]> {
    for (const { event, place } of (await this.#eventsIn(block)).toReversed()) {
      if (event.name === "Settled") return { ...place, ticks: event.data.ticks };
    }
    return null;
  }

  async #eventsIn(number: number) {
    const found = await this.#chainClient.getBlockEvents(this.#chain, { number });
    if (found === null) return [];
    const hash = hexToBytes(found.block.hash, 32);
    return found.events
      .filter(({ data }) => "channel" in data && data.channel === this.#channel)
      .map((event) => ({ event, place: { block: number, hash, extrinsic: event.extrinsic ?? 0 } }));
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return bytesToHex(a) === bytesToHex(b);
}
