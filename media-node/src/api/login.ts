// SPDX-License-Identifier: Apache-2.0
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  accountId,
  fromSs58,
  loginMark,
  streamId,
  toSs58,
  type AccountId,
  type LoginRequest,
  type StreamId,
} from "@tickstream/contracts-types";
import { ApiFailure } from "./api-failure.ts";
import { awaitFinality } from "./await-finality.ts";
import { signedByWallet } from "./wallet-signature.ts";

/** A broadcast from a browser is let in again by its login whenever its connection was lost: the longest ones last a day. */
const TOKEN_MS = 24 * 3_600_000;

export interface LoginOptions {
  /** What tokens are made with; whoever has it can log in as anybody. */
  secret: Uint8Array;
  /** Who registered a stream, by the finalized chain: for logins that were signed with it. */
  registration: (stream: StreamId) => Promise<{ creator: AccountId; metadata: string } | null>;
  challengeMs?: number;
  tokenMs?: number;
  /** Challenges that may wait for their signature at a time. */
  maxChallenges?: number;
  now?: () => number;
}

/** Login by a wallet's signature; afterwards a token speaks for the account, for a day. */
export interface Login {
  challenge(address: string, host: string): { challenge: string; expiresAt: Date };
  /** @throws ApiFailure */
  login(request: LoginRequest): Promise<{ token: string; expiresAt: Date }>;
  /** Whose token this is. @throws ApiFailure */
  verify(token: string): AccountId;
}

export function createLogin(options: LoginOptions): Login {
  const { challengeMs = 5 * 60_000, tokenMs = TOKEN_MS, maxChallenges = 10_000, now = Date.now } = options;
  /** Challenge to account and expiry; the oldest first. Each is good once. */
  const waiting = new Map<string, { account: AccountId; expires: number }>();

  const mac = (payload: string): Buffer => createHmac("sha256", options.secret).update(payload).digest();

  async function checkRegistration(account: AccountId, challenge: string, stream: string): Promise<void> {
    const id = streamId(stream);
    const found = await awaitFinality(() => options.registration(id));
    if (found?.creator === account && found.metadata.includes(loginMark(challenge))) return;
    throw new ApiFailure(401, "registration-invalid", "The stream on chain does not speak for this account.");
  }

  return {
    challenge(address, host) {
      const account = fromSs58(address);
      const expires = now() + challengeMs;
      const challenge = [
        `Log in to the Tickstream node at ${host}`,
        `Account: ${toSs58(account)}`,
        `Nonce: ${randomBytes(16).toString("hex")}`,
        `Time: ${new Date(now()).toISOString()}`,
      ].join("\n");
      waiting.set(challenge, { account, expires });
      for (const [oldest, entry] of waiting) {
        if (waiting.size <= maxChallenges && entry.expires > now()) break;
        waiting.delete(oldest);
      }
      return { challenge, expiresAt: new Date(expires) };
    },
    async login(request) {
      const { address, challenge } = request;
      const account = fromSs58(address);
      const entry = waiting.get(challenge);
      waiting.delete(challenge);
      if (!entry || entry.account !== account || entry.expires <= now()) {
        throw new ApiFailure(
          401,
          "challenge-invalid",
          "This challenge is not ours, was used, or has expired.",
        );
      }
      if ("signature" in request) await checkSignature(account, challenge, request.signature);
      else await checkRegistration(account, challenge, request.chainStream);
      const expires = now() + tokenMs;
      const payload = `${account}.${expires}`;
      return { token: `${payload}.${mac(payload).toString("base64url")}`, expiresAt: new Date(expires) };
    },
    verify(token) {
      const [account = "", expires = "", given = ""] = token.split(".");
      const expected = mac(`${account}.${expires}`);
      const bytes = Buffer.from(given, "base64url");
      if (bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) {
        throw new ApiFailure(401, "token-invalid", "Log in first.");
      }
      if (Number(expires) <= now())
        throw new ApiFailure(401, "token-expired", "The login has expired: log in again.");
      return accountId(account);
    },
  };
}

async function checkSignature(account: AccountId, challenge: string, signature: string): Promise<void> {
  if (await signedByWallet(account, challenge, signature)) return;
  throw new ApiFailure(401, "signature-invalid", "The signature is not this account's over the challenge.");
}
