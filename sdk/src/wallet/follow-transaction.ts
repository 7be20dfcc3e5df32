// SPDX-License-Identifier: Apache-2.0
import type {
  ChainClient,
  TransactionHandle,
  TransactionResult,
  TransactionSigner,
} from "@tickstream/chain-client";
import { abortError } from "../errors.ts";
import { isInjected, type Wallet } from "../wallet.ts";

/** How far a wallet's transaction is. */
export type TransactionStep =
  /** To the chain. */
  | "connecting"
  /** Behind another request to the wallet, or a few seconds after one. */
  | "waiting-for-wallet"
  /** The wallet asks the person whether it may learn the chain, before their first signature for it. */
  | "introducing"
  /** The person is asked, or a key at hand signs. */
  | "signing"
  /** The chain has it. */
  | "broadcast"
  /** In a block, which a reorganisation could still undo. */
  | "in-block"
  /** In a block that cannot change any more. */
  | "finalized";

/** What every action of a wallet takes. */
export interface TransactionOptions {
  /** Signs once and pays the fee. */
  wallet: Wallet;
  /** How far it is; `finalized` comes after the action's promise has resolved. */
  onStep?: ((step: TransactionStep) => void) | undefined;
  /** Stops waiting. What was signed by then stays signed. */
  signal?: AbortSignal | undefined;
}

/** The chain client asks an account for its address and either a signer or, of a key pair, its own signature. */
export function transactionSigner(chain: ChainClient, options: TransactionOptions): TransactionSigner {
  const { wallet, onStep, signal } = options;
  if (!isInjected(wallet) || !wallet.signerFor) return wallet;
  return { address: wallet.address, signer: wallet.signerFor({ chain, onStage: onStep, signal }) };
}

/** Resolves when a block has the transaction; its steps are told until it is final. */
export async function followTransaction<T>(
  handle: TransactionHandle<T>,
  { wallet, onStep, signal }: Partial<TransactionOptions>,
): Promise<TransactionResult<T>> {
  const report = (progress: TransactionHandle["progress"]) => {
    // A connected wallet tells itself when its turn comes.
    if (progress === "signing" && wallet && isInjected(wallet) && wallet.signerFor) return;
    if (progress !== "failed") onStep?.(progress);
    if (progress === "failed" || progress === "finalized") off();
  };
  const off = handle.onProgress(report);
  report(handle.progress);
  if (!signal) return handle.included;
  const { promise: never, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    off();
    reject(abortError(signal));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([handle.included, never]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
