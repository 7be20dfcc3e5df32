// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { text } from "../fields.ts";

/** The most entries that one page of a list has. */
export const MAX_PAGE = 100;

/** What lists take besides their own filters: where the page before ended, and how long this one may be. */
export const pageQuery = {
  /** The `next` of the page before. */
  cursor: z.optional(text(256)),
  /** Entries wanted, at most {@link MAX_PAGE}. */
  limit: z.optional(z.coerce.number().check(z.int(), z.gte(1), z.lte(MAX_PAGE))),
};

/** Where the next page begins; `null` at the end. */
export const next = z.nullable(text(256));
