// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "@tickstream/contracts-types";

/** What the chain says does not fit together. Codes `history-fact-missing`, `history-split-mismatch`. */
export class HistoryError extends TickstreamError {
  override readonly name = "HistoryError";
}
