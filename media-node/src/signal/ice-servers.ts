// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import type { IceServers } from "@tickstream/contracts-types";
import { turnCredentials } from "./turn-credentials.ts";

export interface IceServerSettings {
  stunUrls: string[];
  turnUrls: string[];
  /** Shared with the TURN servers; without it they are named to nobody. */
  turnSecret?: string | undefined;
  /** Seconds for which credentials are good. */
  turnTtl: number;
}

/** The servers that help browsers reach each other and this node, with fresh credentials. */
export function iceServers({ stunUrls, turnUrls, turnSecret, turnTtl }: IceServerSettings): IceServers {
  const servers: IceServers["iceServers"] = stunUrls.length > 0 ? [{ urls: stunUrls }] : [];
  if (turnUrls.length === 0 || turnSecret === undefined) {
    return { iceServers: servers, expiresAt: new Date(Date.now() + turnTtl * 1_000).toISOString() };
  }
  // A user of its own for each answer: a TURN server's quotas are by user.
  const user = randomBytes(8).toString("hex");
  const { username, credential, expiresAt } = turnCredentials({
    secret: turnSecret,
    ttlSeconds: turnTtl,
    user,
  });
  return {
    iceServers: [...servers, { urls: turnUrls, username, credential }],
    expiresAt: expiresAt.toISOString(),
  };
}
