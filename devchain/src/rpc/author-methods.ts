// SPDX-License-Identifier: Apache-2.0
import { fromHex, hexLength } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { ScaleReader } from "../codec/scale.ts";
import type { StatusListener } from "../transactions/transaction-pool.ts";
import { TransactionRefused } from "../transactions/transaction-refused.ts";
import { hexParam } from "./rpc-method.ts";
import type { RpcContext, RpcMethods } from "./rpc-method.ts";

/** An extrinsic's bytes begin with the length of the rest. */
function extrinsicParam(params: readonly unknown[]): Hex {
  const bytes = hexParam(params, 0, "extrinsic");
  try {
    const reader = new ScaleReader(fromHex(bytes));
    const length = Number(reader.compact());
    if (length > 0 && reader.offset + length === hexLength(bytes)) return bytes;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw TransactionRefused.badFormat();
}

async function submitAndWatch(
  params: readonly unknown[],
  { chain, subscribe, unsubscribe }: RpcContext,
): Promise<string> {
  const bytes = extrinsicParam(params);
  const subscription = subscribe("author_extrinsicUpdate");
  const listener: StatusListener = (status) => subscription.notify(status);
  try {
    const hash = await chain.submit(bytes, listener);
    subscription.onEnd(() => chain.pool.get(hash)?.listeners.delete(listener));
  } catch (error) {
    unsubscribe(subscription.id);
    throw error;
  }
  return subscription.id;
}

export const authorMethods: RpcMethods = {
  author_submitExtrinsic: (params, { chain }) => chain.submit(extrinsicParam(params)),
  author_submitAndWatchExtrinsic: submitAndWatch,
  author_unwatchExtrinsic: (params, { unsubscribe }) => unsubscribe(String(params[0])),
  author_pendingExtrinsics: (_, { chain }) => chain.pool.pending(),
};
