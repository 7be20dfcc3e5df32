// SPDX-License-Identifier: Apache-2.0
// What the finalized chain says of streams and money, as the indexer has read it. Every row hangs on its block, so that what
// is read twice is stored once, and what was read of a chain that is no more goes with its blocks.
import type { AccountId } from "@tickstream/contracts-types";
import {
  bigint,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import { bytes, int129, uint128 } from "./columns.ts";

/** How far the chain was read; one row. */
export const historyCursor = pgTable("history_cursor", {
  name: text().primaryKey(),
  /** The first block that was read, and the last, with its hash. */
  firstBlock: integer("first_block").notNull(),
  block: integer().notNull(),
  blockHash: bytes("block_hash").notNull(),
});

/** Blocks that say something of streams. */
export const historyBlocks = pgTable(
  "history_blocks",
  {
    block: integer().primaryKey(),
    hash: bytes().notNull(),
    /** The block's own time. */
    at: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [index("history_blocks_at").on(table.at)],
);

const block = () =>
  integer()
    .notNull()
    .references(() => historyBlocks.block, { onDelete: "cascade" });

/** Streams on chain, by their registration. */
export const historyStreams = pgTable(
  "history_streams",
  {
    stream: uint128().primaryKey(),
    creator: bytes().notNull(),
    block: block(),
  },
  (table) => [index("history_streams_creator").on(table.creator)],
);

/** Every version of a stream's terms. */
export const historyTerms = pgTable(
  "history_terms",
  {
    stream: uint128().notNull(),
    version: integer().notNull(),
    /** Plancks per tick. */
    rate: uint128().notNull(),
    /** Parts per billion. */
    operatorShare: integer("operator_share").notNull(),
    payees: jsonb().$type<{ account: AccountId; share: number }[]>().notNull(),
    block: block(),
  },
  (table) => [primaryKey({ columns: [table.stream, table.version] })],
);

/** What a channel's settlements have to be shared by. */
export const historyChannels = pgTable("history_channels", {
  channel: bytes().primaryKey(),
  stream: uint128().notNull(),
  terms: integer().notNull(),
  operator: bytes().notNull(),
  block: block(),
});

/** An event that moved a stream's money. */
export const historyEvents = pgTable(
  "history_events",
  {
    block: block(),
    /** Among the block's events. */
    index: integer().notNull(),
    /** In the block; null where no extrinsic caused it. */
    extrinsic: integer(),
    name: text().$type<HistoryEventName>().notNull(),
    /** Whether it is part of a settlement or of a tip: a share is redirected in both. */
    kind: text().$type<PaymentKind>().notNull(),
    stream: uint128().notNull(),
    channel: bytes(),
    /** Settled by it. */
    ticks: integer(),
    /** Plancks in all. */
    amount: uint128().notNull(),
    /** Who tipped, and the bytes that came with it. */
    tipper: bytes(),
    note: bytes(),
  },
  (table) => [
    primaryKey({ columns: [table.block, table.index] }),
    index("history_events_stream").on(table.stream, table.block, table.index),
  ],
);

export type HistoryEventName = "Settled" | "Tipped" | "ShareRedirected";

export type PaymentKind = "settlement" | "tip";

/** Who got what of an event; a share that went elsewhere is taken from its payee again. */
export const historyPayments = pgTable(
  "history_payments",
  {
    block: integer().notNull(),
    index: integer().notNull(),
    /** Among the event's payments. */
    line: smallint().notNull(),
    account: bytes().notNull(),
    role: text().$type<PaymentRole>().notNull(),
    amount: int129().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.block, table.index, table.line] }),
    foreignKey({
      columns: [table.block, table.index],
      foreignColumns: [historyEvents.block, historyEvents.index],
    }).onDelete("cascade"),
    index("history_payments_account").on(table.account, table.block, table.index),
  ],
);

export type PaymentRole = "operator" | "payee";

// Sums by day (UTC), kept in step with the events above: years of settlements are too many to add up at each question.

const day = () => date({ mode: "string" }).notNull();
const counts = () => ({
  ticks: bigint({ mode: "number" }).notNull(),
  settlements: integer().notNull(),
  tips: integer().notNull(),
});

/** What happened to a stream on a day. */
export const historyStreamDays = pgTable(
  "history_stream_days",
  { stream: uint128().notNull(), day: day(), ...counts() },
  (table) => [primaryKey({ columns: [table.stream, table.day] })],
);

/** What an account got of a stream on a day; its counts are those of the events that paid it. */
export const historyAccountDays = pgTable(
  "history_account_days",
  {
    stream: uint128().notNull(),
    day: day(),
    account: bytes().notNull(),
    ...counts(),
    /** Plancks of settlements; of those, as the operator; and of tips. */
    settled: int129().notNull(),
    operator: int129().notNull(),
    tipped: int129().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.stream, table.day, table.account] }),
    index("history_account_days_account").on(table.account, table.day),
  ],
);
