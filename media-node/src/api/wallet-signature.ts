// SPDX-License-Identifier: Apache-2.0
import { cryptoWaitReady, signatureVerify } from "@polkadot/util-crypto";
import type { AccountId } from "@tickstream/contracts-types";

/**
 * Whether an account's wallet has signed a text. Wallets sign raw bytes wrapped in `<Bytes>`; other signers sign them plain.
 * Both, of any key type, are fine.
 */
export async function signedByWallet(account: AccountId, text: string, signature: string): Promise<boolean> {
  await cryptoWaitReady();
  try {
    return signatureVerify(text, signature, account).isValid;
  } catch {
    return false;
  }
}
