// SPDX-License-Identifier: Apache-2.0
import { TickstreamError, type SignalErrorCode, type SignalErrorMessage } from "@tickstream/contracts-types";

/** A peer's request is refused; it is told so, and keeps its socket. Codes: `SIGNAL_ERROR_CODES`. */
export class SignalRefusal extends TickstreamError {
  override readonly name = "SignalRefusal";
  declare readonly code: SignalErrorCode;
  /** The code of the error behind it, where a node refuses an offer. */
  readonly reason: string | undefined;

  constructor(
    code: SignalErrorCode,
    shortMessage: string,
    options: { reason?: string; cause?: unknown } = {},
  ) {
    super(code, shortMessage, { cause: options.cause });
    this.reason = options.reason;
  }
}

/** A refusal as the peer is told of it. */
export function errorMessage(
  { code, shortMessage, reason }: SignalRefusal,
  about: { stream: string; connection?: string },
): SignalErrorMessage {
  return {
    type: "error",
    code,
    message: shortMessage,
    ...about,
    ...(reason === undefined ? {} : { reason }),
  };
}
