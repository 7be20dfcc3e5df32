// SPDX-License-Identifier: Apache-2.0
import type { ApiPromise } from "@polkadot/api";
import { type HandKey, handKey } from "./hand-viewer.ts";
import { account, sendFinal } from "./raw-chain.ts";

/** A tab that a test opened by itself, and its session key. */
export interface HandTab {
  id: bigint;
  key: HandKey;
}

/** Opens a tab with a development account's money; resolves once it is final. */
export async function openTabByHand(api: ApiPromise, owner: string, deposit: bigint): Promise<HandTab> {
  const call = api.tx.tickStream?.openTab;
  if (call === undefined) throw new Error("the chain has no tick-stream pallet");
  const key = handKey();
  const head = (await api.rpc.chain.getHeader()).number.toNumber();
  const events = await sendFinal(
    api,
    call(deposit, { Ed25519: key.publicKey }, head + 50_000),
    await account(owner),
  );
  const opened = events.find(({ name }) => name === "TabOpened");
  if (opened === undefined) throw new Error("the tab was not opened");
  return { id: opened.data.tab as bigint, key };
}
