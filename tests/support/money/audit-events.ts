// SPDX-License-Identifier: Apache-2.0
// The auditor's reading of a block: events as plain values.

/** A plain value: numbers of any width are `bigint`, bytes and accounts lower-case hexadecimal. */
export type Plain = bigint | string | boolean | null | Plain[] | { [field: string]: Plain };

/** One event; fields are named in camel case. */
export interface ChainEvent {
  pallet: string;
  name: string;
  data: { [field: string]: Plain };
  /** Index of the extrinsic that emitted it; `null` where none did. */
  extrinsic: number | null;
}

/** What the auditor uses of an event record of @polkadot/api. */
export interface EventRecord {
  phase: { isApplyExtrinsic: boolean; asApplyExtrinsic: { toNumber(): number } };
  event: { section: string; method: string; data: Iterable<unknown> & { names: string[] | null } };
}

interface CodecLike {
  toRawType(): string;
  toHex(): string;
}

/** An event record of `System.Events` as the auditor keeps it. */
export function auditedEvent(record: EventRecord): ChainEvent {
  const { event, phase } = record;
  const data: ChainEvent["data"] = {};
  [...event.data].forEach((value, i) => {
    data[camelCase(event.data.names?.[i] ?? String(i))] = plain(value);
  });
  return {
    pallet: event.section,
    name: event.method,
    data,
    extrinsic: phase.isApplyExtrinsic ? phase.asApplyExtrinsic.toNumber() : null,
  };
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function plain(value: unknown): Plain {
  if (value === null) return null;
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([field, codec]) => [String(field), plain(codec)]));
  }
  const codec = value as CodecLike & { isNone?: boolean; unwrap?(): unknown; toBigInt?(): bigint };
  if (typeof codec.unwrap === "function") return codec.isNone === true ? null : plain(codec.unwrap());
  if (typeof codec.toBigInt === "function" && !(value instanceof Uint8Array)) return codec.toBigInt();
  if (value instanceof Uint8Array) return codec.toHex();
  if (Array.isArray(value)) return value.map(plain);
  if (codec.toRawType() === "bool") return (value as { valueOf(): boolean }).valueOf();
  return codec.toHex();
}
