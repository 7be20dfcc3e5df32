// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { amount, blockHash, text, time, u32 } from "../fields.ts";
import { MAX_PAGE } from "./page.ts";
import { address } from "./streams.ts";

/** What `GET /api/streams/:id/tips` takes in its query. */
export const tipsQuery = z.strictObject({
  /** The id of a final tip: only newer ones are wanted. One that was not final can be gone, and come again. */
  after: z.optional(z.string().check(z.regex(/^[0-9]{1,10}-[0-9]{1,10}$/))),
  limit: z.optional(z.coerce.number().check(z.int(), z.gte(1), z.lte(MAX_PAGE))),
});

export const streamTip = z.object({
  /** Block and index of the event in it: `4711-3`. */
  id: text(24),
  from: address,
  amount,
  /** What came with it, at most 256 bytes of UTF-8. */
  note: text(256),
  block: u32,
  blockHash,
  at: time,
  /** `false`: the block can still be replaced, and the tip with it. */
  final: z.boolean(),
});

/** `GET /api/streams/:id/tips`, the newest first. */
export const streamTips = z.object({ tips: z.array(streamTip) });

export type TipsQuery = z.output<typeof tipsQuery>;
export type StreamTip = z.output<typeof streamTip>;
export type StreamTips = z.output<typeof streamTips>;
