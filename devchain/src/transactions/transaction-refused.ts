// SPDX-License-Identifier: Apache-2.0
import type { PoolRefusal } from "./transaction-pool.ts";
import type { InvalidTransaction } from "./transaction-validity.ts";

// Codes of sc_rpc_api::author::error and sc_transaction_pool_api::error.
const BAD_FORMAT = 1001;
const VERIFICATION = 1002;
const INVALID = 1010;
const UNKNOWN_VALIDITY = 1011;
const ALREADY_IMPORTED = 1013;
const TOO_LOW_PRIORITY = 1014;
const IMMEDIATELY_DROPPED = 1016;

/** Why a transaction was not taken, as a node's RPC says it. */
export class TransactionRefused extends Error {
  readonly code: number;
  readonly data: string | undefined;

  private constructor(code: number, message: string, data?: string) {
    super(message);
    this.name = "TransactionRefused";
    this.code = code;
    this.data = data;
  }

  static badFormat(): TransactionRefused {
    return new TransactionRefused(BAD_FORMAT, "Extrinsic has invalid format");
  }

  static byRuntime(invalid: InvalidTransaction): TransactionRefused {
    return invalid.kind === "invalid"
      ? new TransactionRefused(INVALID, "Invalid Transaction", invalid.reason)
      : new TransactionRefused(UNKNOWN_VALIDITY, "Unknown Transaction Validity", invalid.reason);
  }

  static byTrap(reason: string): TransactionRefused {
    return new TransactionRefused(
      VERIFICATION,
      `Verification Error: Runtime error: Execution failed: ${reason}`,
    );
  }

  static byPool(refusal: PoolRefusal): TransactionRefused {
    switch (refusal.reason) {
      case "already-imported":
        return new TransactionRefused(ALREADY_IMPORTED, "Transaction Already Imported");
      case "too-low-priority":
        return new TransactionRefused(
          TOO_LOW_PRIORITY,
          `Priority is too low: (${refusal.old} vs ${refusal.given})`,
          "The transaction has too low priority to replace another transaction already in the pool.",
        );
      case "full":
        return new TransactionRefused(
          IMMEDIATELY_DROPPED,
          "Immediately Dropped",
          "The transaction couldn't enter the pool because of the limit",
        );
    }
  }
}
