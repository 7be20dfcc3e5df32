// SPDX-License-Identifier: Apache-2.0
import { blake2AsU8a } from "@polkadot/util-crypto/blake2";
import { xxhashAsU8a } from "@polkadot/util-crypto/xxhash";
import { textToHex, toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";

/** Where the runtime's wasm is stored. */
export const CODE_KEY = textToHex(":code");

/** Index of the next extrinsic while a block is being built. */
export const EXTRINSIC_INDEX_KEY = textToHex(":extrinsic_index");

/** Ours, in genesis only: makes each chain start another chain, so that what was signed for one is void on the next. */
export const CHAIN_START_KEY = textToHex(":tickstream:chain_start");

function twox128(text: string): Uint8Array {
  return xxhashAsU8a(text, 128);
}

/** Key of a plain FRAME storage value. */
export function storageValueKey(pallet: string, item: string): Hex {
  return toHex(Buffer.concat([twox128(pallet), twox128(item)]));
}

/** `System.Account` of an account; an `AccountInfo` starts with the nonce, a u32. */
export function systemAccountKey(account: Uint8Array): Hex {
  return toHex(Buffer.concat([twox128("System"), twox128("Account"), blake2AsU8a(account, 128), account]));
}
