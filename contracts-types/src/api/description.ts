// SPDX-License-Identifier: Apache-2.0

// What a creator says of a stream: the same fields in requests, where they are checked and tidied, and in answers.

import * as z from "zod/mini";
import { STREAM_CATEGORIES } from "./categories.ts";

/** The longest title of a stream, in UTF-16 units. */
export const MAX_TITLE_LENGTH = 200;

/** The longest description of a stream, in UTF-16 units. */
export const MAX_DESCRIPTION_LENGTH = 4_000;

/** The most tags of a stream, and the longest of them in UTF-16 units. */
export const MAX_TAGS = 8;
export const MAX_TAG_LENGTH = 32;

export const title = z.string().check(z.minLength(1), z.maxLength(MAX_TITLE_LENGTH));

export const description = z.string().check(z.maxLength(MAX_DESCRIPTION_LENGTH));

export const category = z.enum(STREAM_CATEGORIES);

/** Letters and digits of any script, hyphens between; in lower case, so that a tag has one form. */
export const tag = z
  .string()
  .check(
    z.trim(),
    z.toLowerCase(),
    z.maxLength(MAX_TAG_LENGTH),
    z.regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:-[\p{L}\p{M}\p{N}]+)*$/u),
  );

export const tags = z.array(tag).check(z.maxLength(MAX_TAGS));

/** BCP 47: `de`, `pt-BR`. */
export const language = z
  .string()
  .check(z.maxLength(35), z.regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}$/));
