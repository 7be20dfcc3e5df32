// SPDX-License-Identifier: Apache-2.0
import type { Planck, StreamId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { utf8ToHex } from "../codec/utf8.ts";
import { nothing, submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";

/** What {@link tip} takes. */
export interface TipParams extends ActionOptions {
  stream: StreamId;
  /** Plancks from the signer's free balance. */
  amount: Planck;
  /** Kept in the event only, at most 256 bytes; text is written as UTF-8. */
  note?: string | Uint8Array;
}

/**
 * Pays a stream's payees, by their current shares.
 *
 * @example
 * await tip(client, { signer: viewer, stream, amount: planck(1_000_000_000_000n), note: "Bravo" }).included;
 */
export function tip(client: ChainClient, params: TipParams): TransactionHandle {
  const { stream, amount, note = "", ...options } = params;
  return submitCall(client, "tip", { stream, amount, note: utf8ToHex(note) }, { ...options, value: nothing });
}
