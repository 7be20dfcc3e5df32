// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "./errors.ts";
import type { Epoch } from "./ids.ts";

/**
 * Where a part stands in its stream's cipher, as it rides in the query `c` of a media URL:
 * `<epoch>.<run>.<block>` of a part, and of a segment `<epoch>.<run>.<block>.<bytes>` of each of its parts,
 * joined by `_`. A part's URL has no length: the preload hint has to give the same URL before the part's
 * length is known (RFC 8216bis section 4.4.5.3).
 */
export interface CipherRange {
  /** The epoch whose key the part is encrypted under. */
  epoch: Epoch;
  /** The run of counters, `u32`. */
  run: number;
  /** How many 16-byte blocks of the run come before the part. */
  block: number;
  /** The part's length in bytes, within a segment. */
  bytes?: number;
}

/** What a media playlist's URI points at, parsed. `cipher` is empty for clear media. */
export type MediaUri =
  | { kind: "part"; msn: number; index: number; cipher: CipherRange[] }
  | { kind: "segment"; msn: number; cipher: CipherRange[] }
  | { kind: "init"; id: string };

/** The most parts that one segment's URL may list. */
export const MAX_CIPHER_RANGES = 512;

const MAX_CIPHER_LENGTH = 16_384;

/** A media URL is not of the protocol's form. Code `media-url-invalid`. */
export class MediaUrlError extends TickstreamError {
  override readonly name = "MediaUrlError";

  constructor(details: string) {
    super("media-url-invalid", "Not the URL of a part, a segment or an init section.", { details });
  }
}

/** `p<msn>.<index>.m4s`, and its place in the cipher where the stream is protected. */
export function partUri(msn: number, index: number, cipher?: CipherRange): string {
  return `p${msn}.${index}.m4s${cipher === undefined ? "" : `?c=${encodePartCipher(cipher)}`}`;
}

/** `s<msn>.m4s`, and its parts' places in the cipher where the stream is protected. */
export function segmentUri(msn: number, cipher: readonly CipherRange[] = []): string {
  return `s${msn}.m4s${cipher.length === 0 ? "" : `?c=${encodeSegmentCipher(cipher)}`}`;
}

/**
 * `i<id>.mp4`. An init section is never encrypted.
 *
 * @param id 16 hex digits that follow from its bytes: players and caches keep what a URL named for good, through restarts
 */
export function initUri(id: string): string {
  return `i${id}.mp4`;
}

/** The `c` of a part's URL. */
export function encodePartCipher({ epoch, run, block }: CipherRange): string {
  return `${epoch}.${run}.${block}`;
}

/**
 * The `c` of a segment's URL.
 *
 * @throws {@link MediaUrlError} where a range has no length: the parts could not be told apart
 */
export function encodeSegmentCipher(ranges: readonly CipherRange[]): string {
  return ranges
    .map((range) => {
      if (range.bytes === undefined) throw new MediaUrlError("a segment's part has no length");
      return `${encodePartCipher(range)}.${range.bytes}`;
    })
    .join("_");
}

/**
 * The value of `c` in a media URL: one range without a length (a part), or one or more with (a segment).
 *
 * @throws {@link MediaUrlError}
 */
export function parseCipherQuery(c: string): CipherRange[] {
  if (c.length > MAX_CIPHER_LENGTH) throw new MediaUrlError("c is too long");
  const groups = c.split("_");
  if (groups.length > MAX_CIPHER_RANGES) throw new MediaUrlError(`more than ${MAX_CIPHER_RANGES} parts`);
  const ranges = groups.map(parseCipherRange);
  if (ranges.length > 1 && ranges.some((range) => range.bytes === undefined)) {
    throw new MediaUrlError("a segment's part has no length");
  }
  return ranges;
}

function parseCipherRange(group: string): CipherRange {
  const match = /^(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,15})(?:\.(0|[1-9]\d{0,15}))?$/.exec(
    group,
  );
  if (!match) throw new MediaUrlError("c is not epoch.run.block");
  const [epoch, run, block, bytes] = match.slice(1).map((digits) => Number(digits)) as [
    number,
    number,
    number,
    number,
  ];
  if (!Number.isSafeInteger(epoch) || !Number.isSafeInteger(block) || run > 0xffff_ffff) {
    throw new MediaUrlError("a number in c is out of range");
  }
  if (match[4] === undefined) return { epoch, run, block };
  if (!Number.isSafeInteger(bytes)) throw new MediaUrlError("a number in c is out of range");
  return { epoch, run, block, bytes };
}

/**
 * What a URI of a Tickstream media playlist points at; directories, host and other queries do not matter.
 * Players' own queries (`_HLS_…`) may follow.
 *
 * @throws {@link MediaUrlError}
 */
export function parseMediaUri(uri: string): MediaUri {
  if (uri.length > 2 * MAX_CIPHER_LENGTH) throw new MediaUrlError("the URL is too long");
  const [path = "", query = ""] = (uri.split("#", 1)[0] ?? "").split("?", 2);
  const file = path.slice(path.lastIndexOf("/") + 1);
  const c = new URLSearchParams(query).get("c");
  const cipher = c === null ? [] : parseCipherQuery(c);

  const part = /^p(\d{1,15})\.(\d{1,6})\.m4s$/.exec(file);
  if (part) {
    if (cipher.length > 1) throw new MediaUrlError("a part has one place in the cipher");
    return { kind: "part", msn: Number(part[1]), index: Number(part[2]), cipher };
  }
  const segment = /^s(\d{1,15})\.m4s$/.exec(file);
  if (segment) {
    if (cipher.some((range) => range.bytes === undefined)) {
      throw new MediaUrlError("a segment's part has no length");
    }
    return { kind: "segment", msn: Number(segment[1]), cipher };
  }
  const init = /^i([0-9a-f]{16})\.mp4$/.exec(file);
  if (init?.[1]) return { kind: "init", id: init[1] };
  throw new MediaUrlError("unknown file name");
}
