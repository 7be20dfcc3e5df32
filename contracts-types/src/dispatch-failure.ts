// SPDX-License-Identifier: Apache-2.0

/** Why the chain refused a call, as plain data: it stands in events and errors. */
export interface DispatchFailure {
  /** The pallet whose error it is, `TickStream`; `null` for an error of the runtime itself. */
  pallet: string | null;
  /** `TabTooLow`, `BadOrigin`, `Token.FundsUnavailable`. */
  name: string;
  /** The runtime's own sentence, for people. */
  sentence: string;
}
