// SPDX-License-Identifier: Apache-2.0
import {
  fromSs58,
  joinProofText,
  TickstreamError,
  type AccountId,
  type JoinCredential,
} from "@tickstream/contracts-types";
import type { JoinDecision, JoinRequest } from "@tickstream/signaling";
import { ApiFailure } from "../api/api-failure.ts";
import { isDatabaseFailure } from "../database/failures.ts";

/** What the decision needs of the node. */
export interface JoinAuthority {
  /** A stream that the node carries. */
  find(stream: string): { creator: AccountId; free: boolean } | undefined;
  /** Which stream a stream key is for. */
  streamOfKey(key: string): Promise<string | null>;
  /** Whose token of `POST /api/auth/login` it is. @throws ApiFailure */
  accountOfToken(token: string): AccountId;
  /** Whether a wallet has signed a text. */
  signed(account: AccountId, text: string, signature: string): Promise<boolean>;
}

/**
 * Who may join a stream's room: to publish, whoever has its key, and its creator; to watch, anybody where it is free, and
 * whoever shows an account where it is paid.
 */
export function authorizeJoin(authority: JoinAuthority): (request: JoinRequest) => Promise<JoinDecision> {
  return async (request) => {
    const { stream, role, credential } = request;
    const carried = authority.find(stream);
    if (carried === undefined) {
      return { ok: false, code: "stream-unknown", message: "This node carries no such stream." };
    }
    if (role === "viewer" && carried.free) return { ok: true };
    if (credential === undefined) {
      return { ok: false, code: "credential-missing", message: `A ${role} of this stream has to log in.` };
    }
    try {
      if (credential.kind === "stream-key") {
        return (await authority.streamOfKey(credential.key)) === stream
          ? { ok: true }
          : invalid("This is not the stream's key.");
      }
      const account = await accountOf(authority, credential, request);
      if (account === null) return invalid("The signature is not this account's over this socket's proof.");
      return role === "viewer" || account === carried.creator
        ? { ok: true }
        : invalid("Only the stream's creator, or who has its key, may publish.");
    } catch (error) {
      if (isDatabaseFailure(error)) {
        return { ok: false, code: "unavailable", message: "The node is recovering: try again in a moment." };
      }
      if (error instanceof ApiFailure) return invalid(error.shortMessage);
      throw error;
    }
  };
}

/** Who shows a credential; null where it is not theirs. */
async function accountOf(
  authority: JoinAuthority,
  credential: Exclude<JoinCredential, { kind: "stream-key" }>,
  { host, stream, role, nonce }: JoinRequest,
): Promise<AccountId | null> {
  if (credential.kind === "login") return authority.accountOfToken(credential.token);
  const account = readAddress(credential.address);
  if (account === null) return null;
  const proof = joinProofText({ host, stream, role, nonce });
  return (await authority.signed(account, proof, credential.signature)) ? account : null;
}

function readAddress(address: string): AccountId | null {
  try {
    return fromSs58(address);
  } catch (error) {
    if (error instanceof TickstreamError) return null;
    throw error;
  }
}

const invalid = (message: string): JoinDecision => ({ ok: false, code: "credential-invalid", message });
