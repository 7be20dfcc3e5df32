// SPDX-License-Identifier: Apache-2.0
// The little of SCALE (https://docs.polkadot.com/polkadot-protocol/basics/data-encoding/) that a node needs:
// headers, inherent data and transaction validity. Everything else stays opaque bytes.

export function u32le(value: number): Uint8Array {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}

export function u64le(value: bigint | number): Uint8Array {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(BigInt(value));
  return out;
}

/** Compact encoding of an integer below 2^64. */
export function compact(value: bigint | number): Uint8Array {
  const n = BigInt(value);
  if (n < 1n << 6n) return Uint8Array.of(Number(n) << 2);
  if (n < 1n << 14n) {
    const out = Buffer.alloc(2);
    out.writeUInt16LE((Number(n) << 2) | 1);
    return out;
  }
  if (n < 1n << 30n) return u32le(Number((n << 2n) | 2n));
  const bytes: number[] = [];
  for (let rest = n; rest > 0n; rest >>= 8n) bytes.push(Number(rest & 255n));
  while (bytes.length < 4) bytes.push(0);
  return Uint8Array.of(((bytes.length - 4) << 2) | 3, ...bytes);
}

/** Bytes with their length in front (`Vec<u8>`). */
export function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([compact(bytes.length), bytes]);
}

/** `Vec<T>` of items that are encoded already. */
export function vec(items: Uint8Array[]): Uint8Array {
  return Buffer.concat([compact(items.length), ...items]);
}

/** Reads SCALE from the front; throws RangeError where the bytes end too early. */
export class ScaleReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  get done(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length)
      throw new RangeError(`SCALE input ends at ${this.#bytes.length}, wanted ${end}`);
    const out = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return out;
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }

  u32(): number {
    return Buffer.from(this.take(4)).readUInt32LE();
  }

  u64(): bigint {
    return Buffer.from(this.take(8)).readBigUInt64LE();
  }

  u128(): bigint {
    const low = this.u64();
    return low | (this.u64() << 64n);
  }

  compact(): bigint {
    const first = this.u8();
    switch (first & 3) {
      case 0:
        return BigInt(first >> 2);
      case 1:
        return BigInt((first | (this.u8() << 8)) >> 2);
      case 2: {
        const rest = this.take(3);
        return (
          (BigInt(first) |
            (BigInt(rest[0] ?? 0) << 8n) |
            (BigInt(rest[1] ?? 0) << 16n) |
            (BigInt(rest[2] ?? 0) << 24n)) >>
          2n
        );
      }
      default: {
        let value = 0n;
        const bytes = this.take((first >> 2) + 4);
        for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
        return value;
      }
    }
  }

  /** A `Vec<u8>` without its length. */
  bytes(): Uint8Array {
    return this.take(Number(this.compact()));
  }
}
