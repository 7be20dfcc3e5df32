// SPDX-License-Identifier: Apache-2.0

/** Bytes `start` to `end`, the last one included; `unsatisfiable` where none of them exist. */
export type ByteRange = { start: number; end: number } | "unsatisfiable";

/**
 * A Range header for a body of `length` bytes (RFC 9110 section 14). Undefined where the whole body is the
 * right answer: no header, another unit, several ranges, or nonsense.
 */
export function parseByteRange(header: string | undefined, length: number): ByteRange | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  if (!match) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "") {
    if (last === "") return undefined;
    const suffix = Math.min(Number(last), length);
    return suffix === 0 ? "unsatisfiable" : { start: length - suffix, end: length - 1 };
  }
  const start = Number(first);
  const end = last === "" ? length - 1 : Math.min(Number(last), length - 1);
  if (last !== "" && Number(last) < start) return undefined;
  return start >= length ? "unsatisfiable" : { start, end };
}

/** The pieces of `bodies`, joined, that a range covers; nothing is copied. */
export function slices(bodies: readonly Buffer[], range: { start: number; end: number }): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const body of bodies) {
    const from = Math.max(range.start - at, 0);
    const to = Math.min(range.end + 1 - at, body.length);
    if (from < to) pieces.push(body.subarray(from, to));
    at += body.length;
  }
  return pieces;
}
