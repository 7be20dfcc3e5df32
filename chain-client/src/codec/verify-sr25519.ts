// SPDX-License-Identifier: Apache-2.0
import { cryptoWaitReady, sr25519Verify } from "@polkadot/util-crypto";

/** Whether an sr25519 key signed a message, in the context `substrate`. Loads its wasm at the first call. */
export async function verifySr25519(params: {
  message: Uint8Array;
  signature: Uint8Array;
  publicKey: Uint8Array;
}): Promise<boolean> {
  await cryptoWaitReady();
  try {
    return sr25519Verify(params.message, params.signature, params.publicKey);
  } catch {
    // Bytes that are no key or no signature at all.
    return false;
  }
}
