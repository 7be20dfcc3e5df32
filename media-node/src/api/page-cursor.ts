// SPDX-License-Identifier: Apache-2.0
import { ApiFailure } from "./api-failure.ts";

/** The last millisecond that a date can name; block numbers are less. */
const MAX_NUMBER = 8.64e15;

/** Where a page ended, as a text that only we look into. */
export function writeCursor(...parts: (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** The parts of a cursor, as many as were written. @throws ApiFailure */
export function readCursor(cursor: string, kinds: readonly ("string" | "number")[]): (string | number)[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    const fits =
      Array.isArray(parts) &&
      parts.length === kinds.length &&
      parts.every((part: unknown, i) => (kinds[i] === "number" ? isNumber(part) : isText(part)));
    if (fits) return parts as (string | number)[];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ApiFailure(400, "cursor-invalid", "This is not where a page of this list ended.");
}

function isNumber(part: unknown): boolean {
  return Number.isInteger(part) && (part as number) >= 0 && (part as number) <= MAX_NUMBER;
}

function isText(part: unknown): boolean {
  return typeof part === "string" && part.length <= 64;
}
