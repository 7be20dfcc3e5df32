// SPDX-License-Identifier: Apache-2.0

/** Bytes that know how to write themselves; sizes are summed first so that a box is written in one go. */
export type Field = Uint8Array | string | readonly Field[];

/** Big-endian integers of 1, 2 and 4 bytes. */
export const u8 = (...values: number[]): Uint8Array => Uint8Array.from(values);

export function u16(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(...values: number[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32BE(value, 4 * i));
  return bytes;
}

export const zeros = (length: number): Uint8Array => new Uint8Array(length);

/** A box (ISO/IEC 14496-12 section 4.2): size, four-character type, content. */
export function box(type: string, ...content: Field[]): Buffer {
  const body = join(content);
  return Buffer.concat([u32(8 + body.length), Buffer.from(type, "latin1"), body]);
}

/** A full box: a box that begins with its version and 24 bits of flags. */
export function fullBox(type: string, version: number, flags: number, ...content: Field[]): Buffer {
  return box(type, u32(version * 0x100_0000 + flags), ...content);
}

function join(content: readonly Field[]): Buffer {
  return Buffer.concat(flatten(content));
}

function flatten(content: readonly Field[]): Uint8Array[] {
  return content.flatMap((field) => {
    if (typeof field === "string") return [Buffer.from(field, "latin1")];
    return field instanceof Uint8Array ? [field] : flatten(field);
  });
}
