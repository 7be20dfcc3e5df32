// SPDX-License-Identifier: Apache-2.0
import type { StreamCategory } from "@tickstream/contracts-types";
import { sql } from "drizzle-orm";
import {
  bigint,
  bigserial,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { bytes, epochMultirange, uint128 } from "./columns.ts";

/** What belongs to the node as a whole: the genesis the database belongs to, the secret its login tokens are made with. */
export const nodeProperties = pgTable("node_properties", {
  name: text().primaryKey(),
  value: bytes().notNull(),
});

/** Streams this node carries. A paid one has the id of its record on chain. */
export const streams = pgTable(
  "streams",
  {
    /** Decimal chain id of a paid stream, or `f…` of a free one. */
    id: text().primaryKey(),
    /** The record on chain; null for a free stream. */
    chainStream: uint128("chain_stream"),
    title: text().notNull(),
    description: text().notNull().default(""),
    category: text().$type<StreamCategory>().notNull().default("other"),
    tags: text().array().notNull().default([]),
    /** BCP 47. */
    language: text(),
    /** Milliseconds of media in a tick. */
    tickMs: integer("tick_ms").notNull(),
    /** Account (32 bytes) whose login created it. */
    creator: bytes().notNull(),
    /** SHA-256 of the stream key: the key itself is shown once and never stored. */
    streamKeyHash: bytes("stream_key_hash").notNull(),
    /** Where media keys are derived from (32 bytes). Never logged, never served. */
    streamSecret: bytes("stream_secret").notNull(),
    /** The first epoch, run, media sequence and discontinuity sequence that were never used (reserved ahead). */
    nextEpoch: bigint("next_epoch", { mode: "number" }).notNull().default(0),
    nextRun: bigint("next_run", { mode: "number" }).notNull().default(0),
    nextMsn: bigint("next_msn", { mode: "number" }).notNull().default(0),
    discontinuitySequence: bigint("discontinuity_sequence", { mode: "number" }).notNull().default(0),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
    endedAt: timestamp("ended_at", { withTimezone: true }),
    /** Put away by its creator; such a stream has ended. */
    archivedAt: timestamp("archived_at", { withTimezone: true }),
  },
  (table) => [
    uniqueIndex("streams_key_hash").on(table.streamKeyHash),
    index("streams_creator").on(table.creator),
  ],
);

/** Which accounts follow which creators: kept here for those who log in. */
export const follows = pgTable(
  "follows",
  {
    /** Accounts, 32 bytes each. */
    follower: bytes().notNull(),
    creator: bytes().notNull(),
    since: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.follower, table.creator] }),
    index("follows_creator").on(table.creator),
  ],
);

/**
 * The ledger: one row a channel, which is also what is owed. `ticks` and `preimage` are the highest proof, durable before any key that it pays for leaves.
 */
export const channels = pgTable(
  "channels",
  {
    /** BLAKE2b-256 of the encoded commitment. */
    id: bytes().primaryKey(),
    /** The commitment as it was signed (SCALE) and its signature: with the highest preimage, a receipt. */
    commitment: bytes().notNull(),
    signature: bytes().notNull(),
    /** The tab's session key at acceptance: 0 ed25519, 1 sr25519. */
    sessionKeyType: smallint("session_key_type").notNull(),
    sessionKey: bytes("session_key").notNull(),
    tab: uint128().notNull(),
    stream: uint128().notNull(),
    /** Plancks per tick. */
    rate: uint128().notNull(),
    /** accepted, best (in the best block), final, failed, ended. */
    state: text().$type<ChannelState>().notNull(),
    /** Why it failed: the pallet's error by name. */
    failure: text(),
    ticks: integer().notNull().default(0),
    preimage: bytes().notNull(),
    bought: epochMultirange().notNull().default("{}"),
    /** Epochs sold before the best block had the channel; null until then. */
    soldBeforeInclusion: integer("sold_before_inclusion"),
    /** Ticks paid out in the best and in the finalized state. */
    settledBest: integer("settled_best").notNull().default(0),
    settledFinal: integer("settled_final").notNull().default(0),
    /** Last block in which it can be settled: what the commitment says, or earlier once somebody asked to close. */
    end: bigint({ mode: "number" }).notNull(),
    /** Somebody asked on chain to close it: nothing more is sold. */
    closeRequested: boolean("close_requested").notNull().default(false),
    /** The viewer left for good: settle and close when it suits. */
    leaving: boolean().notNull().default(false),
    acceptedAt: timestamp("accepted_at", { withTimezone: true }).notNull().defaultNow(),
    /** Last commit of a tick or resume: a viewer silent for long has left. */
    lastActiveAt: timestamp("last_active_at", { withTimezone: true }).notNull().defaultNow(),
    /** When the chain last paid (or was found to owe nothing): what is owed ages from here. */
    lastSettledAt: timestamp("last_settled_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index("channels_tab").on(table.tab),
    index("channels_stream").on(table.stream),
    // What still has work to do is a small part of a ledger that only grows.
    index("channels_unfinished")
      .on(table.state)
      .where(sql`${table.state} not in ('failed', 'ended')`),
    check("channels_covered", sql`${table.settledFinal} <= ${table.ticks}`),
  ],
);

export type ChannelState = "accepted" | "best" | "final" | "failed" | "ended";

export type OutboxKind = "open" | "settle";

/** Work for the chain that must survive a crash: one row for each channel to open or to settle. Rows go when finalized. */
export const chainOutbox = pgTable(
  "chain_outbox",
  {
    id: bigserial({ mode: "number" }).primaryKey(),
    kind: text().$type<OutboxKind>().notNull(),
    channel: bytes()
      .notNull()
      .references(() => channels.id),
    /** Settle: the ticks last sent. What is sent is always the channel's highest proof at that moment. */
    ticks: integer().notNull().default(0),
    /** End the channel as well. */
    close: boolean().notNull().default(false),
    attempts: integer().notNull().default(0),
    lastError: text("last_error"),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [uniqueIndex("chain_outbox_channel").on(table.kind, table.channel)],
);
