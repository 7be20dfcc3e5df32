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
  type ReceiptRecord,
  type SessionStore,
  type StoreLock,
  type TabRecord,
  type WatchRecord,
} from "../payment/session-store.ts";

/** The kinds of record a session store keeps, with what is kept of each. */
export interface RecordKinds {
  key: StoredSessionKey;
  tab: TabRecord;
  nonce: { last: number };
  channel: ChannelRecord;
  receipt: ReceiptRecord;
  visit: WatchRecord;
}

/** What a place to store must offer; all the rules of a session store are above it, once. */
export interface RecordBackend {
  /** Whether a non-extractable CryptoKey can be kept. */
  readonly keepsCryptoKeys: boolean;
  list<Kind extends keyof RecordKinds>(kind: Kind): Promise<RecordKinds[Kind][]>;
  get<Kind extends keyof RecordKinds>(kind: Kind, id: string): Promise<RecordKinds[Kind] | undefined>;
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
/** What only remembers is bounded by forgetting the oldest. */
const MAX_RECEIPTS = 2_000;
const MAX_VISITS = 500;

/** A session store on a backend. */
export function createRecordStore(backend: RecordBackend): SessionStore {
  const tabKey = (genesisHash: Hex, tab: bigint) => `${genesisHash}-${tab}`;

  /** A key of the device, made where there is none. Read anew each time: another page may have replaced it. */
  async function keyOf(id: "device" | "next"): Promise<SessionKey> {
    const known = await backend.get("key", id);
    if (known) return openSessionKey(known);
    // Made before the transaction, which must not wait; another page may win and then its key is the one.
    const fresh = await generateSessionKey({ extractable: !backend.keepsCryptoKeys });
    return openSessionKey((await backend.update("key", id, (old) => old ?? fresh))!);
  }

  return {
    sessionKey: () => keyOf("device"),
    async nextSessionKey() {
      const [next, device] = await Promise.all([keyOf("next"), keyOf("device")]);
      if (next.publicKeyHex !== device.publicKeyHex) return next;
      // It was adopted, and a crash left it here.
      await backend.update("key", "next", () => undefined);
      return keyOf("next");
    },
    async adoptSessionKey(publicKey) {
      const next = await backend.get("key", "next");
      if (!next || (await openSessionKey(next)).publicKeyHex !== publicKey) return;
      await backend.update("key", "device", () => next);
      await backend.update("key", "next", () => undefined);
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
      const channels = (await backend.list("channel")).filter(
        (channel) => channel.genesisHash === genesisHash,
      );
      if (channels.every(({ sessionKey }) => sessionKey !== undefined)) return channels;
      // Written before keys could be replaced: there was one then.
      const { publicKeyHex } = await keyOf("device");
      return channels.map((channel) => ({ ...channel, sessionKey: channel.sessionKey ?? publicKeyHex }));
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
    async receipts(genesisHash) {
      return (await backend.list("receipt")).filter((record) => record.genesisHash === genesisHash);
    },
    async putReceipt(record) {
      await backend.update("receipt", record.channel, () => record);
      const oldest = (await backend.list("receipt"))
        .toSorted((a, b) => b.savedAt - a.savedAt)
        .slice(MAX_RECEIPTS);
      for (const { channel } of oldest) await backend.update("receipt", channel, () => undefined);
    },
    async visits() {
      return (await backend.list("visit")).toSorted((a, b) => b.startedAt - a.startedAt);
    },
    async putVisit(record) {
      await backend.update("visit", record.id, () => record);
      const oldest = (await backend.list("visit"))
        .toSorted((a, b) => b.startedAt - a.startedAt)
        .slice(MAX_VISITS);
      for (const { id } of oldest) await backend.update("visit", id, () => undefined);
    },
    async forgetVisits() {
      for (const { id } of await backend.list("visit")) await backend.update("visit", id, () => undefined);
    },
    tryLock: (name) => backend.tryLock(name),
    close: () => backend.close(),
  };
}
