// SPDX-License-Identifier: Apache-2.0
import type { Hex } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import type { Head } from "../client/heads.ts";
import { tickStreamEvents, type TickStreamChainEvent } from "../events/chain-event.ts";

/**
 * The hash of the best chain's block of this number, or `null` where there is none yet.
 *
 * @example const hash = await getBlockHash(client, { number: 5 });
 */
export async function getBlockHash(client: ChainClient, params: { number: number }): Promise<Hex | null> {
  return client.internals.connection.request<Hex | null>("chain_getBlockHash", [params.number]);
}

/**
 * What the tick-stream pallet did in one block; `null` where there is no such block yet. Chains forget the events of old
 * blocks, unless they keep an archive: that is a ChainRequestError.
 *
 * @example const found = await getBlockEvents(client, { number: 5 });
 */
export async function getBlockEvents(
  client: ChainClient,
  params: { number: number },
): Promise<{ block: Head; events: TickStreamChainEvent[] } | null> {
  const hash = await getBlockHash(client, params);
  if (hash === null) return null;
  const events = await client.internals.blocks.events(hash);
  return { block: { number: params.number, hash }, events: tickStreamEvents(events) };
}
