// SPDX-License-Identifier: Apache-2.0
// What the finalized chain says of streams and money, as the indexer has read it. Every row names its block, so that what is
// read twice is stored once, and what was read of a chain that is no more can be taken back.
import type { AccountId } from "@tickstream/contracts-types";
import {
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  foreignKey,
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

/** Streams on chain, by their registration. */
export const historyStreams = pgTable("history_streams", {
  stream: uint128().primaryKey(),
  creator: bytes().notNull(),
  block: integer().notNull(),
});

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
    block: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.stream, table.version] })],
);

/** What a channel's settlements have to be shared by. */
export const historyChannels = pgTable("history_channels", {
  channel: bytes().primaryKey(),
  stream: uint128().notNull(),
  terms: integer().notNull(),
  operator: bytes().notNull(),
  block: integer().notNull(),
});

/** An event that moved a stream's money. */
export const historyEvents = pgTable(
  "history_events",
  {
    block: integer().notNull(),
    /** Among the block's events. */
    index: integer().notNull(),
    blockHash: bytes("block_hash").notNull(),
    /** The block's own time. */
    at: timestamp({ withTimezone: true }).notNull(),
    /** In the block; null where no extrinsic caused it. */
    extrinsic: integer(),
    name: text().$type<HistoryEventName>().notNull(),
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
