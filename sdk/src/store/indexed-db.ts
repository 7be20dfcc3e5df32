// SPDX-License-Identifier: Apache-2.0
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { SdkError } from "../errors.ts";
import type { SessionStore, StoreLock } from "../payment/session-store.ts";
import { createRecordStore, type RecordBackend, type RecordKinds } from "./record-store.ts";

interface Schema extends DBSchema {
  key: { key: string; value: RecordKinds["key"] };
  tab: { key: string; value: RecordKinds["tab"] };
  nonce: { key: string; value: RecordKinds["nonce"] };
  channel: { key: string; value: RecordKinds["channel"] };
  receipt: { key: string; value: RecordKinds["receipt"] };
  visit: { key: string; value: RecordKinds["visit"] };
}

/** Which kinds of record each version of the database brought: a browser comes from any of them. */
const KINDS_SINCE: Record<number, (keyof RecordKinds)[]> = {
  1: ["key", "tab", "nonce", "channel"],
  2: ["receipt", "visit"],
};
const VERSION = 2;

/**
 * The browser's session store: IndexedDB, every write with `durability: "strict"` (it is on disk before it counts),
 * locks by the Web Locks API (they end with their page).
 *
 * @param name of the database; one per origin is enough
 */
export function createIndexedDbStore(name = "tickstream"): SessionStore {
  return createRecordStore(createIndexedDbBackend(name));
}

function createIndexedDbBackend(name: string): RecordBackend {
  let opened: Promise<IDBPDatabase<Schema>> | null = null;
  let closed = false;
  const locks = new Set<StoreLock>();

  function database(): Promise<IDBPDatabase<Schema>> {
    if (closed) throw new SdkError("disposed", "The store is closed.");
    opened ??= openDB<Schema>(name, VERSION, {
      upgrade(db, from) {
        for (let version = from + 1; version <= VERSION; version++) {
          for (const kind of KINDS_SINCE[version] ?? []) db.createObjectStore(kind);
        }
      },
      // Another page wants to upgrade or delete the database: let go, and open again when needed.
      blocking: (_current, _next, event) => {
        opened = null;
        (event.target as IDBDatabase).close();
      },
      terminated: () => {
        opened = null;
      },
    }).catch((cause: unknown) => {
      opened = null;
      throw new SdkError("store-failed", "The browser refuses to store data for this page.", { cause });
    });
    return opened;
  }

  return {
    keepsCryptoKeys: true,
    async list<Kind extends keyof RecordKinds>(kind: Kind) {
      return (await (await database()).getAll(kind)) as RecordKinds[Kind][];
    },
    async get<Kind extends keyof RecordKinds>(kind: Kind, id: string) {
      return (await (await database()).get(kind, id)) as RecordKinds[Kind] | undefined;
    },
    async update<Kind extends keyof RecordKinds>(
      kind: Kind,
      id: string,
      change: (stored: RecordKinds[Kind] | undefined) => RecordKinds[Kind] | undefined,
    ) {
      const transaction = (await database()).transaction(kind, "readwrite", { durability: "strict" });
      // Awaited below in every case; a rejection before that must not count as unhandled.
      transaction.done.catch(() => undefined);
      try {
        const next = change((await transaction.store.get(id)) as RecordKinds[Kind] | undefined);
        if (next === undefined) await transaction.store.delete(id);
        else await transaction.store.put(next, id);
        await transaction.done;
        return next;
      } catch (cause) {
        if (transaction.error === null) {
          try {
            transaction.abort();
          } catch {
            // It had ended by itself, which is what abort is for.
          }
        }
        if (cause instanceof SdkError) throw cause;
        throw new SdkError("store-failed", "The browser could not store what was paid.", { cause });
      }
    },
    tryLock(lockName) {
      if (closed) throw new SdkError("disposed", "The store is closed.");
      return new Promise<StoreLock | null>((resolve, reject) => {
        // Settles when the lock is given back, which is a moment after it is let go.
        const given: Promise<unknown> = navigator.locks.request(
          `${name}/${lockName}`,
          { ifAvailable: true },
          (lock) => {
            if (lock === null) {
              resolve(null);
              return undefined;
            }
            // The lock is held for as long as this promise is pending.
            return new Promise<void>((letGo) => {
              const held: StoreLock = {
                release: async () => {
                  locks.delete(held);
                  letGo();
                  await given;
                },
              };
              locks.add(held);
              resolve(held);
            });
          },
        );
        given.catch(reject);
      });
    },
    async close() {
      const db = opened;
      closed = true;
      await Promise.all(Array.from(locks, (lock) => lock.release()));
      if (db) (await db).close();
    },
  };
}
