// SPDX-License-Identifier: Apache-2.0
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { TickstreamError } from "./errors.ts";

/** A value does not fit its SCALE type, or bytes do not decode. Codes `scale-value-invalid`, `scale-bytes-invalid`. */
export class ScaleError extends TickstreamError {
  override readonly name = "ScaleError";
}

/** An unsigned integer of `size` bytes, little-endian, as SCALE has it. `field` is for the error. */
export function encodeUint(value: bigint | number, size: 4 | 8 | 16, field: string): Uint8Array {
  const valid = typeof value === "bigint" || Number.isSafeInteger(value);
  let rest = valid ? BigInt(value) : -1n;
  if (rest < 0n || rest >= 1n << BigInt(8 * size)) {
    throw new ScaleError("scale-value-invalid", "A number is out of range.", {
      details: `${field}: expected an integer of ${8 * size} bits`,
    });
  }
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

/** Bytes of a fixed length, which SCALE writes as they are. `field` is for the error. */
export function encodeFixedBytes(value: Uint8Array, length: number, field: string): Uint8Array {
  if (value.length !== length) {
    throw new ScaleError("scale-value-invalid", "Bytes have the wrong length.", {
      details: `${field}: expected ${length}, got ${value.length}`,
    });
  }
  return value;
}

/** ASCII text as SCALE bytes: a compact length, which below 64 is one byte, and the text. */
export function encodeShortText(text: string): Uint8Array {
  const bytes = utf8ToBytes(text);
  if (bytes.length >= 64) throw new ScaleError("scale-value-invalid", "Text is longer than 63 bytes.");
  return concatBytes(Uint8Array.of(bytes.length << 2), bytes);
}

/** Reads fixed-size SCALE fields one after the other. */
export class ScaleReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next `length` bytes, copied. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new ScaleError("scale-bytes-invalid", "The bytes end too early.");
    const part = Uint8Array.from(this.#bytes.subarray(this.#position, end));
    this.#position = end;
    return part;
  }

  /** A `u32`. */
  u32(): number {
    return Number(this.uint(4));
  }

  /** An unsigned integer of `size` bytes. */
  uint(size: 4 | 8 | 16): bigint {
    return this.bytes(size).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  /** That nothing is left. */
  end(): void {
    if (this.#position !== this.#bytes.length) {
      throw new ScaleError("scale-bytes-invalid", "There are bytes behind the last field.");
    }
  }
}
