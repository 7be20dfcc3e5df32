// SPDX-License-Identifier: Apache-2.0

/** A tab's used nonces as the pallet keeps them: the highest, and bit `i` of `used` for `highest − 1 − i`. */
export interface NonceWindow {
  highest: number | null;
  used: bigint;
}

const WINDOW = 128;

/** Whether a commitment with this nonce could still open. */
export function nonceIsFree(window: NonceWindow, nonce: number): boolean {
  if (window.highest === null || nonce > window.highest) return true;
  const below = window.highest - nonce;
  if (below === 0 || below > WINDOW) return false;
  return ((window.used >> BigInt(below - 1)) & 1n) === 0n;
}
