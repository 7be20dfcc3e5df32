// SPDX-License-Identifier: Apache-2.0
import type {
  AccountId,
  ChannelId,
  Commitment,
  Epoch,
  Hex,
  Planck,
  Receipt,
  StreamId,
} from "@tickstream/contracts-types";
import type { SessionKey } from "./session-key.ts";

/** A tab this device opened: escrow on chain that its session key may promise away. */
export interface TabRecord {
  genesisHash: Hex;
  tab: bigint;
  /** The wallet that funded it. */
  owner: AccountId;
  /** What was paid in, top-ups included, less what channels cost that became receipts; in plancks. */
  deposit: Planck;
  /** Block number. */
  expiresAt: number;
  /** Public key of the session key it names. */
  sessionKey: Hex;
}

/** An epoch that was bought and whose media has not proved its key yet. */
export interface UnverifiedEpoch {
  epoch: Epoch;
  keyHash: Hex;
}

/** How far a channel is. Written before what it says is revealed to the node. */
export interface ChannelProgress {
  /** The highest index whose preimage may have been revealed. Never goes back. */
  n: number;
  /** How many ticks were answered: keys verified, and losses written off. Never goes back. */
  answered: number;
  /** Bought, not verified yet; at most the exposure window of them. */
  unverified: UnverifiedEpoch[];
}

/** `offered`: signed, the node has not accepted it yet. `refused`: counts as spent until `openBy`. `left`: not to be used again. */
export type ChannelState = "offered" | "open" | "refused" | "left";

/** A commitment this device signed, and all it takes to go on paying with it after a reload. */
export interface ChannelRecord {
  channel: ChannelId;
  genesisHash: Hex;
  /** The node it was offered to, as its base URL. */
  node: string;
  stream: StreamId;
  operator: AccountId;
  commitment: Commitment;
  /** Public key of the session key that signed it; the device may have another by now. */
  sessionKey: Hex;
  /** That key's signature over the encoded commitment. */
  signature: Hex;
  /** `p(maxTicks)`: whoever has it can spend the whole channel. */
  seed: Uint8Array;
  state: ChannelState;
  progress: ChannelProgress;
}

/** A channel that is over: the proof of what it paid, without what could pay. */
export interface ReceiptRecord {
  channel: ChannelId;
  genesisHash: Hex;
  /** Milliseconds since 1970. */
  savedAt: number;
  receipt: Receipt;
}

/** One visit to a stream, paid or free. */
export interface WatchRecord {
  /** Random. */
  id: string;
  genesisHash: Hex;
  /** The node's base URL. */
  node: string;
  /** The stream's id in the node's API. */
  stream: string;
  title: string;
  /** SS58 address. */
  creator: string | null;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Of watching, in milliseconds of media. */
  watchedMs: number;
  /** Ticks paid, and their length in milliseconds. */
  ticks: number;
  tickMs: number;
  /** Plancks, opening fees included. */
  spent: Planck;
  /** The channels it was paid with: their receipts prove it. */
  channels: ChannelId[];
}

/** Held by the one payer of a channel. Releases itself when its page or process ends, however it ends. */
export interface StoreLock {
  release(): Promise<void>;
}

/**
 * What a viewer's device must remember. Every method that writes resolves only when the write is durable:
 * it survives the page, the process and the power.
 *
 * Implementations: {@link import("../store/indexed-db.ts").createIndexedDbStore} in browsers,
 * {@link import("../store/file.ts").createFileStore} in Node; one compliance suite runs against each.
 */
export interface SessionStore {
  /** The device's session key, made at the first call. */
  sessionKey(): Promise<SessionKey>;
  /** The key that is to take the place of the device's, made at the first call and kept until it does. */
  nextSessionKey(): Promise<SessionKey>;
  /** Puts the next key, of this public key, in the place of the device's, which is forgotten. Does nothing where it did so before. */
  adoptSessionKey(publicKey: Hex): Promise<void>;
  tabs(genesisHash: Hex): Promise<TabRecord[]>;
  putTab(tab: TabRecord): Promise<void>;
  removeTab(genesisHash: Hex, tab: bigint): Promise<void>;
  /** The next nonce for a commitment of this tab; each is handed out once, whatever crashes. Starts at 1. */
  takeNonce(genesisHash: Hex, tab: bigint): Promise<number>;
  channels(genesisHash: Hex): Promise<ChannelRecord[]>;
  /** Adds a channel, or changes its state; progress only ever goes forward. */
  putChannel(record: ChannelRecord): Promise<void>;
  /** Stores progress of a channel put before; an `n` or `answered` below what is stored is ignored, never written. */
  advance(channel: ChannelId, progress: ChannelProgress): Promise<void>;
  removeChannel(channel: ChannelId): Promise<void>;
  /** Of channels that were removed; some thousand, then the oldest give way. */
  receipts(genesisHash: Hex): Promise<ReceiptRecord[]>;
  putReceipt(record: ReceiptRecord): Promise<void>;
  /** What was watched on this device, the newest first; some hundred visits, then the oldest give way. */
  visits(): Promise<WatchRecord[]>;
  putVisit(record: WatchRecord): Promise<void>;
  /** Forgets what was watched. Receipts stay. */
  forgetVisits(): Promise<void>;
  /** The lock of this name, or `null` where somebody holds it. */
  tryLock(name: string): Promise<StoreLock | null>;
  /** Ends it: nothing can be read or written afterwards, locks are released. */
  close(): Promise<void>;
}

/** Progress only goes forward: the further of what is stored and what is to be stored. */
export function furtherProgress(stored: ChannelProgress, next: ChannelProgress): ChannelProgress {
  const ahead = next.n > stored.n || (next.n === stored.n && next.answered >= stored.answered);
  return {
    n: Math.max(stored.n, next.n),
    answered: Math.max(stored.answered, next.answered),
    unverified: ahead ? next.unverified : stored.unverified,
  };
}
