// SPDX-License-Identifier: Apache-2.0

/** Reads bits from the most significant one on. Past the end it throws a RangeError. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** An unsigned integer of up to 32 bits. */
  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new RangeError("past the end");
      value = value * 2 + ((byte >> (7 - (this.#at++ & 7))) & 1);
    }
    return value;
  }

  flag(): boolean {
    return this.read(1) === 1;
  }

  skip(count: number): void {
    this.#at += count;
  }

  /** Unsigned Exp-Golomb code (ITU-T H.264 section 9.1). */
  exp(): number {
    let zeros = 0;
    while (this.read(1) === 0) if (++zeros > 31) throw new RangeError("Exp-Golomb code too long");
    return 2 ** zeros - 1 + this.read(zeros);
  }

  /** Signed Exp-Golomb code. */
  signedExp(): number {
    const code = this.exp();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** The payload of an H.264 or HEVC NAL unit without its emulation prevention bytes (ITU-T H.264 section 7.4.1). */
export function unescapeNal(nal: Uint8Array, headerLength: number): Uint8Array {
  return nal.subarray(headerLength).filter((byte, i) => {
    const at = i + headerLength;
    return !(byte === 3 && i > 1 && nal[at - 1] === 0 && nal[at - 2] === 0);
  });
}
