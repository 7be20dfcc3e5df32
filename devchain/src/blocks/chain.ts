// SPDX-License-Identifier: Apache-2.0
import { fromHex, toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { DevchainError, messageOf } from "../errors.ts";
import type { Executor } from "../execution/executor.ts";
import { ChainState, STATE_WINDOW } from "../execution/state.ts";
import type { StateView, StorageChange } from "../execution/state.ts";
import type { Log } from "../log.ts";
import type { BlockRecord } from "../storage/block-record.ts";
import type { BlockStore, StoredChain } from "../storage/block-store.ts";
import { notify, TransactionPool } from "../transactions/transaction-pool.ts";
import type { StatusListener } from "../transactions/transaction-pool.ts";
import { TransactionRefused } from "../transactions/transaction-refused.ts";
import { decodeValidity, isInvalid } from "../transactions/transaction-validity.ts";
import { BlockBuilder } from "./block-builder.ts";
import type { BuiltBlock } from "./block-builder.ts";
import type { Genesis } from "./genesis.ts";
import { auraSlotOf, decodeHeader, encodeHeader } from "./header.ts";
import type { Header } from "./header.ts";
import { slotForBlock } from "./slot-schedule.ts";

/** Transactions tried in one block; the runtime's weight limit comes long before for most. */
const MAX_TRANSACTIONS = 512;

export interface Block {
  readonly number: number;
  readonly hash: Hex;
  readonly header: Header;
  readonly extrinsics: readonly Hex[];
}

/**
 * A block is final as soon as it is stored. It is announced as final a little after it is announced as best, because
 * clients read a block when they hear of it and @polkadot/api drops "in block" where "finalized" comes meanwhile.
 */
const FINALITY_DELAY_MS = 300;

/** A block that has just become the head, with what it changed. */
export interface NewHead extends Block {
  readonly changes: readonly StorageChange[];
}

export interface ChainParts {
  readonly genesis: Genesis;
  readonly store: BlockStore;
  readonly stored: StoredChain;
  readonly executor: Executor;
  readonly log: Log;
}

/** The chain: its head, state, stored blocks and waiting transactions. Blocks are durable before anyone hears of them. */
export class Chain {
  readonly genesisHash: Hex;
  readonly pool = new TransactionPool();
  readonly executor: Executor;
  readonly #genesis: Genesis;
  readonly #store: BlockStore;
  readonly #builder: BlockBuilder;
  readonly #log: Log;
  readonly #state: ChainState;
  readonly #recent = new Map<Hex, Block>();
  readonly #headListeners = new Set<(head: NewHead) => void>();
  readonly #readyListeners = new Set<() => void>();
  readonly #validating = new Set<Hex>();
  readonly #finalizedListeners = new Set<(block: Block) => void>();
  readonly #finalizing = new Set<NodeJS.Timeout>();
  #head: Block;
  #finalized: Block;

  constructor({ genesis, store, stored, executor, log }: ChainParts) {
    this.genesisHash = genesis.hash;
    this.executor = executor;
    this.#genesis = genesis;
    this.#store = store;
    this.#builder = new BlockBuilder(executor);
    this.#log = log;
    this.#state = new ChainState(stored.base.hash, stored.base.entries);
    this.#head = { number: 0, hash: genesis.hash, header: genesis.header, extrinsics: [] };
    this.#finalized = this.#head;
    executor.load(stored.base.hash, stored.base.entries);
    // It then knows no older states, which only calls at old blocks miss.
    executor.onRestart(() => executor.load(this.#head.hash, this.#state.entries()));
    for (const record of stored.blocks) {
      this.#state.apply(record.hash, record.changes);
      executor.apply(record.hash, [...record.changes]);
      this.#setHead(toBlock(record));
    }
    this.#finalized = this.#head;
  }

  /** Where the newest block is the one a snapshot was taken of, it is read back here. */
  async open(stored: StoredChain): Promise<void> {
    if (stored.blocks.length > 0 || stored.base.number === 0) return;
    const record = await this.#store.blockAt(stored.base.number);
    if (record === undefined)
      throw new DevchainError(
        "data-damaged",
        `Block ${stored.base.number} is missing: delete the chain's data folder`,
      );
    this.#setHead(toBlock(record));
    this.#finalized = this.#head;
  }

  /** Announces nothing more. */
  stop(): void {
    for (const timer of this.#finalizing) clearTimeout(timer);
    this.#finalizing.clear();
    this.pool.clear();
  }

  /** The newest block that is announced as final. */
  get finalized(): Block {
    return this.#finalized;
  }

  get head(): Block {
    return this.#head;
  }

  get headState(): StateView {
    return this.#state;
  }

  /** Calls back for every new block, in order. Returns how to stop. */
  onHead(listener: (head: NewHead) => void): () => void {
    this.#headListeners.add(listener);
    return () => this.#headListeners.delete(listener);
  }

  /** Calls back for every block that became final, in order. Returns how to stop. */
  onFinalized(listener: (block: Block) => void): () => void {
    this.#finalizedListeners.add(listener);
    return () => this.#finalizedListeners.delete(listener);
  }

  /** Calls back whenever a transaction came in that may go into a block. */
  onReady(listener: () => void): () => void {
    this.#readyListeners.add(listener);
    return () => this.#readyListeners.delete(listener);
  }

  /** A block by its hash, or undefined where it is unknown or no longer kept. */
  async block(hash: Hex): Promise<Block | undefined> {
    if (hash === this.#head.hash) return this.#head;
    const recent = this.#recent.get(hash);
    if (recent !== undefined) return recent;
    if (hash === this.genesisHash) return { number: 0, hash, header: this.#genesis.header, extrinsics: [] };
    const number = await this.#store.numberOf(hash);
    const record = number === undefined ? undefined : await this.#store.blockAt(number);
    return record === undefined ? undefined : toBlock(record);
  }

  /** The hash of a block by its number. */
  async hashAt(number: number): Promise<Hex | undefined> {
    if (number === this.#head.number) return this.#head.hash;
    if (number === 0) return this.genesisHash;
    return number > this.#head.number ? undefined : this.#store.hashAt(number);
  }

  /** The state after one of the last blocks. Read it before anything is awaited: the next block changes it. */
  recentState(hash: Hex): StateView | undefined {
    return this.#state.at(hash);
  }

  /** The state after any block that is kept; it stays as it is. */
  async archivedState(hash: Hex): Promise<StateView | undefined> {
    if (hash === this.genesisHash) return new ChainState(hash, this.#genesis.entries);
    const number = await this.#store.numberOf(hash);
    const entries = number === undefined ? undefined : await this.#store.stateAt(number);
    return entries === undefined ? undefined : new ChainState(hash, entries);
  }

  /**
   * Validates a transaction and takes it into the pool. `listener` hears of it until it is final or gone.
   * Throws TransactionRefused.
   */
  async submit(bytes: Hex, listener?: StatusListener): Promise<Hex> {
    const hash = TransactionPool.hashOf(bytes);
    if (this.#validating.has(hash)) throw TransactionRefused.byPool({ reason: "already-imported" });
    const early = this.pool.precheck(hash, bytes);
    if (early !== undefined) throw TransactionRefused.byPool(early);
    this.#validating.add(hash);
    try {
      const at = this.#head;
      const validity = await this.#validate(bytes, at.hash);
      const added = this.pool.add(bytes, validity, at.number, listener);
      if ("reason" in added) throw TransactionRefused.byPool(added);
    } finally {
      this.#validating.delete(hash);
    }
    for (const wake of this.#readyListeners) wake();
    return hash;
  }

  async #validate(bytes: Hex, at: Hex) {
    const EXTERNAL = 2;
    const parameter = toHex(Buffer.concat([Uint8Array.of(EXTERNAL), fromHex(bytes), fromHex(at)]));
    let result: Hex;
    try {
      ({ result } = await this.executor.run(at, [
        ["TaggedTransactionQueue_validate_transaction", parameter],
      ]));
    } catch (error) {
      throw TransactionRefused.byTrap(messageOf(error));
    }
    const validity = decodeValidity(result);
    if (isInvalid(validity)) throw TransactionRefused.byRuntime(validity);
    return validity;
  }

  /** Builds, stores and announces the next block. `now` in milliseconds since 1970. */
  async buildBlock(now: number): Promise<Block> {
    const parent = this.#head;
    const { slot, timestamp } = slotForBlock(now, auraSlotOf(parent.header));
    const selected = this.pool.select(MAX_TRANSACTIONS);
    const built = await this.#builder.build({
      parent,
      parentState: this.#state,
      slot,
      timestamp,
      transactions: selected.map((transaction) => transaction.bytes),
    });
    const changes = this.#state.effective(built.changes);
    const { hash, header, extrinsics } = built;
    await this.#store.append({
      number: header.number,
      hash,
      parentHash: header.parentHash,
      header: toHex(encodeHeader(header)),
      extrinsics,
      changes,
    });
    this.#state.apply(hash, changes);
    this.executor.apply(hash, changes);
    this.#setHead({ number: header.number, hash, header, extrinsics });
    this.#announce({ ...this.#head, changes }, built);
    if (this.#store.wantsSnapshot) await this.#snapshot();
    return this.#head;
  }

  /** Where it fails, the log goes on growing and the next block tries again: nothing is lost. */
  async #snapshot(): Promise<void> {
    try {
      await this.#store.snapshot(this.#state.entries());
    } catch (error) {
      this.#log("error", `The state of block ${this.#head.number} could not be stored: ${messageOf(error)}`);
    }
  }

  /** Announces: the block, what became of its transactions, and at last that all is final. */
  #announce(head: NewHead, built: BuiltBlock): void {
    const hashes = built.included.map((bytes) => TransactionPool.hashOf(bytes));
    const included = this.pool.included(hashes);
    for (const transaction of included) notify(transaction, { inBlock: head.hash });
    for (const listener of this.#headListeners) listener(head);
    const timer = setTimeout(() => {
      this.#finalizing.delete(timer);
      this.#finalized = head;
      for (const listener of this.#finalizedListeners) listener(head);
      for (const transaction of included) {
        notify(transaction, { finalized: head.hash });
        transaction.listeners.clear();
      }
    }, FINALITY_DELAY_MS);
    this.#finalizing.add(timer);
    for (const { transaction, refusal } of built.refused) {
      if (refusal.kind !== "trap" && refusal.exhaustsResources) continue;
      const hash = TransactionPool.hashOf(transaction);
      this.#log("warn", `Transaction ${hash} left out of block ${head.number}: ${refusal.reason}`);
      this.pool.remove(hash, refusal.kind === "trap" ? "dropped" : "invalid");
    }
    this.pool.expire(head.number);
  }

  #setHead(block: Block): void {
    this.#head = block;
    this.#recent.set(block.hash, block);
    const oldest = this.#recent.keys().next();
    if (this.#recent.size > STATE_WINDOW && !oldest.done) this.#recent.delete(oldest.value);
  }
}

function toBlock(record: BlockRecord): Block {
  return {
    number: record.number,
    hash: record.hash,
    header: decodeHeader(fromHex(record.header)),
    extrinsics: record.extrinsics,
  };
}
