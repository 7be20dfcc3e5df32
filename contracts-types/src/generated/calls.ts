// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate:types` from the metadata that the built runtime gives of itself. Do not edit.
import type { Planck } from "../amounts.ts";
import type { Hex } from "../hex.ts";
import type { AccountId, ChannelId, StreamId } from "../ids.ts";
import type { Commitment, OpenItem, Payee, SessionKey, SettleItem } from "./types.ts";

/** The pallet's calls, and the arguments of each. */
export interface TickStreamCalls {
  /** Registers a stream with its first terms, as its creator. Holds a deposit for each of the two records. */
  registerStream: {
    rate: Planck;
    tickMs: number;
    /** In parts per billion. */
    operatorShare: number;
    payees: Payee[];
    operators: AccountId[];
    metadata: Hex;
  };
  /** Adds a version of a stream's terms, as its creator. The one before opens channels for `UpdateDelay` more blocks. */
  updateTerms: {
    stream: StreamId;
    rate: Planck;
    /** In parts per billion. */
    operatorShare: number;
    payees: Payee[];
  };
  /** Removes terms that open no channel any more and carry none. The deposit returns to the creator. */
  removeTerms: {
    stream: StreamId;
    version: number;
  };
  /** Replaces a stream's operators and metadata, as its creator. Open channels keep their operator. */
  updateStream: {
    stream: StreamId;
    operators: AccountId[];
    metadata: Hex;
  };
  /** Retires a stream, as its creator: it opens nothing more, and goes when its last channel ends. */
  retireStream: {
    stream: StreamId;
  };
  /** Moves `deposit` plancks from the caller into a new tab, for `session_key` to commit until `expires_at`. */
  openTab: {
    deposit: Planck;
    sessionKey: SessionKey;
    expiresAt: number;
  };
  /** Adds `amount` plancks to a tab, as its owner. */
  topUpTab: {
    tab: bigint;
    amount: Planck;
  };
  /** Replaces a tab's session key, as its owner. The old one opens nothing from now on; open channels stay. */
  setSessionKey: {
    tab: bigint;
    sessionKey: SessionKey;
  };
  /** Closes a tab: its owner at any time, anyone after it has expired. What is free returns to the owner now, what open channels set aside as they end. On a closed tab: pays what is claimable, whoever calls. */
  closeTab: {
    tab: bigint;
  };
  /** Puts a commitment on chain: pays `open_fee` to the operator and sets `max_ticks × rate` aside from the tab. The caller, whoever it is, pays the deposit for the record and gets it back when the channel ends. */
  openChannel: {
    commitment: Commitment;
    signature: Hex;
  };
  /** Opens several channels. Each item stands alone: one that fails emits `ItemFailed`, and the others stand. */
  openBatch: {
    items: OpenItem[];
  };
  /** Pays for the ticks that `preimage` proves beyond what was settled. `hashes` says how many hashes to spend at most; the surplus is refunded. A gap longer than `MaxWalk` is settled in steps. */
  settle: {
    channel: ChannelId;
    ticks: number;
    preimage: Hex;
    hashes: number;
  };
  /** Settles several channels, and ends those marked `close` (for their operator only). Each item stands alone: one that fails emits `ItemFailed`, and the others stand. Each payee gets one transfer at the end. */
  settleBatch: {
    items: SettleItem[];
  };
  /** Asks for a channel's end, as the tab's owner: `Grace` blocks from now, unless it ends sooner by itself. */
  requestClose: {
    channel: ChannelId;
  };
  /** The same without a wallet or a fee: an unsigned transaction that carries the signature of the tab's current session key over SCALE(`"tickstream/close/1"`, genesis hash, channel). */
  requestCloseBySessionKey: {
    channel: ChannelId;
    signature: Hex;
  };
  /** Ends a channel whose time is over: what it did not pay returns to the tab, the deposit to whoever paid it. */
  finalizeChannel: {
    channel: ChannelId;
  };
  /** Pays `amount` plancks from the caller to a stream's payees by their current shares. */
  tip: {
    stream: StreamId;
    amount: Planck;
    note: Hex;
  };
}

/** The order of each call's arguments. */
export const TICK_STREAM_CALL_ARGUMENTS = {
  registerStream: ["rate", "tickMs", "operatorShare", "payees", "operators", "metadata"],
  updateTerms: ["stream", "rate", "operatorShare", "payees"],
  removeTerms: ["stream", "version"],
  updateStream: ["stream", "operators", "metadata"],
  retireStream: ["stream"],
  openTab: ["deposit", "sessionKey", "expiresAt"],
  topUpTab: ["tab", "amount"],
  setSessionKey: ["tab", "sessionKey"],
  closeTab: ["tab"],
  openChannel: ["commitment", "signature"],
  openBatch: ["items"],
  settle: ["channel", "ticks", "preimage", "hashes"],
  settleBatch: ["items"],
  requestClose: ["channel"],
  requestCloseBySessionKey: ["channel", "signature"],
  finalizeChannel: ["channel"],
  tip: ["stream", "amount", "note"],
} as const satisfies { [Call in keyof TickStreamCalls]: readonly (keyof TickStreamCalls[Call])[] };
