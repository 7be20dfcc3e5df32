// SPDX-License-Identifier: Apache-2.0
import { MAX_FOLLOWS } from "@tickstream/contracts-types";

const KEY = "tickstream.follows";
/** Whom the node had when an account's list was last brought together with it, by that account. */
const KEPT_KEY = "tickstream.follows-kept.";

/** Anybody can write into a browser's storage: what is no list of addresses is none. */
function read(key = KEY): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    if (!Array.isArray(stored)) return [];
    return stored.filter((one) => typeof one === "string" && one.length <= 64).slice(0, MAX_FOLLOWS);
  } catch {
    return [];
  }
}

let creators = read();
const listeners = new Set<() => void>();

function write(next: readonly string[]): void {
  creators = next.slice(0, MAX_FOLLOWS);
  localStorage.setItem(KEY, JSON.stringify(creators));
  for (const listener of listeners) listener();
}

// Another window of this browser followed somebody.
window.addEventListener("storage", ({ key }) => {
  if (key !== KEY) return;
  creators = read();
  for (const listener of listeners) listener();
});

/** Whom this browser follows, the newest first: kept here for everybody, and on the node for who signs in. */
export const followStore = {
  all: () => creators,
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  toggle: (creator: string) => {
    write(creators.includes(creator) ? creators.filter((one) => one !== creator) : [creator, ...creators]);
  },
  replace: write,
  /** Whom both this browser and the node had, as far as is known here. */
  keptWith: (account: string) => read(KEPT_KEY + account),
  setKeptWith: (account: string, kept: readonly string[]) =>
    localStorage.setItem(KEPT_KEY + account, JSON.stringify(kept.slice(0, MAX_FOLLOWS))),
};
