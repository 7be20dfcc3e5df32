// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { time } from "../fields.ts";

/**
 * `GET /api/price`: what one whole token is worth in a currency, as the operator's price source said at `at`. A node
 * without one answers 404 `price-off`, one whose source fell silent 503 `price-stale`.
 */
export const tokenPrice = z.object({
  /** ISO 4217: `EUR`. */
  currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
  perUnit: z.number().check(z.gt(0)),
  at: time,
});

export type TokenPrice = z.output<typeof tokenPrice>;
