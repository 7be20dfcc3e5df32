// SPDX-License-Identifier: Apache-2.0
import type { Hex } from "@tickstream/contracts-types";
import { SdkError } from "../errors.ts";
import {
  generateSessionKey,
  openSessionKey,
  type SessionKey,
  type StoredSessionKey,
} from "../payment/session-key.ts";
import {
  furtherProgress,
  type ChannelRecord,
  type SessionStore,
  type StoreLock,
  type TabRecord,
} from "../payment/session-store.ts";

/** The kinds of record a session store keeps, with what is kept of each. */
export interface RecordKinds {
  key: StoredSessionKey;
  tab: TabRecord;
  nonce: { last: number };
  channel: ChannelRecord;
}

/** What a place to store must offer; all the rules of a session store are above it, once. */
export interface RecordBackend {
  /** Whether a non-extractable CryptoKey can be kept. */
  readonly keepsCryptoKeys: boolean;
  list<Kind extends keyof RecordKinds>(kind: Kind): Promise<RecordKinds[Kind][]>;
  /**
   * Reads, changes and writes one record, atomically against every other page or process. `change` runs
   * synchronously; `undefined` deletes. Resolves, with what is stored now, when it is durable.
   */
  update<Kind extends keyof RecordKinds>(
    kind: Kind,
    id: string,
    change: (stored: RecordKinds[Kind] | undefined) => RecordKinds[Kind] | undefined,
  ): Promise<RecordKinds[Kind] | undefined>;
  tryLock(name: string): Promise<StoreLock | null>;
  close(): Promise<void>;
}

/** A device has few; more is a leak somewhere, and is reported instead of being stored. */
const MAX_TABS = 256;

/** A session store on a backend. */
export function createRecordStore(backend: RecordBackend): SessionStore {
  let key: Promise<SessionKey> | null = null;
  const tabKey = (genesisHash: Hex, tab: bigint) => `${genesisHash}-${tab}`;

  async function loadKey(): Promise<SessionKey> {
    // Made before the transaction, which must not wait; another page may win and then its key is the one.
    const [known] = await backend.list("key");
    const fresh = known ?? (await generateSessionKey({ extractable: !backend.keepsCryptoKeys }));
    const stored = await backend.update("key", "device", (old) => old ?? fresh);
    return openSessionKey(stored ?? fresh);
  }

  return {
    sessionKey() {
      key ??= loadKey().catch((error: unknown) => {
        key = null;
        throw error;
      });
      return key;
    },
    async tabs(genesisHash) {
      return (await backend.list("tab")).filter((tab) => tab.genesisHash === genesisHash);
    },
    async putTab(tab) {
      if ((await backend.list("tab")).length >= MAX_TABS) {
        throw new SdkError("store-failed", "This device remembers too many tabs; close old ones.");
      }
      await backend.update("tab", tabKey(tab.genesisHash, tab.tab), () => tab);
    },
    async removeTab(genesisHash, tab) {
      await backend.update("tab", tabKey(genesisHash, tab), () => undefined);
    },
    async takeNonce(genesisHash, tab) {
      const taken = await backend.update("nonce", tabKey(genesisHash, tab), (old) => ({
        last: (old?.last ?? 0) + 1,
      }));
      return taken!.last;
    },
    async channels(genesisHash) {
      return (await backend.list("channel")).filter((channel) => channel.genesisHash === genesisHash);
    },
    async putChannel(record) {
      await backend.update("channel", record.channel, (old) => ({
        ...record,
        progress: old ? furtherProgress(old.progress, record.progress) : record.progress,
      }));
    },
    async advance(channel, progress) {
      await backend.update("channel", channel, (old) => {
        if (!old) throw new SdkError("store-failed", "The store has no such channel.", { details: channel });
        return { ...old, progress: furtherProgress(old.progress, progress) };
      });
    },
    async removeChannel(channel) {
      await backend.update("channel", channel, () => undefined);
    },
    tryLock: (name) => backend.tryLock(name),
    close: () => backend.close(),
  };
}
