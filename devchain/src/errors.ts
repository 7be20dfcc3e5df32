// SPDX-License-Identifier: Apache-2.0

/** What can go wrong with a development chain, as a code that callers switch on. */
export type DevchainErrorCode =
  | "wasm-unusable"
  | "genesis-mismatch"
  | "data-damaged"
  | "data-busy"
  | "data-unwritable"
  | "port-taken"
  | "runtime-call-failed"
  | "block-failed"
  | "start-failed"
  | "stopped";

/** The one error class of this package: a code, a sentence for people, and the cause. */
export class DevchainError extends Error {
  readonly code: DevchainErrorCode;

  constructor(code: DevchainErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "DevchainError";
    this.code = code;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
