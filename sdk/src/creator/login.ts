// SPDX-License-Identifier: Apache-2.0
import {
  bytesToHex,
  challengeRequest,
  challengeResponse,
  formatApiBody,
  loginRequest,
  loginResponse,
} from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
import { WalletError, walletFailure } from "../wallet/wallet-error.ts";
import { isInjected, type Wallet } from "../wallet.ts";

/** A creator's token for one node, good until it expires. */
export interface CreatorLogin {
  /** SS58 address of who logged in. */
  address: string;
  token: string;
  /** ISO 8601, UTC. */
  expiresAt: string;
}

/**
 * Logs in at a node: the wallet signs a challenge that names the node and is good once.
 *
 * @example const login = await logIn({ client, wallet: new Keyring({ type: "sr25519" }).addFromUri("//Alice") });
 * @throws SdkError with the node's code; WalletError
 */
export async function logIn(options: {
  client: TickstreamClient;
  wallet: Wallet;
  signal?: AbortSignal | undefined;
}): Promise<CreatorLogin> {
  const { client, wallet, signal } = options;
  const { address } = wallet;
  const asked = formatApiBody(challengeRequest, { address });
  const { challenge } = await client.rest.post("/api/auth/challenge", asked, challengeResponse, { signal });
  const signature = await signText(wallet, challenge);
  const body = formatApiBody(loginRequest, { address, challenge, signature });
  const { token, expiresAt } = await client.rest.post("/api/auth/login", body, loginResponse, { signal });
  return { address, token, expiresAt };
}

/** Wallets sign text as bytes, which most wrap in `<Bytes>`; the node takes both forms. */
async function signText(wallet: Wallet, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  if (!isInjected(wallet)) return bytesToHex(wallet.sign(bytes));
  const { signer, address } = wallet;
  if (!signer.signRaw) throw new WalletError("wallet-failed", { details: "it cannot sign text" });
  try {
    return (await signer.signRaw({ address, data: bytesToHex(bytes), type: "bytes" })).signature;
  } catch (thrown) {
    throw walletFailure(thrown);
  }
}
