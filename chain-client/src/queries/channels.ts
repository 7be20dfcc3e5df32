// SPDX-License-Identifier: Apache-2.0
import { channelId, type chain, type ChannelId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { readKeys, readStorage, type QueryOptions } from "./storage.ts";

/**
 * A channel's record, or `null` where it was never opened or has ended.
 *
 * @example const settled = (await getChannel(client, { channel }))?.settled;
 */
export async function getChannel(
  client: ChainClient,
  params: { channel: ChannelId } & QueryOptions,
): Promise<chain.Channel | null> {
  const { channel, at } = params;
  const value: unknown = await readStorage(client, {
    pallet: "tickStream",
    item: "channels",
    keys: [channel],
    at,
  });
  return value as chain.Channel | null;
}

/**
 * The ids of the channels open on a tab, the first of them where it has more than `limit` (256 by default).
 *
 * @example const channels = await getChannelsOf(client, { tab: 5n });
 */
export async function getChannelsOf(
  client: ChainClient,
  params: { tab: bigint; limit?: number } & QueryOptions,
): Promise<ChannelId[]> {
  const { tab, limit = 256, at } = params;
  const keys = await readKeys(client, { item: "channelsOf", keys: [tab], length: 32, limit, at });
  return keys.map((key) => channelId(key));
}
