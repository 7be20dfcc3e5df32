// SPDX-License-Identifier: Apache-2.0
import { hexToNumber } from "@polkadot/util";
import type { Hex } from "@tickstream/contracts-types";
import type { Connection } from "./connection.ts";
import { Listeners, type Unsubscribe } from "./listeners.ts";

/** A block, by number and hash. */
export interface Head {
  number: number;
  hash: Hex;
}

/** Which chain of blocks: what may still change, or what is final. */
export type HeadKind = "best" | "finalized";

interface HeaderJson {
  number: Hex;
  parentHash: Hex;
}

const SUBSCRIPTIONS = {
  best: ["chain_newHead", "chain_subscribeNewHeads"],
  finalized: ["chain_finalizedHead", "chain_subscribeFinalizedHeads"],
} as const;

/** Follows the newest block of a chain, through reconnects. */
export class Heads {
  readonly #connection: Connection;
  readonly #kind: HeadKind;
  readonly #listeners = new Listeners<Head>();
  /** Hashes by number that were asked for under the latest head. */
  readonly #hashes = new Map<number, Promise<Hex | null>>();
  #latest: Head | null = null;

  constructor(connection: Connection, kind: HeadKind) {
    this.#connection = connection;
    this.#kind = kind;
  }

  /** The newest one heard of. */
  get latest(): Head | null {
    return this.#latest;
  }

  onHead(listener: (head: Head) => void): Unsubscribe {
    return this.#listeners.add(listener);
  }

  /**
   * The hash of an ancestor of the latest head, or `null` where the chain has none of this number. Several that
   * follow blocks ask the same: each number is asked for once a head.
   */
  hashAt(number: number): Promise<Hex | null> {
    if (number === this.#latest?.number) return Promise.resolve(this.#latest.hash);
    const known = this.#hashes.get(number);
    if (known !== undefined) return known;
    const asked = this.#connection.request<Hex | null>("chain_getBlockHash", [number]);
    this.#hashes.set(number, asked);
    asked.catch(() => this.#hashes.delete(number));
    return asked;
  }

  /** Subscribes and waits for the first one. The provider subscribes again whenever it reconnects. */
  async start(): Promise<void> {
    const [type, subscribe] = SUBSCRIPTIONS[this.#kind];
    await this.refresh();
    await this.#connection.subscribe(type, subscribe, [], (header) => {
      this.#take(header as HeaderJson).catch(() => {
        // The connection failed between the announcement and the question: the next announcement brings the head.
      });
    });
  }

  /** Asks for the newest one, rather than waiting to be told. */
  async refresh(): Promise<void> {
    const method = this.#kind === "best" ? "chain_getBlockHash" : "chain_getFinalizedHead";
    const hash = await this.#connection.request<Hex>(method);
    const header = await this.#connection.request<HeaderJson>("chain_getHeader", [hash]);
    this.#announce({ number: hexToNumber(header.number), hash });
  }

  async #take(header: HeaderJson): Promise<void> {
    const number = hexToNumber(header.number);
    // The announcement has no hash, and hashing a header here would need the chain's own digest types.
    const hash = await this.#connection.request<Hex | null>("chain_getBlockHash", [number]);
    if (hash !== null) this.#announce({ number, hash });
  }

  #announce(head: Head): void {
    const { number, hash } = this.#latest ?? {};
    // What is final only grows; answers that overtook each other are sorted out here.
    if (head.hash === hash || (this.#kind === "finalized" && number !== undefined && head.number < number)) {
      return;
    }
    this.#latest = head;
    this.#hashes.clear();
    this.#listeners.announce(head);
  }
}
