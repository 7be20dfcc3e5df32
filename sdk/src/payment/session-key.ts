// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type Hex } from "@tickstream/contracts-types";
import { SdkError } from "../errors.ts";

/** The ed25519 key that a tab names. Made on the device, never leaves it. */
export interface SessionKey {
  readonly type: "ed25519";
  readonly publicKey: Uint8Array;
  readonly publicKeyHex: Hex;
  /** The raw 64-byte signature. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/**
 * A session key in the form a store keeps. `webcrypto` is a non-extractable pair that IndexedDB clones without
 * ever showing the secret to a script; `seed` is for stores and browsers that cannot do so.
 */
export type StoredSessionKey =
  | { kind: "webcrypto"; pair: CryptoKeyPair }
  | { kind: "seed"; seed: Uint8Array };

/**
 * Makes a session key: by WebCrypto, non-extractable, where the browser has Ed25519 (Chrome 137, Firefox 129,
 * Safari 17), else from a random seed.
 *
 * @param options.extractable `true` where the store can only keep bytes: gives a seed
 */
export async function generateSessionKey(options: { extractable: boolean }): Promise<StoredSessionKey> {
  requireWebCrypto();
  if (!options.extractable) {
    try {
      const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
      return { kind: "webcrypto", pair: pair };
    } catch (error) {
      // Older browsers know no such algorithm; anything else is a real failure.
      if (!(error instanceof DOMException) || error.name !== "NotSupportedError") throw error;
    }
  }
  return { kind: "seed", seed: crypto.getRandomValues(new Uint8Array(32)) };
}

/** A stored session key, ready to sign. */
export async function openSessionKey(stored: StoredSessionKey): Promise<SessionKey> {
  requireWebCrypto();
  if (stored.kind === "webcrypto") {
    const { publicKey, privateKey } = stored.pair;
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
    return {
      type: "ed25519",
      publicKey: raw,
      publicKeyHex: bytesToHex(raw),
      sign: async (message) =>
        new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, message as Uint8Array<ArrayBuffer>)),
    };
  }
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  const publicKey = ed25519.getPublicKey(stored.seed);
  return {
    type: "ed25519",
    publicKey,
    publicKeyHex: bytesToHex(publicKey),
    sign: async (message) => ed25519.sign(message, stored.seed),
  };
}

/** Browsers offer WebCrypto to secure pages only (https, or localhost). */
export function requireWebCrypto(): void {
  if (globalThis.crypto?.subtle === undefined) {
    throw new SdkError(
      "insecure-context",
      "This page was not loaded securely: paid streams need https, or localhost.",
    );
  }
}
