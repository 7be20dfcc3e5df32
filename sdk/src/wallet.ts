// SPDX-License-Identifier: Apache-2.0
import type { ChainClient, TransactionSigner } from "@tickstream/chain-client";
import type { Hex } from "@tickstream/contracts-types";
import type { RequestOptions } from "./wallet/wallet-requests.ts";

/**
 * What a wallet extension offers to sign with (`injected.signer`). Methods, not function properties: any extension's
 * own signer type fits.
 */
export interface WalletSigner {
  /** @param payload polkadot-js' `SignerPayloadJSON`, as the chain client makes it */
  signPayload?(payload: object): Promise<{ signature: Hex }>;
  signRaw?(raw: { address: string; data: string; type: "bytes" | "payload" }): Promise<{ signature: Hex }>;
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
  /** Of `connectWallet`: a signer for one transaction that says where its request is. */
  signerFor?: (options: SigningOptions) => WalletSigner;
}

/** How one transaction's signature is asked for. */
export interface SigningOptions extends RequestOptions {
  chain: ChainClient;
}

/** A key in this process: a `KeyringPair`. */
export type KeyWallet = Exclude<TransactionSigner, { signer: unknown }>;

export function isInjected(wallet: Wallet): wallet is InjectedWallet {
  return "signer" in wallet;
}
