// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import {
  accountId,
  hexToBytes,
  streamId,
  type AccountId,
  type StreamCategory,
  type StreamId,
} from "@tickstream/contracts-types";
import { and, asc, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
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
  /** What its creator says of it. */
  description: StreamDescription;
  tickMs: number;
  creator: AccountId;
  /** Where its media keys come from: to be given to its key vault only. */
  streamSecret: Uint8Array;
  createdAt: Date;
  endedAt: Date | null;
  /** Such a stream has ended. */
  archivedAt: Date | null;
}

/** What a creator says of a stream: for people, and for finding it. */
export interface StreamDescription {
  title: string;
  /** Longer. */
  text: string;
  category: StreamCategory;
  tags: string[];
  /** BCP 47; `null`: none in particular. */
  language: string | null;
}

interface NewStream {
  id: string;
  chainStream: StreamId | null;
  description: StreamDescription;
  tickMs: number;
  creator: AccountId;
}

/** Which ended streams are wanted: those that ended before `before`, the last first. */
interface PastStreamsFilter {
  creator: AccountId;
  archived: boolean;
  before: { endedAt: Date; id: string } | null;
  limit: number;
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
  describe(id: string, description: StreamDescription): Promise<void>;
  markEnded(id: string): Promise<void>;
  /** Puts an ended stream away. */
  archive(id: string): Promise<void>;
  past(filter: PastStreamsFilter): Promise<StreamRecord[]>;
  timeline(id: string): TimelineStore;
}

/** A JavaScript date has milliseconds only: a page that began at such a date would repeat or skip a row. */
const MS_ENDED = sql`date_trunc('milliseconds', ${streams.endedAt})`;

export function createStreamStore({ db }: Database): StreamStore {
  const toRecord = (row: typeof streams.$inferSelect): StreamRecord => ({
    id: row.id,
    chainStream: row.chainStream === null ? null : streamId(row.chainStream),
    description: {
      title: row.title,
      text: row.description,
      category: row.category,
      tags: row.tags,
      language: row.language,
    },
    tickMs: row.tickMs,
    creator: accountId(row.creator),
    streamSecret: row.streamSecret,
    createdAt: row.createdAt,
    endedAt: row.endedAt,
    archivedAt: row.archivedAt,
  });
  return {
    async create(stream) {
      const { id, chainStream, tickMs } = stream;
      const streamKey = createStreamKey();
      const creator = accountBytes(stream.creator);
      const described = descriptionColumns(stream.description);
      const streamKeyHash = hashStreamKey(streamKey);
      const [row] = await db
        .insert(streams)
        .values({
          id,
          chainStream,
          tickMs,
          ...described,
          creator,
          streamKeyHash,
          streamSecret: randomBytes(32),
        })
        .onConflictDoUpdate({
          target: streams.id,
          // Secret and timeline stay: an epoch never comes twice in a stream's life.
          set: { ...described, streamKeyHash, endedAt: null, archivedAt: null },
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
    async describe(id, description) {
      await db.update(streams).set(descriptionColumns(description)).where(eq(streams.id, id));
    },
    async markEnded(id) {
      await db
        .update(streams)
        .set({ endedAt: sql`now()` })
        .where(eq(streams.id, id));
    },
    async archive(id) {
      await db
        .update(streams)
        .set({ archivedAt: sql`now()` })
        .where(and(eq(streams.id, id), isNotNull(streams.endedAt), isNull(streams.archivedAt)));
    },
    async past({ creator, archived, before, limit }) {
      const rows = await db
        .select()
        .from(streams)
        .where(
          and(
            eq(streams.creator, accountBytes(creator)),
            isNotNull(streams.endedAt),
            archived ? isNotNull(streams.archivedAt) : isNull(streams.archivedAt),
            before === null
              ? undefined
              : sql`(${MS_ENDED}, ${streams.id}) < (${before.endedAt}, ${before.id})`,
          ),
        )
        .orderBy(desc(MS_ENDED), desc(streams.id))
        .limit(limit);
      return rows.map(toRecord);
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

function accountBytes(account: AccountId): Buffer {
  return Buffer.from(hexToBytes(account, 32));
}

function descriptionColumns({ title, text, category, tags, language }: StreamDescription) {
  return { title, description: text, category, tags, language };
}
