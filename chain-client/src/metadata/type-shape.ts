// SPDX-License-Identifier: Apache-2.0
import type { MetadataLatest, SiLookupTypeId } from "@polkadot/types/interfaces";
import type { Si1Field, Si1Type } from "@polkadot/types/interfaces/scaleInfo";

/** What a type of the runtime looks like once it is decoded to plain values. */
export type TypeShape =
  | { kind: "uint"; bits: number }
  | { kind: "bool" }
  | { kind: "text" }
  /** Bytes of a fixed length, or of any (`null`). */
  | { kind: "bytes"; length: number | null }
  | { kind: "account" }
  | { kind: "hash" }
  /** Why a call failed; decoded with the runtime's own names and sentences. */
  | { kind: "dispatch-error" }
  | { kind: "list"; item: TypeShape }
  | { kind: "tuple"; items: TypeShape[] }
  | { kind: "option"; item: TypeShape }
  | { kind: "struct"; name: string; fields: FieldShape[] }
  | { kind: "enum"; name: string; variants: VariantShape[] };

/** A named value: a field of a struct, an argument of a call. Tuple-like fields are named by their index. */
export interface FieldShape {
  name: string;
  /** What the Rust source calls its type: `StreamId` where the shape says only `u64`. */
  typeName: string;
  shape: TypeShape;
  docs: string[];
}

/** One of an enum's cases, one call, one event or one error. */
export interface VariantShape {
  name: string;
  index: number;
  fields: FieldShape[];
  docs: string[];
}

/** The shape of a type by its id in the metadata. */
export function shapeOf(metadata: MetadataLatest, id: SiLookupTypeId): TypeShape {
  const type = metadata.lookup.getSiType(id);
  const path = type.path.map((segment) => segment.toString()).join("::");
  if (path === "sp_core::crypto::AccountId32") return { kind: "account" };
  if (path === "primitive_types::H256") return { kind: "hash" };
  if (path === "sp_runtime::DispatchError") return { kind: "dispatch-error" };
  const inner = (inside: SiLookupTypeId) => shapeOf(metadata, inside);
  const { def } = type;
  if (def.isPrimitive) return primitive(def.asPrimitive.type);
  if (def.isCompact) return inner(def.asCompact.type);
  if (def.isSequence) return listOf(inner(def.asSequence.type), null);
  if (def.isArray) return listOf(inner(def.asArray.type), def.asArray.len.toNumber());
  if (def.isTuple) return { kind: "tuple", items: def.asTuple.map(inner) };
  if (def.isComposite) return composite(metadata, type);
  if (def.isVariant && path === "Option") return { kind: "option", item: inner(optionItem(type)) };
  if (def.isVariant) return { kind: "enum", name: nameOf(type), variants: variantsOf(metadata, id) };
  throw new Error(`the runtime's type ${path || def.type} has no plain form here yet`);
}

/** The cases of an enum by its id in the metadata, in the order of their indices. */
export function variantsOf(metadata: MetadataLatest, id: SiLookupTypeId): VariantShape[] {
  return metadata.lookup
    .getSiType(id)
    .def.asVariant.variants.map((variant) => ({
      name: variant.name.toString(),
      index: variant.index.toNumber(),
      fields: fieldsOf(metadata, variant.fields),
      docs: variant.docs.map((line) => line.toString()),
    }))
    .toSorted((a, b) => a.index - b.index);
}

function fieldsOf(metadata: MetadataLatest, fields: readonly Si1Field[]): FieldShape[] {
  return fields.map((field, index) => ({
    name: field.name.isSome ? field.name.unwrap().toString() : String(index),
    typeName: field.typeName.isSome ? field.typeName.unwrap().toString() : "",
    shape: shapeOf(metadata, field.type),
    docs: field.docs.map((line) => line.toString()),
  }));
}

/** A struct; one with a single unnamed field (`BoundedVec`, `Perbill`) is just what it wraps. */
function composite(metadata: MetadataLatest, type: Si1Type): TypeShape {
  const fields = fieldsOf(metadata, type.def.asComposite.fields);
  const [only] = fields;
  if (fields.length === 1 && only?.name === "0") return only.shape;
  return { kind: "struct", name: nameOf(type), fields };
}

function primitive(name: string): TypeShape {
  const uint = /^U(8|16|32|64|128)$/.exec(name);
  if (uint) return { kind: "uint", bits: Number(uint[1]) };
  if (name === "Bool") return { kind: "bool" };
  if (name === "Str") return { kind: "text" };
  throw new Error(`the runtime's primitive ${name} has no plain form here yet`);
}

function listOf(item: TypeShape, length: number | null): TypeShape {
  return item.kind === "uint" && item.bits === 8 ? { kind: "bytes", length } : { kind: "list", item };
}

function optionItem(type: Si1Type): SiLookupTypeId {
  const some = type.def.asVariant.variants.find((variant) => variant.name.toString() === "Some");
  const field = some?.fields[0];
  if (field === undefined) throw new Error("an Option without a value");
  return field.type;
}

function nameOf(type: Si1Type): string {
  return type.path.at(-1)?.toString() ?? "";
}
