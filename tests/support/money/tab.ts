// SPDX-License-Identifier: Apache-2.0
import type { ApiPromise } from "@polkadot/api";
import { bytesToHex } from "@tickstream/contracts-types";
import { account, sendFinal } from "./raw-chain.ts";

/** A tab that a test opened by itself. */
export interface HandTab {
  id: bigint;
  expiresAt: number;
}

/** Opens a tab for a session key with a development account's money; resolves once it is final. */
export async function openTabByHand(
  api: ApiPromise,
  owner: string,
  deposit: bigint,
  sessionKey: Uint8Array,
): Promise<HandTab> {
  const call = api.tx.tickStream?.openTab;
  if (call === undefined) throw new Error("the chain has no tick-stream pallet");
  const expiresAt = (await api.rpc.chain.getHeader()).number.toNumber() + 50_000;
  const transaction = call(deposit, { Ed25519: bytesToHex(sessionKey) }, expiresAt);
  const events = await sendFinal(api, transaction, await account(owner));
  const opened = events.find(({ name }) => name === "TabOpened");
  if (opened === undefined) throw new Error("the tab was not opened");
  return { id: opened.data.tab as bigint, expiresAt };
}
