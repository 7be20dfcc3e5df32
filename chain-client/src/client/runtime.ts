// SPDX-License-Identifier: Apache-2.0
import { expandMetadata, Metadata, TypeRegistry } from "@polkadot/types";
import type { Call, ChainProperties, MetadataLatest, RuntimeVersion } from "@polkadot/types/interfaces";
import type { StorageEntry } from "@polkadot/types/primitive/types";
import type { Codec } from "@polkadot/types-codec/types";
import { compactStripLength, u8aToHex } from "@polkadot/util";
import { chain, type Hex } from "@tickstream/contracts-types";
import { ChainMismatchError } from "../errors.ts";
import { describePallet, hashPallet } from "../metadata/describe-pallet.ts";
import type { Connection } from "./connection.ts";

/** What a chain's runtime says of itself: how its calls are encoded and its values decoded. */
export interface Runtime {
  readonly registry: TypeRegistry;
  readonly metadata: MetadataLatest;
  /** Which version it is: part of what transactions sign. */
  readonly version: RuntimeVersion;
  /** A call by the names that JavaScript uses: `call("tickStream", "openTab", [...])`. */
  call(pallet: string, name: string, args: unknown[]): Call;
  storage(pallet: string, item: string): StorageEntry;
  /** The metadata's calls alone, as wallets keep them. */
  callsMetadata(): Uint8Array;
  /** All constants of a pallet. */
  constants(pallet: string): Record<string, Codec>;
}

/**
 * Asks a chain for its runtime's metadata. This is all that is needed of `ApiPromise`, which would come with
 * subscriptions and timers of its own.
 *
 * @param at the block after which it is asked for; the newest where left out
 */
export async function loadRuntime(connection: Connection, at?: Hex): Promise<Runtime> {
  const where = at === undefined ? [] : [at];
  const [metadataBytes, versionJson, properties] = await Promise.all([
    connection.request<Hex>("state_getMetadata", where),
    connection.request<object>("state_getRuntimeVersion", where),
    connection.request<object>("system_properties"),
  ]);
  const registry = new TypeRegistry();
  const metadata = new Metadata(registry, metadataBytes);
  registry.setChainProperties(registry.createTypeUnsafe<ChainProperties>("ChainProperties", [properties]));
  // The last argument: extensions unknown here are no reason to warn on the console.
  registry.setMetadata(metadata, undefined, undefined, true);
  const { tx, query, consts } = expandMetadata(registry, metadata);
  const known = <T>(what: T | undefined, name: string): T => {
    if (what === undefined) throw new ChainMismatchError("chain-incompatible", `it has no ${name}`);
    return what;
  };
  return {
    registry,
    metadata: metadata.asLatest,
    version: registry.createTypeUnsafe<RuntimeVersion>("RuntimeVersion", [versionJson]),
    call: (pallet, name, args) => known(tx[pallet]?.[name], `call ${pallet}.${name}`)(...args),
    storage: (pallet, item) => known(query[pallet]?.[item], `storage ${pallet}.${item}`),
    callsMetadata: () => metadata.asCallsOnly.toU8a(),
    constants: (pallet) => ({ ...known(consts[pallet], `pallet ${pallet}`) }),
  };
}

/** The key of a storage item, or of one of a map's values. */
export function storageKey(entry: StorageEntry, keys: unknown[] = []): Hex {
  return u8aToHex(compactStripLength(entry(...keys))[1]);
}

/** The key that all of a map's keys begin with, or those of its values under the first `keys`. */
export function storagePrefix(entry: StorageEntry, keys: unknown[]): Hex {
  return u8aToHex(entry.keyPrefix(...keys));
}

/** The registry's name for the type of a storage item's values. */
export function storageType(registry: TypeRegistry, { meta: { type } }: StorageEntry): string {
  return registry.createLookupType(type.isMap ? type.asMap.value : type.asPlain);
}

/**
 * That a runtime has the tick-stream pallet which this program's types were generated from.
 *
 * @throws ChainMismatchError
 */
export function checkPallet(metadata: MetadataLatest): void {
  const pallet = describePallet(metadata, "TickStream");
  if (pallet === null) throw new ChainMismatchError("chain-without-pallet");
  const fingerprint = hashPallet(pallet);
  if (fingerprint !== chain.TICK_STREAM_FINGERPRINT) {
    const expected = chain.TICK_STREAM_FINGERPRINT;
    throw new ChainMismatchError("chain-incompatible", `its fingerprint is ${fingerprint}, not ${expected}`);
  }
}
