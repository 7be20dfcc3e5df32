// SPDX-License-Identifier: Apache-2.0

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Bytes in Bitcoin's base 58, which SS58 uses. Quadratic: for short inputs. */
export function encodeBase58(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  let text = "";
  for (; value > 0n; value /= 58n) text = ALPHABET[Number(value % 58n)] + text;
  // The number loses its leading zero bytes; each stands as a leading "1".
  for (let i = 0; i < bytes.length && bytes[i] === 0; i++) text = `1${text}`;
  return text;
}

/** Base 58 to bytes; `null` where a character is not of the alphabet. */
export function decodeBase58(text: string): Uint8Array<ArrayBuffer> | null {
  let value = 0n;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return null;
    value = value * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; value > 0n; value /= 256n) bytes.unshift(Number(value % 256n));
  for (let i = 0; i < text.length && text[i] === "1"; i++) bytes.unshift(0);
  return Uint8Array.from(bytes);
}
