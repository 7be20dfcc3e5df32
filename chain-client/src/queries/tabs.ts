// SPDX-License-Identifier: Apache-2.0
import type { AccountId, chain } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { readKeys, readStorage, type QueryOptions } from "./storage.ts";

/**
 * A tab's record, or `null` where there is none (any more).
 *
 * @example const free = (await getTab(client, { tab: 5n }))?.free;
 */
export async function getTab(
  client: ChainClient,
  params: { tab: bigint } & QueryOptions,
): Promise<chain.Tab | null> {
  const { tab, at } = params;
  const value: unknown = await readStorage(client, { pallet: "tickStream", item: "tabs", keys: [tab], at });
  return value as chain.Tab | null;
}

/**
 * The ids of the tabs that a wallet owns, the first of them where it has more than `limit` (256 by default).
 *
 * @example const tabs = await getTabsOf(client, { owner: accountId(viewer.publicKey) });
 */
export async function getTabsOf(
  client: ChainClient,
  params: { owner: AccountId; limit?: number } & QueryOptions,
): Promise<bigint[]> {
  const { owner, limit = 256, at } = params;
  const keys = await readKeys(client, { item: "tabsOf", keys: [owner], length: 8, limit, at });
  return keys.map((key) => key.reduceRight((id, byte) => (id << 8n) | BigInt(byte), 0n));
}
