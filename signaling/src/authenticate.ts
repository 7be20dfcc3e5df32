// SPDX-License-Identifier: Apache-2.0
import type { JoinCredential, PeerRole } from "@tickstream/contracts-types";

/** Somebody wants into a room. */
export interface JoinRequest {
  stream: string;
  role: PeerRole;
  credential: JoinCredential | undefined;
  /** Of this socket: what a wallet's proof has to sign. */
  nonce: Uint8Array<ArrayBuffer>;
  /** What the peer calls this server: the proof names it. */
  host: string;
}

export type JoinDecision =
  | { ok: true }
  | {
      ok: false;
      code: "stream-unknown" | "credential-missing" | "credential-invalid" | "unavailable";
      /** A sentence for people. */
      message: string;
    };

/** Decides who may join as what. @param signal the server waits no longer */
export type Authenticate = (request: JoinRequest, signal: AbortSignal) => Promise<JoinDecision>;
