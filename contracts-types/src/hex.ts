// SPDX-License-Identifier: Apache-2.0
import { bytesToHex as nobleBytesToHex, hexToBytes as nobleHexToBytes } from "@noble/hashes/utils.js";
import { TickstreamError } from "./errors.ts";

/** Bytes as text: `0x` and two lower- or upper-case hexadecimal digits a byte. */
export type Hex = `0x${string}`;

/** Text that should have been hexadecimal bytes is not, or has another length. Code `hex-invalid`. */
export class HexError extends TickstreamError {
  override readonly name = "HexError";

  constructor(details: string, cause?: unknown) {
    super("hex-invalid", "Expected bytes as 0x-prefixed hexadecimal.", { details, cause });
  }
}

/** Bytes to `0x…`, in lower case. */
export function bytesToHex(bytes: Uint8Array): Hex {
  return `0x${nobleBytesToHex(bytes)}`;
}

/**
 * `0x…` to bytes.
 *
 * @param length how many bytes there must be; any number where it is left out
 * @throws {@link HexError}
 */
export function hexToBytes(hex: string, length?: number): Uint8Array<ArrayBuffer> {
  if (!hex.startsWith("0x")) throw new HexError("no 0x prefix");
  if (length !== undefined && hex.length !== 2 + 2 * length) {
    throw new HexError(`expected ${length} bytes, got ${(hex.length - 2) / 2}`);
  }
  try {
    return nobleHexToBytes(hex.slice(2));
  } catch (cause) {
    throw new HexError("an odd number of digits, or something that is no digit", cause);
  }
}

/** Whether `value` is `0x` and pairs of hexadecimal digits (`length` bytes of them, where given). */
export function isHex(value: unknown, length?: number): value is Hex {
  return (
    typeof value === "string" &&
    (length === undefined ? value.length % 2 === 0 : value.length === 2 + 2 * length) &&
    /^0x[0-9a-fA-F]*$/.test(value)
  );
}

/** Whether two byte strings are the same. Not constant-time: for public values only. */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
