// SPDX-License-Identifier: Apache-2.0
import { utf8ToHex } from "../codec/utf8.ts";
import type { AccountId, Hex, Planck } from "@tickstream/contracts-types";

/** The price of a stream, and who gets it. */
export interface StreamPrice {
  /** Plancks per tick; 0 opens no channel. */
  rate: Planck;
  /** The operator's part of everything, in parts per billion. */
  operatorShare: number;
  /** Who gets the rest: one to eight accounts, each with its part of it in parts per billion, in sum 1,000,000,000. */
  payees: { account: AccountId; share: number }[];
}

/** What else a stream's record says. */
export interface StreamOffer {
  /** Who may serve the stream: up to four accounts, or none for anybody. */
  operators?: AccountId[];
  /** Anything, at most 1,024 bytes; text is written as UTF-8. */
  metadata?: string | Uint8Array;
}

/** The optional parts, as the pallet takes them. */
export function offerToChain({ operators = [], metadata = "" }: StreamOffer): {
  operators: AccountId[];
  metadata: Hex;
} {
  return { operators, metadata: utf8ToHex(metadata) };
}
