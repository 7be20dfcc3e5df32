// SPDX-License-Identifier: Apache-2.0
import type { Call as CallCodec } from "@polkadot/types/interfaces";
import { chain } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { fromPlain } from "../codec/from-plain.ts";
import type { ChainEvent } from "../events/chain-event.ts";
import type { TransactionSigner } from "./signer.ts";
import { submitTransaction, type SubmitOptions } from "./submit-transaction.ts";
import type { TransactionHandle } from "./transaction-handle.ts";

/** What every action takes besides its own parameters. */
export interface ActionOptions extends SubmitOptions {
  /** Who signs and pays the fee. */
  signer: TransactionSigner;
}

/** Submits one of the tick-stream pallet's calls. Actions are this and names. */
export function submitCall<Call extends keyof chain.TickStreamCalls, T>(
  client: ChainClient,
  call: Call,
  args: chain.TickStreamCalls[Call],
  options: SubmitOptions & { signer: TransactionSigner | null; value: (events: ChainEvent[]) => T },
): TransactionHandle<T> {
  return submitTransaction(client, { ...options, call: () => palletCall(client, call, args) });
}

/** One of the tick-stream pallet's calls, encoded for the runtime of the moment. */
export function palletCall<Call extends keyof chain.TickStreamCalls>(
  client: ChainClient,
  call: Call,
  args: chain.TickStreamCalls[Call],
): CallCodec {
  const order: readonly string[] = chain.TICK_STREAM_CALL_ARGUMENTS[call];
  const values = order.map((name) => fromPlain((args as Record<string, unknown>)[name]));
  return client.internals.runtime.call("tickStream", call, values);
}

/** For actions whose outcome is only that they happened. */
export function nothing(): void {}
