// SPDX-License-Identifier: Apache-2.0
import type { SessionKey } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { sessionKeyToChain } from "../codec/pallet-types.ts";
import { nothing, submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";

/** What {@link setSessionKey} takes. */
export interface SetSessionKeyParams extends ActionOptions {
  tab: bigint;
  sessionKey: SessionKey;
}

/**
 * Replaces a tab's session key, for a lost or new device. The old one opens nothing from then on; open channels
 * stay. Only the tab's owner may.
 *
 * @example
 * await setSessionKey(client, { signer: viewer, tab, sessionKey: { type: "ed25519", publicKey } }).included;
 */
export function setSessionKey(client: ChainClient, params: SetSessionKeyParams): TransactionHandle {
  const { tab, sessionKey, ...options } = params;
  const args = { tab, sessionKey: sessionKeyToChain(sessionKey) };
  return submitCall(client, "setSessionKey", args, { ...options, value: nothing });
}
