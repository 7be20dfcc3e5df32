// SPDX-License-Identifier: Apache-2.0
import { fromSs58 } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../../client.ts";
import { SdkError } from "../../errors.ts";
import {
  followTransaction,
  transactionSigner,
  type TransactionOptions,
} from "../../wallet/follow-transaction.ts";

/**
 * Gives this device a new session key, and the wallet's tabs on it: for a key that may have been copied. One signature a
 * tab. From the first one on a block, the old key opens nothing on that tab; channels that are open go on with the new one.
 * A tab whose signature was declined keeps the old key, and this device can't pay from it before this is called again.
 *
 * @returns the tabs that have the new key now
 * @throws SdkError `tab-unknown` where this device has no tab of the wallet's
 */
export async function replaceSessionKey(
  options: TransactionOptions & { client: TickstreamClient },
): Promise<bigint[]> {
  const { client, wallet, onStep } = options;
  onStep?.("connecting");
  const [chainClient, chain, store] = await Promise.all([
    import("@tickstream/chain-client"),
    client.chain(),
    client.store(),
  ]);
  const owner = fromSs58(wallet.address);
  const own = (await store.tabs(chain.genesisHash)).filter((tab) => tab.owner === owner);
  if (own.length === 0) throw new SdkError("tab-unknown", "This device has no tab of this wallet.");
  // Durable before the first tab names it: after a crash in between, `listTabs` finds it on the chain and adopts it.
  const next = await store.nextSessionKey();
  const replaced: bigint[] = [];
  for (const record of own) {
    const handle = chainClient.setSessionKey(chain, {
      signer: transactionSigner(chain, options),
      tab: record.tab,
      sessionKey: next,
    });
    await followTransaction(handle, options);
    await store.adoptSessionKey(next.publicKeyHex);
    await store.putTab({ ...record, sessionKey: next.publicKeyHex });
    replaced.push(record.tab);
  }
  return replaced;
}
