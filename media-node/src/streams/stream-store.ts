// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { accountId, hexToBytes, streamId, type AccountId, type StreamId } from "@tickstream/contracts-types";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { streams } from "../database/schema.ts";
import type { TimelineStore } from "../media/timeline.ts";
import { createStreamKey, hashStreamKey } from "./stream-key.ts";

/** A stream as the node keeps it. */
export interface StreamRecord {
  /** As the API names it. */
  id: string;
  /** Its record on chain; `null` for a free stream. */
  chainStream: StreamId | null;
  title: string;
  tickMs: number;
  creator: AccountId;
  /** Where its media keys come from: to be given to its key vault only. */
  streamSecret: Uint8Array;
  endedAt: Date | null;
}

interface NewStream {
  id: string;
  chainStream: StreamId | null;
  title: string;
  tickMs: number;
  creator: AccountId;
}

/** Streams in PostgreSQL. */
export interface StreamStore {
  /** Stores a new stream, or takes up an ended one of the same creator; `null` where its id is taken. */
  create(stream: NewStream): Promise<{ record: StreamRecord; streamKey: string } | null>;
  /** Those that have not ended. */
  active(): Promise<StreamRecord[]>;
  byId(id: string): Promise<StreamRecord | null>;
  /** The active stream with this key. */
  byKey(streamKey: string): Promise<StreamRecord | null>;
  /** A new key; the old one publishes nothing more. */
  rotateKey(id: string): Promise<string>;
  markEnded(id: string): Promise<void>;
  timeline(id: string): TimelineStore;
}

export function createStreamStore({ db }: Database): StreamStore {
  const toRecord = (row: typeof streams.$inferSelect): StreamRecord => ({
    id: row.id,
    chainStream: row.chainStream === null ? null : streamId(row.chainStream),
    title: row.title,
    tickMs: row.tickMs,
    creator: accountId(row.creator),
    streamSecret: row.streamSecret,
    endedAt: row.endedAt,
  });
  return {
    async create(stream) {
      const streamKey = createStreamKey();
      const creator = Buffer.from(hexToBytes(stream.creator, 32));
      const [row] = await db
        .insert(streams)
        .values({
          ...stream,
          creator,
          streamKeyHash: hashStreamKey(streamKey),
          streamSecret: randomBytes(32),
        })
        .onConflictDoUpdate({
          target: streams.id,
          // Secret and timeline stay: an epoch never comes twice in a stream's life.
          set: { title: stream.title, streamKeyHash: hashStreamKey(streamKey), endedAt: null },
          setWhere: sql`${streams.endedAt} is not null and ${eq(streams.creator, creator)}`,
        })
        .returning();
      return row ? { record: toRecord(row), streamKey } : null;
    },
    async active() {
      const rows = await db
        .select()
        .from(streams)
        .where(isNull(streams.endedAt))
        .orderBy(asc(streams.createdAt));
      return rows.map(toRecord);
    },
    async byId(id) {
      const [row] = await db.select().from(streams).where(eq(streams.id, id));
      return row ? toRecord(row) : null;
    },
    async byKey(streamKey) {
      const [row] = await db
        .select()
        .from(streams)
        .where(and(eq(streams.streamKeyHash, hashStreamKey(streamKey)), isNull(streams.endedAt)));
      return row ? toRecord(row) : null;
    },
    async rotateKey(id) {
      const streamKey = createStreamKey();
      await db
        .update(streams)
        .set({ streamKeyHash: hashStreamKey(streamKey) })
        .where(eq(streams.id, id));
      return streamKey;
    },
    async markEnded(id) {
      await db
        .update(streams)
        .set({ endedAt: sql`now()` })
        .where(eq(streams.id, id));
    },
    timeline: (id) => ({
      async load() {
        const { nextEpoch, nextRun, nextMsn, discontinuitySequence } = streams;
        const [row] = await db
          .select({ nextEpoch, nextRun, nextMsn, discontinuitySequence })
          .from(streams)
          .where(eq(streams.id, id));
        if (!row) throw new Error(`no stream ${id}`);
        return row;
      },
      async reserve(next) {
        // Copied by name: whatever else the object carries is not ours to store.
        const { nextEpoch, nextRun, nextMsn, discontinuitySequence } = next;
        await db
          .update(streams)
          .set({ nextEpoch, nextRun, nextMsn, discontinuitySequence })
          .where(eq(streams.id, id));
      },
    }),
  };
}
