// SPDX-License-Identifier: Apache-2.0
import { base64Encode } from "@polkadot/util-crypto";
import type { Hex } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import type { Runtime } from "../client/runtime.ts";
import { getToken } from "../queries/chain.ts";

/** A chain as wallet extensions want it described: `MetadataDef` of `@polkadot/extension-inject`. */
export interface WalletChainDescription {
  /** The chain's own name. */
  chain: string;
  chainType: "substrate";
  genesisHash: Hex;
  icon: string;
  specVersion: number;
  ss58Format: number;
  tokenDecimals: number;
  tokenSymbol: string;
  /** None: the metadata has them. */
  types: Record<string, string>;
  /** The calls' part of the runtime's metadata, in base64: enough to show and to sign a call. */
  metaCalls: string;
}

/** Encoding the metadata takes a moment: once a runtime. */
const described = new WeakMap<Runtime, Promise<WalletChainDescription>>();

/**
 * What a wallet needs to show this chain's calls by name.
 *
 * @example await injected.metadata.provide(await describeForWallets(client));
 */
export function describeForWallets(client: ChainClient): Promise<WalletChainDescription> {
  const { connection, runtime } = client.internals;
  let description = described.get(runtime);
  if (description === undefined) {
    description = describe(client, connection.request<string>("system_chain"));
    described.set(runtime, description);
    description.catch(() => described.delete(runtime));
  }
  return description;
}

async function describe(client: ChainClient, name: Promise<string>): Promise<WalletChainDescription> {
  const { runtime } = client.internals;
  const { decimals, symbol, ss58Prefix } = getToken(client);
  return {
    chain: await name,
    chainType: "substrate",
    genesisHash: client.genesisHash,
    icon: "substrate",
    specVersion: runtime.version.specVersion.toNumber(),
    ss58Format: ss58Prefix,
    tokenDecimals: decimals,
    tokenSymbol: symbol,
    types: {},
    metaCalls: base64Encode(runtime.callsMetadata()),
  };
}
