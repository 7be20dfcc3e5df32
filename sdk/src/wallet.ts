// SPDX-License-Identifier: Apache-2.0
import type { TransactionSigner } from "@tickstream/chain-client";
import type { Hex } from "@tickstream/contracts-types";

/** What a wallet extension offers to sign with (`injected.signer`); the chain client hands it its payloads as they are. */
export interface WalletSigner {
  signPayload?: (payload: never) => Promise<{ id: number; signature: Hex }>;
  signRaw?: (raw: {
    address: string;
    data: string;
    type: "bytes" | "payload";
  }) => Promise<{ signature: Hex }>;
}

/**
 * Who pays with their wallet: an account of a browser extension, or a key of one's own (`@polkadot/keyring`'s
 * `KeyringPair`) in Node.
 */
export type Wallet = InjectedWallet | KeyWallet;

/** An account of a wallet extension. */
export interface InjectedWallet {
  address: string;
  signer: WalletSigner;
}

/** A key in this process: a `KeyringPair`. */
export type KeyWallet = Exclude<TransactionSigner, { signer: unknown }>;

export function isInjected(wallet: Wallet): wallet is InjectedWallet {
  return "signer" in wallet;
}
