// SPDX-License-Identifier: Apache-2.0
import type { chain, StreamId } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { readStorage, type QueryOptions } from "./storage.ts";

/**
 * A stream's record, or `null` where there is none.
 *
 * @example const stream = await getStream(client, { stream: streamId(1), at: "finalized" });
 */
export async function getStream(
  client: ChainClient,
  params: { stream: StreamId } & QueryOptions,
): Promise<chain.Stream | null> {
  const { stream, at } = params;
  return (await read(client, "streams", [stream], at)) as chain.Stream | null;
}

/**
 * One version of a stream's terms, or `null` where it is not stored.
 *
 * @example const terms = await getTerms(client, { stream: streamId(1), version: 2 });
 */
export async function getTerms(
  client: ChainClient,
  params: { stream: StreamId; version: number } & QueryOptions,
): Promise<chain.Terms | null> {
  const { stream, version, at } = params;
  return (await read(client, "termsOf", [stream, version], at)) as chain.Terms | null;
}

function read(client: ChainClient, item: string, keys: unknown[], at: QueryOptions["at"]): Promise<unknown> {
  return readStorage(client, { pallet: "tickStream", item, keys, at });
}
