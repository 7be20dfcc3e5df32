// SPDX-License-Identifier: Apache-2.0

/** Bytes as lower-case hex with a 0x prefix: how the executor and JSON-RPC carry them. */
export type Hex = `0x${string}`;

export function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

/** Bytes of a string that `isHex` accepts. */
export function fromHex(hex: string): Uint8Array {
  return Buffer.from(hex.slice(2), "hex");
}

/** True for 0x and an even number of hex digits. */
export function isHex(value: unknown): value is Hex {
  return typeof value === "string" && value.length % 2 === 0 && /^0x[0-9a-fA-F]*$/.test(value);
}

/** Concatenates hex strings. */
export function concatHex(...parts: Hex[]): Hex {
  return `0x${parts.map((part) => part.slice(2)).join("")}`;
}

/** Number of bytes a hex string stands for. */
export function hexLength(hex: Hex): number {
  return (hex.length - 2) / 2;
}

/** UTF-8 text as hex. */
export function textToHex(text: string): Hex {
  return toHex(Buffer.from(text, "utf8"));
}
