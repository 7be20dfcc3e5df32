// SPDX-License-Identifier: Apache-2.0
import { TickstreamError, type DispatchFailure } from "@tickstream/contracts-types";

/** The chain can't be reached, or did not answer in time. Codes `chain-unreachable`, `chain-timeout`, `chain-closed`. */
export class ChainConnectionError extends TickstreamError {
  override readonly name = "ChainConnectionError";

  constructor(
    code: "chain-unreachable" | "chain-timeout" | "chain-closed",
    options: { details?: string; cause?: unknown } = {},
  ) {
    const sentences = {
      "chain-unreachable": "The chain can't be reached.",
      "chain-timeout": "The chain did not answer in time.",
      "chain-closed": "The connection to the chain was closed on this side.",
    };
    super(code, sentences[code], options);
  }
}

/** The chain answered a request with an error. Code `chain-request-failed`. */
export class ChainRequestError extends TickstreamError {
  override readonly name = "ChainRequestError";
  /** JSON-RPC's code, where it gave one. */
  readonly rpcCode: number | null;

  constructor(method: string, cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause);
    super("chain-request-failed", "The chain refused a request.", {
      details: `${method}: ${message}`,
      cause,
    });
    const { code } = cause as { code?: unknown };
    this.rpcCode = typeof code === "number" ? code : null;
  }
}

/**
 * The chain at this address is not one that this client can speak to. Codes `chain-without-pallet` (it has no
 * tick-stream pallet), `chain-incompatible` (its pallet is another version), `chain-changed` (after a
 * reconnect it is another chain).
 */
export class ChainMismatchError extends TickstreamError {
  override readonly name = "ChainMismatchError";

  constructor(code: "chain-without-pallet" | "chain-incompatible" | "chain-changed", details?: string) {
    const sentences = {
      "chain-without-pallet": "This chain has no tick-stream pallet.",
      "chain-incompatible": "This chain runs another version of the tick-stream pallet than this program.",
      "chain-changed": "Another chain answers at this address than before.",
    };
    super(code, sentences[code], details === undefined ? {} : { details });
  }
}

/**
 * A call was in a block and the chain refused it: nothing but the fee happened. Code `call-refused`; the message
 * is the pallet's own sentence.
 *
 * @example
 * if (error instanceof ChainCallError && error.failure.name === "TabTooLow") offerTopUp();
 */
export class ChainCallError extends TickstreamError {
  override readonly name = "ChainCallError";
  readonly failure: DispatchFailure;

  constructor(failure: DispatchFailure) {
    const { pallet, name, sentence } = failure;
    super("call-refused", sentence, { details: pallet === null ? name : `${pallet}.${name}` });
    this.failure = failure;
  }
}

/** A transaction was not signed: the person declined, the wallet failed, or nobody answered. Code `signing-refused`. */
export class SigningError extends TickstreamError {
  override readonly name = "SigningError";

  constructor(details: string, cause?: unknown) {
    super("signing-refused", "The transaction was not signed.", { details, cause });
  }
}

/** Why a transaction never made it into a block. */
export type TransactionLoss =
  /** The node took it back before it was in a block, for want of room or because its block could not be built. */
  | "dropped"
  /** Another transaction of the account took its place. */
  | "usurped"
  /** The chain says it can't be executed: no funds for the fee, a bad signature, an old nonce. */
  | "invalid"
  /** Its time was over before it was in a final block. */
  | "expired"
  /** Nothing was heard of it for too long. */
  | "timeout";

/** A transaction is not in a final block and nobody follows it any more. Codes `transaction-dropped`, `-usurped`, `-invalid`, `-expired`, `-timeout`. */
export class TransactionLostError extends TickstreamError {
  override readonly name = "TransactionLostError";
  readonly loss: TransactionLoss;
  /**
   * Whether it is certain that this transaction will never be executed, so that another one for the same purpose
   * can't do it twice. Where `false`, it may still be until block `validUntil`.
   */
  readonly resendSafe: boolean;
  /** The last block that could hold it; `null` where it never got as far as the chain. */
  readonly validUntil: number | null;

  constructor(
    loss: TransactionLoss,
    params: { resendSafe: boolean; validUntil: number | null; details?: string; cause?: unknown },
  ) {
    const sentences = {
      dropped: "The chain dropped the transaction.",
      usurped: "Another transaction took this one's place.",
      invalid: "The chain can't execute the transaction.",
      expired: "The transaction's time was over before it was final.",
      timeout: "Nothing was heard of the transaction for too long.",
    };
    const { details, cause } = params;
    super(`transaction-${loss}`, sentences[loss], {
      ...(details === undefined ? {} : { details }),
      cause,
    });
    this.loss = loss;
    this.resendSafe = params.resendSafe;
    this.validUntil = params.validUntil;
  }
}
