// SPDX-License-Identifier: Apache-2.0
import { decodeAddress } from "@polkadot/util-crypto/address";
import type { Chain } from "../blocks/chain.ts";
import { concatHex, fromHex, isHex, toHex } from "../codec/hex.ts";
import { ScaleReader, u32le } from "../codec/scale.ts";
import { systemAccountKey } from "../execution/storage-keys.ts";
import { INVALID_PARAMS, RpcError } from "./rpc-error.ts";
import { stringParam } from "./rpc-method.ts";
import type { RpcMethods } from "./rpc-method.ts";

const PROPERTIES = { ss58Format: 42, tokenDecimals: 12, tokenSymbol: "UNIT" };

function accountParam(params: readonly unknown[]): Uint8Array {
  const text = stringParam(params, 0, "account");
  let account: Uint8Array;
  try {
    account = isHex(text) ? fromHex(text) : decodeAddress(text);
  } catch {
    throw new RpcError(INVALID_PARAMS, "Invalid params: not an address");
  }
  if (account.length !== 32) throw new RpcError(INVALID_PARAMS, "Invalid params: an account has 32 bytes");
  return account;
}

/** The nonce for an account's next transaction, after all that wait in the pool (whose tag is account and nonce). */
function nextNonce(chain: Chain, account: Uint8Array): number {
  const info = chain.headState.get(systemAccountKey(account));
  let nonce = info === undefined ? 0 : new ScaleReader(fromHex(info)).u32();
  while (chain.pool.provides(concatHex(toHex(account), toHex(u32le(nonce))))) nonce++;
  return nonce;
}

export const systemMethods: RpcMethods = {
  system_name: () => "Tickstream devchain",
  system_version: () => "0.1.0",
  system_chain: () => "Tickstream Development",
  system_chainType: () => "Development",
  system_properties: () => PROPERTIES,
  system_health: () => ({ peers: 0, isSyncing: false, shouldHavePeers: false }),
  system_peers: () => [],
  system_nodeRoles: () => ["Authority"],
  system_localPeerId: () => "",
  system_localListenAddresses: () => [],
  system_syncState: (_, { chain }) => ({
    startingBlock: 0,
    currentBlock: chain.head.number,
    highestBlock: chain.head.number,
  }),
  system_accountNextIndex: (params, { chain }) => nextNonce(chain, accountParam(params)),
  account_nextIndex: (params, { chain }) => nextNonce(chain, accountParam(params)),
};
