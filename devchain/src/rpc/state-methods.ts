// SPDX-License-Identifier: Apache-2.0
import { blake2AsHex } from "@polkadot/util-crypto/blake2";
import type { Chain } from "../blocks/chain.ts";
import { fromHex, hexLength } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { toHex } from "../codec/hex.ts";
import { ScaleReader } from "../codec/scale.ts";
import { decodeRuntimeVersion } from "../execution/runtime-version.ts";
import type { StateView } from "../execution/state.ts";
import { CODE_KEY } from "../execution/storage-keys.ts";
import { RpcError } from "./rpc-error.ts";
import { hashParam, hexParam, keysParam, numberParam, stringParam } from "./rpc-method.ts";
import type { RpcContext, RpcMethods } from "./rpc-method.ts";

const MAX_KEYS = 1_000;
const UNKNOWN_BLOCK = 4003;

/** Results of metadata and version calls, which depend on the code only. */
const CONSTANT_CALLS = /^(Metadata_|Core_version$)/;
const CONSTANTS_KEPT = 16;

/** The code's constant answers, one store a chain. */
const constants = new WeakMap<Chain, Map<string, Promise<Hex>>>();

/** Runs a runtime call on the state after a block. */
export async function runtimeCall(
  chain: Chain,
  method: string,
  data: Hex,
  at: Hex | undefined,
): Promise<Hex> {
  const hash = at ?? chain.head.hash;
  if (!CONSTANT_CALLS.test(method) || hash !== chain.head.hash) return callAt(chain, method, data, hash);
  let answers = constants.get(chain);
  if (answers === undefined) constants.set(chain, (answers = new Map()));
  const code = chain.headState.get(CODE_KEY) ?? "0x";
  const key = `${code.length}:${code.slice(-512)}:${method}:${data}`;
  let answer = answers.get(key);
  if (answer === undefined) {
    answer = callAt(chain, method, data, hash);
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    const oldest = answers.keys().next();
    if (answers.size > CONSTANTS_KEPT && !oldest.done) answers.delete(oldest.value);
  }
  return answer;
}

async function callAt(chain: Chain, method: string, data: Hex, at: Hex): Promise<Hex> {
  if (chain.recentState(at) === undefined) throw unknownState(at);
  return (await chain.executor.run(at, [[method, data]])).result;
}

function unknownState(hash: Hex): RpcError {
  return new RpcError(UNKNOWN_BLOCK, "Client error: UnknownBlock", `The state of block ${hash} is not kept`);
}

/** Reads the state after a block with a function that awaits nothing. */
async function readState<T>(chain: Chain, at: Hex | undefined, read: (view: StateView) => T): Promise<T> {
  const hash = at ?? chain.head.hash;
  const recent = chain.recentState(hash);
  if (recent !== undefined) return read(recent);
  const archived = await chain.archivedState(hash);
  if (archived === undefined) throw unknownState(hash);
  return read(archived);
}

function keysFrom(view: StateView, prefix: Hex, count: number, start: Hex | undefined): Hex[] {
  const keys: Hex[] = [];
  if (start === undefined && view.get(prefix) !== undefined) keys.push(prefix);
  let key = view.nextKey(prefix, start ?? prefix);
  while (key !== undefined && keys.length < count) {
    keys.push(key);
    key = view.nextKey(prefix, key);
  }
  return keys;
}

async function subscribeStorage(
  params: readonly unknown[],
  { chain, subscribe }: RpcContext,
): Promise<string> {
  const keys = keysParam(params, 0, MAX_KEYS);
  const subscription = subscribe("state_storage");
  const wanted = new Set(keys);
  const read = keys.map((key) => [key, chain.headState.get(key) ?? null]);
  const block = chain.head.hash;
  subscription.notify({ block, changes: read });
  subscription.onEnd(
    chain.onHead((head) => {
      const changes = head.changes.filter(([key]) => wanted.has(key));
      if (changes.length > 0) subscription.notify({ block: head.hash, changes });
    }),
  );
  return subscription.id;
}

async function runtimeVersion(chain: Chain, at?: Hex): Promise<object> {
  return decodeRuntimeVersion(await runtimeCall(chain, "Core_version", "0x", at));
}

async function subscribeRuntimeVersion(
  _: readonly unknown[],
  { chain, subscribe }: RpcContext,
): Promise<string> {
  const version = await runtimeVersion(chain);
  const subscription = subscribe("state_runtimeVersion");
  subscription.notify(version);
  const announce = async (): Promise<void> => {
    subscription.notify(await runtimeVersion(chain));
  };
  subscription.onEnd(
    chain.onHead((head) => {
      // A failing call here means that the chain is stopping.
      if (head.changes.some(([key]) => key === CODE_KEY)) announce().catch(() => subscription.end());
    }),
  );
  return subscription.id;
}

async function queryStorageAt(params: readonly unknown[], { chain }: RpcContext): Promise<unknown> {
  const keys = keysParam(params, 0, MAX_KEYS);
  const at = hashParam(params, 1) ?? chain.head.hash;
  return readState(chain, at, (view) => [
    { block: at, changes: keys.map((key) => [key, view.get(key) ?? null]) },
  ]);
}

async function getStorage(params: readonly unknown[], { chain }: RpcContext): Promise<Hex | null> {
  const key = hexParam(params, 0, "key");
  return readState(chain, hashParam(params, 1), (view) => view.get(key) ?? null);
}

async function getKeysPaged(params: readonly unknown[], { chain }: RpcContext): Promise<Hex[]> {
  const prefix = hexParam(params, 0, "prefix");
  const count = numberParam(params, 1, "count");
  if (count > MAX_KEYS)
    throw new RpcError(4002, `count exceeds maximum value. value: ${count}, max: ${MAX_KEYS}`);
  const start = params[2] === undefined || params[2] === null ? undefined : hexParam(params, 2, "start key");
  return readState(chain, hashParam(params, 3), (view) => keysFrom(view, prefix, count, start));
}

export const stateMethods: RpcMethods = {
  state_call: (params, { chain }) =>
    runtimeCall(chain, stringParam(params, 0, "method"), hexParam(params, 1, "data"), hashParam(params, 2)),
  state_getMetadata: async (params, { chain }) => {
    const result = await runtimeCall(chain, "Metadata_metadata", "0x", hashParam(params, 0));
    return toHex(new ScaleReader(fromHex(result)).bytes());
  },
  state_getRuntimeVersion: (params, { chain }) => runtimeVersion(chain, hashParam(params, 0)),
  state_getStorage: getStorage,
  state_getStorageHash: async (params, context) => {
    const value = await getStorage(params, context);
    return value === null ? null : blake2AsHex(fromHex(value), 256);
  },
  state_getStorageSize: async (params, context) => {
    const value = await getStorage(params, context);
    return value === null ? null : hexLength(value);
  },
  state_getKeysPaged: getKeysPaged,
  state_getKeys: (params, context) => getKeysPaged([params[0], MAX_KEYS, null, params[1]], context),
  state_queryStorageAt: queryStorageAt,
  state_subscribeStorage: subscribeStorage,
  state_unsubscribeStorage: (params, { unsubscribe }) => unsubscribe(String(params[0])),
  state_subscribeRuntimeVersion: subscribeRuntimeVersion,
  state_unsubscribeRuntimeVersion: (params, { unsubscribe }) => unsubscribe(String(params[0])),
};
