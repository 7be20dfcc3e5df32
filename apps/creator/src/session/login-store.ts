// SPDX-License-Identifier: Apache-2.0
import type { CreatorLogin } from "@tickstream/sdk";

/**
 * A login outlives a reload, and nothing else: it goes with the browser's tab, and no other tab sees it. (It is good for
 * some hours at one node, and moves no money.)
 */
const KEY = "tickstream.login";

export function readLogin(): CreatorLogin | undefined {
  const stored = sessionStorage.getItem(KEY);
  if (stored === null) return undefined;
  try {
    const login = JSON.parse(stored) as Partial<CreatorLogin>;
    const { address, token, expiresAt } = login;
    if (typeof address !== "string" || typeof token !== "string" || typeof expiresAt !== "string")
      return undefined;
    return Date.parse(expiresAt) > Date.now() ? { address, token, expiresAt } : undefined;
  } catch {
    return undefined; // not ours: signing in again is all it costs
  }
}

export function writeLogin(login: CreatorLogin | undefined): void {
  if (login) sessionStorage.setItem(KEY, JSON.stringify(login));
  else sessionStorage.removeItem(KEY);
}
