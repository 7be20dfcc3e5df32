// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { text } from "../fields.ts";

/** The body of every answer that is no success. */
export const apiErrorBody = z.object({
  error: z.object({
    /** For programs, kebab-case. */
    code: text(64),
    /** A sentence for people. */
    message: text(1_024),
    details: z.optional(text(4_096)),
  }),
});

export type ApiErrorBody = z.output<typeof apiErrorBody>;
