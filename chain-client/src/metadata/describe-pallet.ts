// SPDX-License-Identifier: Apache-2.0
import { Metadata, TypeRegistry } from "@polkadot/types";
import type { MetadataLatest, StorageEntryTypeLatest } from "@polkadot/types/interfaces";
import { blake2AsHex } from "@polkadot/util-crypto";
import type { Hex } from "@tickstream/contracts-types";
import { shapeOf, variantsOf, type TypeShape, type VariantShape } from "./type-shape.ts";

/** All that a client has to know of a pallet, as plain data. */
export interface PalletDescription {
  name: string;
  calls: VariantShape[];
  events: VariantShape[];
  errors: VariantShape[];
  storage: StorageDescription[];
  constants: ConstantDescription[];
}

/** One storage item; `keys` is empty for a single value. */
export interface StorageDescription {
  name: string;
  docs: string[];
  keys: { hasher: string; shape: TypeShape }[];
  value: TypeShape;
  /** Whether a missing value reads as nothing (else as its default). */
  optional: boolean;
}

/** One constant, with its SCALE-encoded value. */
export interface ConstantDescription {
  name: string;
  docs: string[];
  shape: TypeShape;
  value: Uint8Array;
}

/** A runtime's metadata as it gives it: SCALE-encoded, with its prefix and version. */
export function decodeMetadata(encoded: Uint8Array): MetadataLatest {
  return new Metadata(new TypeRegistry(), encoded).asLatest;
}

/** What a runtime's metadata says of one of its pallets; `null` where it has none of this name. */
export function describePallet(metadata: MetadataLatest, name: string): PalletDescription | null {
  const pallet = metadata.pallets.find((candidate) => candidate.name.toString() === name);
  if (pallet === undefined) return null;
  const docsOf = (docs: readonly { toString(): string }[]) => docs.map((line) => line.toString());
  return {
    name,
    calls: pallet.calls.isSome ? variantsOf(metadata, pallet.calls.unwrap().type) : [],
    events: pallet.events.isSome ? variantsOf(metadata, pallet.events.unwrap().type) : [],
    errors: pallet.errors.isSome ? variantsOf(metadata, pallet.errors.unwrap().type) : [],
    storage: (pallet.storage.isSome ? [...pallet.storage.unwrap().items] : []).map((item) => ({
      name: item.name.toString(),
      docs: docsOf(item.docs),
      keys: item.type.isMap ? keysOf(metadata, item.type.asMap) : [],
      value: shapeOf(metadata, item.type.isMap ? item.type.asMap.value : item.type.asPlain),
      optional: item.modifier.isOptional,
    })),
    constants: pallet.constants.map((constant) => ({
      name: constant.name.toString(),
      docs: docsOf(constant.docs),
      shape: shapeOf(metadata, constant.type),
      value: constant.value.toU8a(true),
    })),
  };
}

function keysOf(metadata: MetadataLatest, map: StorageEntryTypeLatest["asMap"]): StorageDescription["keys"] {
  const hashers = map.hashers.map((hasher) => hasher.type);
  const key = shapeOf(metadata, map.key);
  const shapes = hashers.length > 1 && key.kind === "tuple" ? key.items : [key];
  return shapes.map((shape, i) => ({ shape, hasher: hashers[i] ?? "" }));
}

/**
 * A fingerprint of how a pallet is spoken to: its calls, events, errors, storage and constants with their
 * names, indices and shapes. Docs and the constants' values are left out: they may change under a client.
 */
export function hashPallet(pallet: PalletDescription): Hex {
  const withoutDocs = JSON.stringify(pallet, (key, value: unknown) =>
    key === "docs" || value instanceof Uint8Array ? undefined : value,
  );
  return blake2AsHex(withoutDocs, 256);
}
