// SPDX-License-Identifier: Apache-2.0
import type { Chain } from "../blocks/chain.ts";
import { headerToJson } from "../blocks/header.ts";
import type { Hex } from "../codec/hex.ts";
import { INVALID_PARAMS, RpcError } from "./rpc-error.ts";
import { hashParam, numberParam } from "./rpc-method.ts";
import type { RpcContext, RpcMethod, RpcMethods } from "./rpc-method.ts";

const MAX_NUMBERS = 256;

async function getBlockHash(params: readonly unknown[], { chain }: RpcContext): Promise<unknown> {
  const wanted = params[0];
  if (wanted === undefined || wanted === null) return chain.head.hash;
  if (!Array.isArray(wanted)) return hashOf(chain, params, 0);
  if (wanted.length > MAX_NUMBERS)
    throw new RpcError(INVALID_PARAMS, `Invalid params: at most ${MAX_NUMBERS} numbers`);
  return Promise.all(wanted.map((_, index) => hashOf(chain, wanted, index)));
}

async function hashOf(chain: Chain, params: readonly unknown[], index: number): Promise<Hex | null> {
  return (await chain.hashAt(numberParam(params, index, "block number"))) ?? null;
}

async function getHeader(params: readonly unknown[], { chain }: RpcContext): Promise<unknown> {
  const block = await chain.block(hashParam(params, 0) ?? chain.head.hash);
  return block === undefined ? null : headerToJson(block.header);
}

async function getBlock(params: readonly unknown[], { chain }: RpcContext): Promise<unknown> {
  const block = await chain.block(hashParam(params, 0) ?? chain.head.hash);
  if (block === undefined) return null;
  return {
    block: { header: headerToJson(block.header), extrinsics: block.extrinsics },
    justifications: null,
  };
}

/** Headers of the newest block and all that follow. */
function subscribeHeads(notification: string): RpcMethod {
  return (_, { chain, subscribe }) => {
    const subscription = subscribe(notification);
    const current = chain.head.header;
    subscription.notify(headerToJson(current));
    subscription.onEnd(chain.onHead((head) => subscription.notify(headerToJson(head.header))));
    return subscription.id;
  };
}

/** Headers of the newest final block and all that follow. */
const subscribeFinalized: RpcMethod = (_, { chain, subscribe }) => {
  const subscription = subscribe("chain_finalizedHead");
  const current = chain.finalized.header;
  subscription.notify(headerToJson(current));
  subscription.onEnd(chain.onFinalized((block) => subscription.notify(headerToJson(block.header))));
  return subscription.id;
};

const unsubscribe: RpcMethod = (params, context) => context.unsubscribe(String(params[0]));

export const chainMethods: RpcMethods = {
  chain_getBlockHash: getBlockHash,
  chain_getHead: getBlockHash,
  chain_getFinalizedHead: (_, { chain }) => chain.finalized.hash,
  chain_getFinalisedHead: (_, { chain }) => chain.finalized.hash,
  chain_getHeader: getHeader,
  chain_getBlock: getBlock,
  chain_subscribeNewHeads: subscribeHeads("chain_newHead"),
  chain_subscribeNewHead: subscribeHeads("chain_newHead"),
  chain_subscribeAllHeads: subscribeHeads("chain_allHead"),
  chain_subscribeFinalizedHeads: subscribeFinalized,
  chain_subscribeFinalisedHeads: subscribeFinalized,
  chain_unsubscribeNewHeads: unsubscribe,
  chain_unsubscribeNewHead: unsubscribe,
  chain_unsubscribeAllHeads: unsubscribe,
  chain_unsubscribeFinalizedHeads: unsubscribe,
  chain_unsubscribeFinalisedHeads: unsubscribe,
};
