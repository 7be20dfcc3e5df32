// SPDX-License-Identifier: Apache-2.0
import type { Call } from "@polkadot/types/interfaces";
import type { ChainClient } from "../client/chain-client.ts";
import { Listeners } from "../client/listeners.ts";
import { ChainCallError, ChainConnectionError, ChainRequestError, TransactionLostError } from "../errors.ts";
import type { ChainEvent } from "../events/chain-event.ts";
import { followTransaction } from "./follow-transaction.ts";
import { giveToPool, POOL_ERRORS, PoolStatuses, type SentTransaction } from "./pool.ts";
import { signTransaction, unsignedTransaction, type TransactionSigner } from "./signer.ts";
import type { TransactionHandle, TransactionProgress, TransactionResult } from "./transaction-handle.ts";

/** How a transaction is sent. */
export interface SubmitOptions {
  /** For how many blocks it may be included: a power of two. 64 for a key at hand, 512 for a wallet. */
  validForBlocks?: number;
  /** When to stop following it, in milliseconds. 15 minutes by default. */
  timeoutMs?: number;
}

/** A transaction to submit, and how to read what it did. */
export interface Submission<T> extends SubmitOptions {
  /** What is to be executed, encoded for the runtime of the moment. */
  call: () => Call;
  /** Who signs and pays; `null` for an unsigned transaction. */
  signer: TransactionSigner | null;
  /** What the action gives, from the events it caused. */
  value: (events: ChainEvent[]) => T;
}

const TIMEOUT_MS = 900_000;
const KEY_PERIOD = 64;
const WALLET_PERIOD = 512;
const NONCE_ATTEMPTS = 12;
const NONCE_PAUSE_MS = 50;

/** A validity counts from the final block, unless finality lags this far: then from the best one. */
const MAX_FINALITY_LAG = 8;

/** Signs and sends a transaction, and follows it until it is final. Returns at once. */
export function submitTransaction<T>(client: ChainClient, submission: Submission<T>): TransactionHandle<T> {
  const listeners = new Listeners<TransactionProgress>();
  let progress: TransactionProgress = "signing";
  const advance = (to: TransactionProgress) => {
    progress = to;
    listeners.announce(to);
  };
  const included = Promise.withResolvers<TransactionResult<T>>();
  const finalized = Promise.withResolvers<TransactionResult<T>>();
  included.promise.catch(() => {});
  finalized.promise.catch(() => {});

  const run = async () => {
    const { statuses, ...sent } = await send(client, submission);
    advance("broadcast");
    await followTransaction(client, sent, {
      timeoutMs: submission.timeoutMs ?? TIMEOUT_MS,
      statuses,
      onIncluded: (result) => {
        if (progress === "broadcast") advance("in-block");
        settle(included, result, submission);
      },
      onFinalized: (result) => {
        settle(included, result, submission);
        settle(finalized, result, submission);
        advance("finalized");
      },
    });
  };
  run().catch((error: unknown) => {
    included.reject(error);
    finalized.reject(error);
    advance("failed");
  });

  return {
    get progress() {
      return progress;
    },
    onProgress: (listener) => listeners.add(listener),
    included: included.promise,
    finalized: finalized.promise,
  };
}

/** Fulfils with the result, or rejects where the chain refused the call. */
function settle<T>(
  promise: PromiseWithResolvers<TransactionResult<T>>,
  result: Omit<TransactionResult, "value">,
  { value }: Submission<T>,
): void {
  const failed = result.events.find(({ pallet, name }) => pallet === "System" && name === "ExtrinsicFailed");
  if (failed !== undefined) {
    promise.reject(new ChainCallError(failed.data["dispatchError"] as never));
    return;
  }
  try {
    promise.resolve({ ...result, value: value(result.events) });
  } catch (error) {
    promise.reject(error);
  }
}

async function send<T>(
  client: ChainClient,
  submission: Submission<T>,
): Promise<SentTransaction & { statuses: PoolStatuses }> {
  const { signer } = submission;
  if (signer === null) {
    const from = client.bestHead().number;
    const unsigned = { ...unsignedTransaction(client, submission.call()), from };
    return broadcast(client, unsigned).catch((error: unknown) => Promise.reject(refusal(error, null)));
  }
  const { accounts, closing } = client.internals;
  return accounts.run(signer.address, async () => {
    for (let attempt = 1; ; attempt++) {
      closing.throwIfAborted();
      const period = submission.validForBlocks ?? ("signer" in signer ? WALLET_PERIOD : KEY_PERIOD);
      const nonce = await accounts.nextNonce(signer.address);
      const from = validityStart(client);
      const signed = await signTransaction(client, submission.call(), signer, { nonce, from, period });
      try {
        return await broadcast(client, { ...signed, from: from.number });
      } catch (error) {
        // Somebody else used the nonce meanwhile. A person is not asked to sign again behind their back.
        const again = attempt < NONCE_ATTEMPTS && !("signer" in signer) && isNonceTaken(error);
        if (!again) throw refusal(error, signed.validUntil);
        await pause(attempt);
      }
    }
  });
}

function validityStart(client: ChainClient) {
  const best = client.bestHead();
  const finalized = client.finalizedHead();
  return best.number - finalized.number > MAX_FINALITY_LAG ? best : finalized;
}

async function broadcast(client: ChainClient, transaction: SentTransaction) {
  const statuses = new PoolStatuses();
  await giveToPool(client, transaction.bytes, statuses);
  return { ...transaction, statuses };
}

/** Whether another transaction of the account was faster. The very same one counts: it was somebody else's. */
function isNonceTaken(error: unknown): boolean {
  if (!(error instanceof ChainRequestError)) return false;
  const { invalid, alreadyImported, tooLowPriority } = POOL_ERRORS;
  if (error.rpcCode === alreadyImported || error.rpcCode === tooLowPriority) return true;
  return error.rpcCode === invalid && /outdated|stale/i.test(error.message);
}

/** A while by chance, so that two that sign for one account don't stay in step. */
function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * NONCE_PAUSE_MS * attempt));
}

/** Why the chain did not take a transaction into its pool. */
function refusal(error: unknown, validUntil: number | null): unknown {
  if (error instanceof ChainConnectionError) {
    // It may have arrived though the answer did not.
    return new TransactionLostError("timeout", { resendSafe: false, validUntil, cause: error });
  }
  if (!(error instanceof ChainRequestError)) return error;
  const full = error.rpcCode === POOL_ERRORS.poolFull;
  const loss = full ? "dropped" : isNonceTaken(error) ? "usurped" : "invalid";
  const details = error.details ?? error.message;
  return new TransactionLostError(loss, { resendSafe: true, validUntil: null, details, cause: error });
}
