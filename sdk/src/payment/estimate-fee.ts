// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, fromSs58, streamId, type Planck } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";

/** What a wallet may be asked to sign. */
export type WalletAction = "open-tab" | "top-up-tab" | "close-tab" | "replace-session-key" | "tip";

/**
 * About what a transaction will cost the wallet besides what it moves, in plancks: what the chain would charge now.
 *
 * @param options.address SS58 address of who would sign
 * @example label.textContent = `about ${formatAmount(await estimateFee({ client, address, action: "tip" }), token)}`;
 */
export async function estimateFee(options: {
  client: TickstreamClient;
  address: string;
  action: WalletAction;
}): Promise<Planck> {
  const { client, action } = options;
  const from = fromSs58(options.address);
  const [chainClient, chain] = await Promise.all([import("@tickstream/chain-client"), client.chain()]);
  // The weight goes by the call, not by its figures; the length hardly.
  const tab = 1n;
  const amount = chainClient.getConstants(chain).minTab;
  const sessionKey = { type: "Ed25519", value: bytesToHex(new Uint8Array(32)) } as const;
  const estimate = chainClient.estimateFee;
  switch (action) {
    case "open-tab": {
      const expiresAt = chain.bestHead().number;
      return estimate(chain, { call: "openTab", args: { deposit: amount, sessionKey, expiresAt }, from });
    }
    case "top-up-tab":
      return estimate(chain, { call: "topUpTab", args: { tab, amount }, from });
    case "close-tab":
      return estimate(chain, { call: "closeTab", args: { tab }, from });
    case "replace-session-key":
      return estimate(chain, { call: "setSessionKey", args: { tab, sessionKey }, from });
    case "tip":
      return estimate(chain, { call: "tip", args: { stream: streamId(1n), amount, note: "0x" }, from });
  }
}
