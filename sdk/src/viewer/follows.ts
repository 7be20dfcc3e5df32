// SPDX-License-Identifier: Apache-2.0
import { follows } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
import type { CreatorLogin } from "../creator/login.ts";

interface FollowOptions {
  client: TickstreamClient;
  /** Of whoever follows. */
  login: CreatorLogin;
  signal?: AbortSignal | undefined;
}

/** The creators whom the login's account follows at this node, as SS58 addresses, the newest first. */
export async function listFollows({ client, login, signal }: FollowOptions): Promise<string[]> {
  const body = await client.rest.get("/api/follows", follows, { token: login.token, signal });
  return body.follows.map(({ creator }) => creator);
}

/** Follows a creator, by their SS58 address; following twice is following once. */
export function follow({
  client,
  login,
  creator,
  signal,
}: FollowOptions & { creator: string }): Promise<void> {
  return client.rest.command("PUT", pathOf(creator), { token: login.token, signal });
}

/** Follows a creator no more. */
export function unfollow({
  client,
  login,
  creator,
  signal,
}: FollowOptions & { creator: string }): Promise<void> {
  return client.rest.command("DELETE", pathOf(creator), { token: login.token, signal });
}

const pathOf = (creator: string): string => `/api/follows/${encodeURIComponent(creator)}`;
