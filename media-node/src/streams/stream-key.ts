// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";

/** A new stream key: 160 random bits, in letters and digits that survive being typed into OBS. */
export function createStreamKey(): string {
  return `ts_${base32(randomBytes(20))}`;
}

/**
 * What is stored of a key. The key is random, so a plain hash cannot be searched; and it is looked up by
 * this hash, so that comparing takes the same time whatever was guessed.
 */
export function hashStreamKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** A free stream's id: `f` and 12 base-32 characters. */
export function createFreeStreamId(): string {
  return `f${base32(randomBytes(8)).slice(0, 12)}`;
}

/** RFC 4648 base 32, lower case, without padding. */
function base32(bytes: Uint8Array): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  let text = "";
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(value >> bits) & 31];
    }
  }
  return text;
}
