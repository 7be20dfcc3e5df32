// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { amount, blockHash, channel, epoch, text, time, u32 } from "../fields.ts";
import { next, pageQuery } from "./page.ts";
import { address, apiStreamId } from "./streams.ts";

/**
 * Whose money is counted: `creator`, all that was paid for the login's own streams, whoever got it; `account`, all
 * that the login's account got, as a payee or operator of whatever stream.
 */
export const EARNINGS_SCOPES = ["creator", "account"] as const;

/** What a row stands for: a day (UTC), a stream, or an account that was paid. */
export const EARNINGS_GROUPS = ["day", "stream", "payee"] as const;

const filter = {
  /** `creator` by default. */
  scope: z.optional(z.enum(EARNINGS_SCOPES)),
  /** From this moment on, and before that one. */
  from: z.optional(time),
  to: z.optional(time),
  /** One stream only. */
  stream: z.optional(apiStreamId),
};

/** What `GET /api/earnings` takes in its query. */
export const earningsQuery = z.strictObject({
  ...filter,
  /** `day` by default. */
  group: z.optional(z.enum(EARNINGS_GROUPS)),
});

/** What `GET /api/earnings/events` takes in its query; `GET /api/earnings.csv` takes the same but for the page. */
export const earningsEventsQuery = z.strictObject({ ...filter, ...pageQuery });
export const earningsCsvQuery = z.strictObject(filter);

const sums = {
  /** Ticks settled. */
  ticks: epoch,
  settlements: u32,
  tips: u32,
  /** Plancks of settlements, all parts that are in scope. */
  settled: amount,
  /** Of those, what the operators got. */
  operator: amount,
  /** Plancks of tips. */
  tipped: amount,
};

/** How far the node has read the chain's history. */
export const historyState = z.object({
  /** `current`: up to the newest final block; `catching-up`; `interrupted`: it cannot read on, and `reason` says why. */
  state: z.enum(["current", "catching-up", "interrupted"]),
  reason: z.nullable(text(512)),
  /** The first and the last final block that were read; `null` before the first. */
  from: z.nullable(u32),
  to: z.nullable(u32),
  /** The newest final block there is; `null` while the chain is out of reach. */
  finalized: z.nullable(u32),
});

/** `GET /api/earnings`: what final blocks say, to the planck. */
export const earnings = z.object({
  rows: z.array(
    z.object({
      /** `2026-11-21`, a stream's id or an account's address. */
      key: text(64),
      /** The stream's title, where the node knows it. */
      title: z.nullable(text(200)),
      ...sums,
    }),
  ),
  totals: z.object({
    ...sums,
    /** Sold on this node and not in a final block yet, less the operator's part: whatever `from` and `to` say. */
    pending: amount,
  }),
  history: historyState,
});

/** Where something stands on the chain. */
const place = {
  block: u32,
  blockHash,
  /** Index of the extrinsic in its block; `null` where none caused it. */
  extrinsic: z.nullable(u32),
  /** Index of the event among the block's. */
  index: u32,
  at: time,
};

/** One event of a final block that moved money. */
export const earningsEvent = z.object({
  ...place,
  /** `Settled`, `Tipped` or `ShareRedirected`, as the pallet names it. */
  name: text(64),
  stream: apiStreamId,
  title: z.nullable(text(200)),
  channel: z.nullable(channel),
  /** Ticks settled by it; `null` for others. */
  ticks: z.nullable(u32),
  /** Plancks in all, before it was shared. */
  amount,
  /** Who got what of it, those in scope; a share that went to the creator instead is negative for its payee. */
  payments: z.array(
    z.object({
      account: address,
      role: z.enum(["operator", "payee"]),
      amount: z.string().check(z.regex(/^-?(0|[1-9][0-9]{0,38})$/)),
    }),
  ),
});

/** `GET /api/earnings/events`, the newest first. */
export const earningsEvents = z.object({ events: z.array(earningsEvent), next });

export type EarningsScope = (typeof EARNINGS_SCOPES)[number];
export type EarningsGroup = (typeof EARNINGS_GROUPS)[number];
export type EarningsQuery = z.output<typeof earningsQuery>;
export type EarningsEventsQuery = z.output<typeof earningsEventsQuery>;
export type EarningsCsvQuery = z.output<typeof earningsCsvQuery>;
export type HistoryState = z.output<typeof historyState>;
export type Earnings = z.output<typeof earnings>;
export type EarningsEvent = z.output<typeof earningsEvent>;
export type EarningsEvents = z.output<typeof earningsEvents>;
