// SPDX-License-Identifier: Apache-2.0
import {
  bytesToHex,
  challengeRequest,
  challengeResponse,
  formatApiBody,
  loginMark,
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

/** A login that waits for a stream's registration to sign it. */
export interface LoginByRegistration {
  /** What the stream's metadata has to carry. */
  readonly mark: string;
  /**
   * Logs in, once the registration is final.
   *
   * @throws SdkError with the node's code: `challenge-invalid` where signing took longer than the challenge is good for
   */
  complete(stream: bigint): Promise<CreatorLogin>;
}

/**
 * Begins a login that needs no signature of its own: the wallet's signature under a stream's registration is one, since
 * the registration carries the hash of a challenge that only this page and the node know.
 */
export async function beginLogin(options: {
  client: TickstreamClient;
  /** SS58 address of who is going to sign. */
  address: string;
  signal?: AbortSignal | undefined;
}): Promise<LoginByRegistration> {
  const { client, address, signal } = options;
  const asked = formatApiBody(challengeRequest, { address });
  const { challenge } = await client.rest.post("/api/auth/challenge", asked, challengeResponse, { signal });
  return {
    mark: loginMark(challenge),
    async complete(stream) {
      const body = formatApiBody(loginRequest, { address, challenge, chainStream: stream.toString() });
      const { token, expiresAt } = await client.rest.post("/api/auth/login", body, loginResponse, { signal });
      return { address, token, expiresAt };
    },
  };
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
