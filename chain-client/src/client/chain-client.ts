// SPDX-License-Identifier: Apache-2.0
import type { Hex } from "@tickstream/contracts-types";
import type { AccountQueue } from "../transactions/account-queue.ts";
import type { BlockReader } from "./block-reader.ts";
import type { Connection, ConnectionState } from "./connection.ts";
import type { Head, Heads } from "./heads.ts";
import type { Unsubscribe } from "./listeners.ts";
import type { Runtime } from "./runtime.ts";

/** A connection to a chain with the tick-stream pallet. Actions and queries take it as their first argument. */
export interface ChainClient {
  /** The chain's identity: what commitments and proofs are bound to. */
  readonly genesisHash: Hex;
  /** Whether the chain can be asked now; it reconnects by itself. */
  readonly state: ConnectionState;
  onState(listener: (state: ConnectionState) => void): Unsubscribe;
  /** The newest block. */
  bestHead(): Head;
  /** The newest block that can't change any more. */
  finalizedHead(): Head;
  onBestHead(listener: (head: Head) => void): Unsubscribe;
  onFinalizedHead(listener: (head: Head) => void): Unsubscribe;
  /** Closes the connection for good. Transactions on their way are no longer followed. Leaves no timer. */
  disconnect(): Promise<void>;
  /** What actions and queries are made of; not for others. */
  readonly internals: ChainClientInternals;
}

/** The parts of a client. */
interface ChainClientInternals {
  /** As the chain has it now: an upgrade changes it. */
  readonly runtime: Runtime;
  readonly connection: Connection;
  readonly heads: Record<"best" | "finalized", Heads>;
  readonly blocks: BlockReader;
  readonly accounts: AccountQueue;
  /** Aborts when the client is disconnected for good. */
  readonly closing: AbortSignal;
}
