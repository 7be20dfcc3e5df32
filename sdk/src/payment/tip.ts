// SPDX-License-Identifier: Apache-2.0
import { streamId, type Hex, type Planck } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
import { SdkError } from "../errors.ts";
import {
  followTransaction,
  transactionSigner,
  type TransactionOptions,
} from "../wallet/follow-transaction.ts";

/** Bytes of UTF-8 that the chain takes for a note. */
export const MAX_TIP_NOTE_BYTES = 256;

export interface TipOptions extends TransactionOptions {
  client: TickstreamClient;
  /** The stream's id on the chain. */
  stream: string;
  /** Plancks from the wallet's free balance; they go to the payees by their shares. */
  amount: Planck;
  /** Everybody can read it: it stands in the chain's event. */
  note?: string | undefined;
}

/** Where a tip stands on the chain. */
export interface Tip {
  hash: Hex;
  block: number;
}

/**
 * Tips a stream: one signature of the wallet, whatever the session spends. Resolves when a block has it.
 *
 * @example await tip({ client, wallet, stream: "1", amount: parseAmount("0.5", token), note: "Bravo" });
 * @throws SdkError `tip-note-too-long`, `stream-free` (a free stream has no payees on the chain)
 */
export async function tip(options: TipOptions): Promise<Tip> {
  const { client, amount, note = "", onStep } = options;
  if (new TextEncoder().encode(note).length > MAX_TIP_NOTE_BYTES) {
    throw new SdkError("tip-note-too-long", `A note takes at most ${MAX_TIP_NOTE_BYTES} bytes.`);
  }
  if (!/^[0-9]+$/.test(options.stream)) {
    throw new SdkError("stream-free", "This stream is free: the chain knows nobody to tip.");
  }
  onStep?.("connecting");
  const [chainClient, chain] = await Promise.all([import("@tickstream/chain-client"), client.chain()]);
  const signer = transactionSigner(chain, options);
  const stream = streamId(options.stream);
  const handle = chainClient.tip(chain, { signer, stream, amount, note });
  const { hash, block } = await followTransaction(handle, options);
  return { hash, block: block.number };
}
