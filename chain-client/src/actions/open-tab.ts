// SPDX-License-Identifier: Apache-2.0
import type { Planck, SessionKey } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { sessionKeyToChain } from "../codec/pallet-types.ts";
import { submitCall, type ActionOptions } from "../transactions/submit-call.ts";
import type { TransactionHandle } from "../transactions/transaction-handle.ts";
import { requiredEvent } from "./required-event.ts";

/** What {@link openTab} takes. The signer's wallet pays the deposit and owns the tab. */
export interface OpenTabParams extends ActionOptions {
  /** Plancks to move into escrow, at least the constant `minTab`. */
  deposit: Planck;
  /** The device's key, which may promise the deposit away. */
  sessionKey: SessionKey;
  /** The block after which anyone may close the tab; no channel outlives it. */
  expiresAt: number;
}

/**
 * Funds a tab: the one signature that a viewer's wallet gives.
 *
 * @example
 * const { included } = openTab(client, {
 *   signer: viewer,
 *   deposit: planck(1_000_000_000_000n),
 *   sessionKey: { type: "ed25519", publicKey },
 *   expiresAt: client.bestHead().number + 100_000,
 * });
 * console.log(`tab ${(await included).value.tab}`);
 */
export function openTab(client: ChainClient, params: OpenTabParams): TransactionHandle<{ tab: bigint }> {
  const { deposit, sessionKey, expiresAt, ...options } = params;
  const args = { deposit, sessionKey: sessionKeyToChain(sessionKey), expiresAt };
  return submitCall(client, "openTab", args, {
    ...options,
    value: (events) => ({ tab: requiredEvent(events, "TabOpened").tab }),
  });
}
