// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, verify } from "node:crypto";
import type { SessionKey } from "@tickstream/contracts-types";
import { cryptoWaitReady, sr25519Verify } from "@polkadot/util-crypto";

/** The fixed head of an ed25519 SubjectPublicKeyInfo (RFC 8410 §4); the 32 raw bytes follow. */
const ED25519_SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** Whether `signature` (64 raw bytes) is the session key's over `message`. Never throws on bad input. */
export async function verifySessionSignature(
  key: SessionKey,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (key.publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    if (key.type === "ed25519") {
      const spki = Buffer.concat([ED25519_SPKI_HEAD, key.publicKey]);
      return verify(null, message, createPublicKey({ key: spki, format: "der", type: "spki" }), signature);
    }
    await cryptoWaitReady();
    return sr25519Verify(message, signature, key.publicKey);
  } catch {
    // A key that is no point on the curve signs nothing.
    return false;
  }
}
