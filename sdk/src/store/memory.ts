// SPDX-License-Identifier: Apache-2.0
import { SdkError } from "../errors.ts";
import type { SessionStore } from "../payment/session-store.ts";
import { createRecordStore, type RecordBackend, type RecordKinds } from "./record-store.ts";

/**
 * A session store that forgets everything with its process: what it paid for and did not use is lost then, and so
 * is the rest of its tabs until they expire. For load generators and throw-away wallets.
 */
export function createMemoryStore(): SessionStore {
  return createRecordStore(createMemoryBackend());
}

/** Records are cloned on the way in and out, as any durable store would. */
export function createMemoryBackend(): RecordBackend {
  const records = new Map<keyof RecordKinds, Map<string, unknown>>();
  const locks = new Set<string>();
  let closed = false;
  const kindOf = (kind: keyof RecordKinds) => {
    if (closed) throw new SdkError("disposed", "The store is closed.");
    let map = records.get(kind);
    if (!map) records.set(kind, (map = new Map()));
    return map;
  };
  return {
    keepsCryptoKeys: true,
    async list<Kind extends keyof RecordKinds>(kind: Kind) {
      return [...kindOf(kind).values()].map((record) => structuredClone(record)) as RecordKinds[Kind][];
    },
    async get<Kind extends keyof RecordKinds>(kind: Kind, id: string) {
      return structuredClone(kindOf(kind).get(id)) as RecordKinds[Kind] | undefined;
    },
    async update<Kind extends keyof RecordKinds>(
      kind: Kind,
      id: string,
      change: (stored: RecordKinds[Kind] | undefined) => RecordKinds[Kind] | undefined,
    ) {
      const map = kindOf(kind);
      const next = change(structuredClone(map.get(id)) as RecordKinds[Kind] | undefined);
      if (next === undefined) map.delete(id);
      else map.set(id, structuredClone(next));
      return next;
    },
    async tryLock(name) {
      kindOf("key");
      if (locks.has(name)) return null;
      locks.add(name);
      let held = true;
      return {
        release: async () => {
          if (held) locks.delete(name);
          held = false;
        },
      };
    },
    async close() {
      closed = true;
      records.clear();
      locks.clear();
    },
  };
}
