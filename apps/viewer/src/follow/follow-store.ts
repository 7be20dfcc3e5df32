// SPDX-License-Identifier: Apache-2.0
import { MAX_FOLLOWS } from "@tickstream/contracts-types";

const KEY = "tickstream.follows";

/** Anybody can write into a browser's storage: what is no list of addresses is none. */
function read(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
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
  /** Adds those that aren't there yet. */
  merge: (others: readonly string[]) => {
    write([...creators, ...others.filter((one) => !creators.includes(one))]);
  },
};
