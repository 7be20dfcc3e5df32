// SPDX-License-Identifier: Apache-2.0
import type { RefusalCode } from "@tickstream/contracts-types";

/** An ordinary answer, not an error: refusing costs no stack trace, so that garbage is cheap to refuse. */
export interface Refusal {
  readonly refused: RefusalCode;
  /** One sentence for people. */
  readonly message: string;
  /** What would be accepted, where there is such a thing. */
  readonly accept?: Record<string, string>;
}

export function refuse(code: RefusalCode, message: string, accept?: Record<string, string>): Refusal {
  return accept ? { refused: code, message, accept } : { refused: code, message };
}

export function isRefusal(value: object): value is Refusal {
  return "refused" in value;
}
