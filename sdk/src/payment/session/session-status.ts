// SPDX-License-Identifier: Apache-2.0
import type { PaymentBlockedError } from "../../errors.ts";
import type { SessionState } from "./pay-session.ts";

/** What a session is doing, and which change of it is news. */
export class SessionStatus {
  readonly #changed: (state: SessionState) => void;
  #state: SessionState = { name: "connecting" };

  constructor(changed: (state: SessionState) => void) {
    this.#changed = changed;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The end is for good. */
  set(state: SessionState): void {
    const { name } = this.#state;
    if (name === "ended" || (state.name === name && state.name !== "blocked")) return;
    this.#state = state;
    this.#changed(state);
  }

  block(error: PaymentBlockedError): void {
    const state = this.#state;
    if (state.name === "blocked" && state.reason === error.code) return;
    this.set({ name: "blocked", reason: error.code, error });
  }

  isBlockedBy(reason: PaymentBlockedError["code"]): boolean {
    return this.#state.name === "blocked" && this.#state.reason === reason;
  }
}
