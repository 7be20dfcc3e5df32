// SPDX-License-Identifier: Apache-2.0
import { blake2AsHex } from "@polkadot/util-crypto/blake2";
import { fromHex, hexLength } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import type { ValidTransaction } from "./transaction-validity.ts";

/** What a watcher hears, in the shape of JSON-RPC's `TransactionStatus`. */
export type TransactionStatus =
  | "ready"
  | "future"
  | "dropped"
  | "invalid"
  | { readonly inBlock: Hex }
  | { readonly finalized: Hex }
  | { readonly usurped: Hex };

export type StatusListener = (status: TransactionStatus) => void;

export interface PoolLimits {
  readonly transactions: number;
  readonly bytes: number;
}

const DEFAULT_LIMITS: PoolLimits = { transactions: 4096, bytes: 32 * 1024 * 1024 };

/** Tags of included transactions that are remembered, for those that were validated just before. */
const RECENT_TAGS = 8192;

export interface PoolTransaction {
  readonly hash: Hex;
  readonly bytes: Hex;
  readonly validity: ValidTransaction;
  /** Number of the last block that may hold it. */
  readonly validUntil: bigint;
  readonly order: number;
  readonly listeners: Set<StatusListener>;
  status: "ready" | "future";
}

/** Why the pool refuses a transaction; the codes are those of a node's RPC. */
export type PoolRefusal =
  | { readonly reason: "already-imported" }
  | { readonly reason: "too-low-priority"; readonly old: bigint; readonly given: bigint }
  | { readonly reason: "full" };

/**
 * Transactions that wait for a block. As in a node, what may go first follows from the tags that the runtime's
 * validation names (a nonce is such a tag): ready where everything required is provided, else future.
 */
export class TransactionPool {
  readonly #limits: PoolLimits;
  readonly #byHash = new Map<Hex, PoolTransaction>();
  readonly #byTag = new Map<Hex, PoolTransaction>();
  readonly #recentTags = new Set<Hex>();
  #bytes = 0;
  #order = 0;

  constructor(limits: PoolLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  static hashOf(bytes: Hex): Hex {
    return blake2AsHex(fromHex(bytes), 256);
  }

  get size(): number {
    return this.#byHash.size;
  }

  get hasReady(): boolean {
    for (const transaction of this.#byHash.values()) if (transaction.status === "ready") return true;
    return false;
  }

  get(hash: Hex): PoolTransaction | undefined {
    return this.#byHash.get(hash);
  }

  pending(): Hex[] {
    return [...this.#byHash.values()].filter((t) => t.status === "ready").map((t) => t.bytes);
  }

  /** True where a waiting transaction provides this tag. */
  provides(tag: Hex): boolean {
    return this.#byTag.has(tag);
  }

  /** Why a transaction of this size cannot come in, before anyone validates it. */
  precheck(hash: Hex, bytes: Hex): PoolRefusal | undefined {
    if (this.#byHash.has(hash)) return { reason: "already-imported" };
    if (
      this.#byHash.size >= this.#limits.transactions ||
      this.#bytes + hexLength(bytes) > this.#limits.bytes
    ) {
      return { reason: "full" };
    }
    return undefined;
  }

  /** Takes in a transaction that was validated at block `at`. */
  add(
    bytes: Hex,
    validity: ValidTransaction,
    at: number,
    listener?: StatusListener,
  ): PoolTransaction | PoolRefusal {
    const hash = TransactionPool.hashOf(bytes);
    const refusal = this.precheck(hash, bytes);
    if (refusal !== undefined) return refusal;
    const rivals = new Set(validity.provides.flatMap((tag) => this.#byTag.get(tag) ?? []));
    for (const rival of rivals) {
      if (rival.validity.priority >= validity.priority) {
        return { reason: "too-low-priority", old: rival.validity.priority, given: validity.priority };
      }
    }
    for (const rival of rivals) this.#remove(rival, { usurped: hash });
    const transaction: PoolTransaction = {
      hash,
      bytes,
      validity,
      validUntil: BigInt(at) + validity.longevity,
      order: this.#order++,
      listeners: new Set(listener === undefined ? [] : [listener]),
      status: "future",
    };
    this.#byHash.set(hash, transaction);
    for (const tag of validity.provides) this.#byTag.set(tag, transaction);
    this.#bytes += hexLength(bytes);
    if (!this.#promote()) notify(transaction, "future");
    else if (transaction.status !== "ready") notify(transaction, "future");
    return transaction;
  }

  /** Ready transactions in the order for a block: what they require first, then by priority, then as they came. */
  select(maxTransactions: number): PoolTransaction[] {
    const ready = [...this.#byHash.values()].filter((t) => t.status === "ready");
    ready.sort((a, b) => compare(b.validity.priority, a.validity.priority) || a.order - b.order);
    const selected = new Set<PoolTransaction>();
    const visit = (transaction: PoolTransaction): void => {
      if (selected.has(transaction) || selected.size >= maxTransactions) return;
      for (const required of this.#requirementsIn(transaction)) visit(required);
      if (
        this.#requirementsIn(transaction).every((required) => selected.has(required)) &&
        selected.size < maxTransactions
      ) {
        selected.add(transaction);
      }
    };
    for (const transaction of ready) visit(transaction);
    return [...selected];
  }

  /** Takes out what a block holds; `transactions` hear nothing yet. */
  included(hashes: readonly Hex[]): PoolTransaction[] {
    const found: PoolTransaction[] = [];
    for (const hash of hashes) {
      const transaction = this.#byHash.get(hash);
      if (transaction === undefined) continue;
      found.push(transaction);
      this.#forget(transaction);
      for (const tag of transaction.validity.provides) this.#remember(tag);
    }
    this.#promote();
    return found;
  }

  /** Takes out a transaction that will never be in a block, and tells its watchers. What needs it waits again. */
  remove(hash: Hex, status: "invalid" | "dropped"): void {
    const transaction = this.#byHash.get(hash);
    if (transaction !== undefined) this.#remove(transaction, status);
  }

  /** Drops what has outlived its validity at block `number`. */
  expire(number: number): void {
    for (const transaction of this.#byHash.values()) {
      if (transaction.validUntil < BigInt(number)) this.#remove(transaction, "invalid");
    }
  }

  clear(): void {
    for (const transaction of this.#byHash.values()) transaction.listeners.clear();
    this.#byHash.clear();
    this.#byTag.clear();
    this.#recentTags.clear();
    this.#bytes = 0;
  }

  #requirementsIn(transaction: PoolTransaction): PoolTransaction[] {
    return transaction.validity.requires.flatMap((tag) => this.#byTag.get(tag) ?? []);
  }

  #isReady(transaction: PoolTransaction): boolean {
    return transaction.validity.requires.every(
      (tag) => this.#byTag.get(tag)?.status === "ready" || this.#recentTags.has(tag),
    );
  }

  /** Makes ready what can be. */
  #promote(): boolean {
    let any = false;
    for (let again = true; again;) {
      again = false;
      for (const transaction of this.#byHash.values()) {
        if (transaction.status === "ready" || !this.#isReady(transaction)) continue;
        transaction.status = "ready";
        notify(transaction, "ready");
        again = true;
        any = true;
      }
    }
    return any;
  }

  #remove(transaction: PoolTransaction, status: TransactionStatus): void {
    this.#forget(transaction);
    notify(transaction, status);
    transaction.listeners.clear();
    for (let again = true; again;) {
      again = false;
      for (const other of this.#byHash.values()) {
        if (other.status !== "ready" || this.#isReady(other)) continue;
        other.status = "future";
        notify(other, "future");
        again = true;
      }
    }
  }

  #forget(transaction: PoolTransaction): void {
    this.#byHash.delete(transaction.hash);
    for (const tag of transaction.validity.provides) {
      if (this.#byTag.get(tag) === transaction) this.#byTag.delete(tag);
    }
    this.#bytes -= hexLength(transaction.bytes);
  }

  #remember(tag: Hex): void {
    this.#recentTags.add(tag);
    const oldest = this.#recentTags.keys().next();
    if (this.#recentTags.size > RECENT_TAGS && !oldest.done) this.#recentTags.delete(oldest.value);
  }
}

/** Tells a transaction's watchers. */
export function notify(transaction: PoolTransaction, status: TransactionStatus): void {
  for (const listener of transaction.listeners) listener(status);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
