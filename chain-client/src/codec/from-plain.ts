// SPDX-License-Identifier: Apache-2.0

/**
 * Plain data, as contracts-types' generated types name it, in the form that the registry's constructors take:
 * `{ type: "Ed25519", value }` becomes `{ Ed25519: value }`.
 */
export function fromPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const { type, value: inner, ...others } = value as Record<string, unknown>;
  if (typeof type === "string" && Object.keys(others).length === 0) {
    return { [type]: inner === undefined ? null : fromPlain(inner) };
  }
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, fromPlain(field)]));
}
