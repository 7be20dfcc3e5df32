// SPDX-License-Identifier: Apache-2.0
import {
  accountId,
  bytesToHex,
  hexToBytes,
  type chain,
  type Commitment,
  type SessionKey,
} from "@tickstream/contracts-types";

// The protocol's own types hold bytes, the chain's plain values hold hexadecimal: the two forms of the same thing.

/** A session key as the pallet takes it. */
export function sessionKeyToChain({ type, publicKey }: SessionKey): chain.SessionKey {
  return { type: type === "ed25519" ? "Ed25519" : "Sr25519", value: bytesToHex(publicKey) };
}

/** A session key as the pallet has it. */
export function sessionKeyFromChain({ type, value }: chain.SessionKey): SessionKey {
  return { type: type === "Ed25519" ? "ed25519" : "sr25519", publicKey: hexToBytes(value, 32) };
}

/** A commitment as the pallet takes it. */
export function commitmentToChain(commitment: Commitment): chain.Commitment {
  return { ...commitment, anchor: bytesToHex(commitment.anchor) };
}

/** A commitment as the pallet's events have it. */
export function commitmentFromChain(commitment: chain.Commitment): Commitment {
  return {
    ...commitment,
    operator: accountId(commitment.operator),
    anchor: hexToBytes(commitment.anchor, 32),
  };
}
