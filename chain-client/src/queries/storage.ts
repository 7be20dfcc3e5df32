// SPDX-License-Identifier: Apache-2.0
import { hexToBytes, type Hex } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { storageKey, storagePrefix, storageType } from "../client/runtime.ts";
import { toPlain, type Plain } from "../codec/to-plain.ts";

/** Which block's state is asked: the newest, the newest final one, or any that the chain still has. */
export type At = "best" | "finalized" | Hex;

/** What every query takes besides its own parameters. */
export interface QueryOptions {
  /** `best` by default. */
  at?: At;
}

/** How many keys one request lists. */
const PAGE = 256;

function blockHash(client: ChainClient, at: At = "best"): Hex {
  if (at === "best") return client.bestHead().hash;
  return at === "finalized" ? client.finalizedHead().hash : at;
}

/** One storage value as plain data, or `null` where there is none. */
export async function readStorage(
  client: ChainClient,
  params: { pallet: string; item: string; keys: unknown[]; at: At | undefined },
): Promise<Plain> {
  const { connection, runtime } = client.internals;
  const entry = runtime.storage(params.pallet, params.item);
  const key = storageKey(entry, params.keys);
  const hash = blockHash(client, params.at);
  const bytes = await connection.request<Hex | null>("state_getStorage", [key, hash]);
  if (bytes === null) return null;
  return toPlain(runtime.registry.createTypeUnsafe(storageType(runtime.registry, entry), [bytes]));
}

/**
 * The last `length` bytes of each key that begins with these: the key's last part itself, where its hasher keeps
 * it (`Twox64Concat`, `Identity`). At most `limit`, in the chain's order.
 */
export async function readKeys(
  client: ChainClient,
  params: { item: string; keys: unknown[]; length: number; limit: number; at: At | undefined },
): Promise<Uint8Array[]> {
  const entry = client.internals.runtime.storage("tickStream", params.item);
  const prefix = storagePrefix(entry, params.keys);
  const hash = blockHash(client, params.at);
  const found: Uint8Array[] = [];
  let after: Hex | null = null;
  while (found.length < params.limit) {
    const page = Math.min(PAGE, params.limit - found.length);
    const keys: Hex[] = await client.internals.connection.request<Hex[]>("state_getKeysPaged", [
      prefix,
      page,
      after,
      hash,
    ]);
    found.push(...keys.map((key) => hexToBytes(key).slice(-params.length)));
    if (keys.length < page) break;
    after = keys.at(-1) ?? null;
  }
  return found;
}
