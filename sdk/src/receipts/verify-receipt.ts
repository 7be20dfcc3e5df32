// SPDX-License-Identifier: Apache-2.0
import {
  planck,
  receiptFaults,
  receiptMessage,
  type Planck,
  type Receipt,
  type ReceiptFault,
} from "@tickstream/contracts-types";

/** What a receipt proves, without asking anybody. */
export interface ReceiptVerdict {
  valid: boolean;
  /** Why not; empty where it is valid. */
  faults: (ReceiptFault | "signature-invalid")[];
  ticks: number;
  /** Plancks for the ticks. */
  amount: Planck;
  /** Plancks to the operator for opening the channel, which the receipt's owner promised besides. */
  openFee: Planck;
}

/**
 * Checks a receipt offline: channel id, session key's signature, hash chain, amount. Runs in browsers and Node, takes at most
 * 0.1 s. That the tab named this session key, only the chain knows: `verifyReceiptOnChain`.
 *
 * @example const { valid } = await verifyReceipt(parseReceipts(json)[0]);
 */
export async function verifyReceipt(receipt: Receipt): Promise<ReceiptVerdict> {
  const faults: ReceiptVerdict["faults"] = receiptFaults(receipt);
  if (!(await isSigned(receipt))) faults.push("signature-invalid");
  const { ticks, amount, commitment } = receipt.proof;
  return { valid: faults.length === 0, faults, ticks, amount, openFee: planck(commitment.openFee) };
}

async function isSigned(receipt: Receipt): Promise<boolean> {
  const { sessionKey, signature } = receipt.proof;
  const message = receiptMessage(receipt);
  if (sessionKey.type === "sr25519") {
    const { verifySr25519 } = await import("@tickstream/chain-client");
    return verifySr25519({ message, signature, publicKey: sessionKey.publicKey });
  }
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  try {
    return ed25519.verify(signature, message, sessionKey.publicKey);
  } catch {
    // A public key that is no point of the curve.
    return false;
  }
}
