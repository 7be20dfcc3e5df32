// SPDX-License-Identifier: Apache-2.0
import type { Hex, Planck } from "@tickstream/contracts-types";
import type { Head } from "../client/heads.ts";
import type { Unsubscribe } from "../client/listeners.ts";
import type { ChainEvent } from "../events/chain-event.ts";

/** How far a transaction has come. */
export type TransactionProgress =
  /** Waiting for its turn, a nonce and a signature. */
  | "signing"
  /** The chain has it in its pool. */
  | "broadcast"
  /** In a block, which a reorganisation could still undo. */
  | "in-block"
  /** In a block that can't change any more. */
  | "finalized"
  /** It came to nothing: the promises say why. */
  | "failed";

/** A transaction that was executed, and what it did. */
export interface TransactionResult<T = void> {
  hash: Hex;
  block: Head;
  /** Its place in the block. */
  index: number;
  /** All events that it caused. */
  events: ChainEvent[];
  /** What the signer paid for it; `null` for an unsigned one. */
  fee: Planck | null;
  /** What the action gives: the new tab's id, the items that failed. */
  value: T;
}

/**
 * A transaction on its way. Whoever does not look at a promise need not fear it: a failure is no unhandled
 * rejection.
 */
export interface TransactionHandle<T = void> {
  readonly progress: TransactionProgress;
  onProgress(listener: (progress: TransactionProgress) => void): Unsubscribe;
  /**
   * In the best chain for the first time.
   *
   * Rejects with ChainCallError where the chain refused the call, TransactionLostError where it never came into a
   * block, SigningError, ChainConnectionError.
   */
  readonly included: Promise<TransactionResult<T>>;
  /** In a final block; rejects like `included`. After a reorganisation the result may be another. */
  readonly finalized: Promise<TransactionResult<T>>;
}
