// SPDX-License-Identifier: Apache-2.0
import {
  formatKeyHashes,
  formatProtectionHeader,
  initUri,
  segmentUri,
  type CipherRange,
  type ProtectionHeader,
} from "@tickstream/contracts-types";
import { CLOCK_RATE } from "../media/frame.ts";
import type { StoredPart, StoredSegment } from "./segment-store.ts";

/** What a playlist is written from. */
export interface PlaylistSource {
  segments: readonly StoredSegment[];
  nextMsn: number;
  discontinuitySequence: number;
  /** Seconds, constant. */
  targetDuration: number;
  /** Seconds, constant. */
  partTarget: number;
  /** The next part's URI, while its URI is certain. */
  hint: string | undefined;
  ended: boolean;
  protection: (ProtectionHeader & { keyHash: (epoch: number) => Uint8Array }) | undefined;
}

/** Below this many target durations from its end a playlist lists parts, and is never skipped over. */
const PARTS_WINDOW = 3;
const SKIP_UNTIL = 6;
const HOLD_BACK = 3;
const PART_HOLD_BACK = 3;
/** EXT-X-SKIP came with version 9 (RFC 8216bis section 8). */
const PROTOCOL_VERSION = 9;
/**
 * A comment. Where a playlist ends with a whole segment, hls.js 1.7 takes that one for the next too, and gives up for good when what
 * follows is another ("discontinuity sequence mismatch", "media sequence mismatch"); any line behind it prevents that.
 */
const NOTHING_FORETOLD = "# What comes next is not known yet.";
/** Keys that the playlist vouches for beyond the live edge: a viewer buys up to one ahead. */
const HASHES_AHEAD = 3;

/**
 * A low-latency media playlist (RFC 8216bis).
 *
 * @param delta leave out the segments that the reader has, if there are any (Playlist Delta Update, 6.2.5.1)
 */
export function writePlaylist(source: PlaylistSource, delta: boolean): string {
  const skipped = delta ? skippable(source) : 0;
  const listed = source.segments.slice(skipped);
  const lines = header(source);
  if (source.protection !== undefined) lines.push(...protectionLines(source, source.protection, delta));
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);

  const firstWithParts = partsFrom(source);
  let init: string | undefined;
  for (const segment of listed) {
    if (segment.discontinuity) lines.push("#EXT-X-DISCONTINUITY");
    if (segment.init !== init) {
      init = segment.init;
      lines.push(`#EXT-X-MAP:URI="${initUri(init)}"`);
    }
    lines.push(...segmentLines(segment, segment.msn >= firstWithParts));
  }
  if (source.ended) lines.push("#EXT-X-ENDLIST");
  else if (source.hint === undefined) lines.push(NOTHING_FORETOLD);
  else lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${source.hint}"`);
  lines.push("");
  return lines.join("\n");
}

function header(source: PlaylistSource): string[] {
  const { targetDuration, partTarget } = source;
  return [
    "#EXTM3U",
    `#EXT-X-VERSION:${PROTOCOL_VERSION}`,
    `#EXT-X-TARGETDURATION:${targetDuration}`,
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=${SKIP_UNTIL * targetDuration},` +
      `PART-HOLD-BACK=${(PART_HOLD_BACK * partTarget).toFixed(3)},HOLD-BACK=${HOLD_BACK * targetDuration}`,
    `#EXT-X-PART-INF:PART-TARGET=${partTarget.toFixed(5)}`,
    `#EXT-X-MEDIA-SEQUENCE:${source.segments[0]?.msn ?? source.nextMsn}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${source.discontinuitySequence}`,
  ];
}

/** How many segments end further from the playlist's end than the skip boundary. */
function skippable(source: PlaylistSource): number {
  const boundary = SKIP_UNTIL * source.targetDuration * CLOCK_RATE;
  let after = 0;
  let index = source.segments.length;
  while (index > 0 && after <= boundary) after += source.segments[--index]?.duration ?? 0;
  return index;
}

/** The first segment whose parts are listed. */
function partsFrom(source: PlaylistSource): number {
  const boundary = PARTS_WINDOW * source.targetDuration * CLOCK_RATE;
  let after = 0;
  for (const segment of source.segments.toReversed()) {
    after += segment.duration;
    if (after > boundary) return segment.complete ? segment.msn + 1 : segment.msn;
  }
  return 0;
}

function segmentLines(segment: StoredSegment, withParts: boolean): string[] {
  const lines = [`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.programDateTime).toISOString()}`];
  if (withParts) lines.push(...segment.parts.map(partLine));
  if (!segment.complete) return lines;
  const cipher = segment.parts.flatMap((part): CipherRange[] => (part.cipher ? [part.cipher] : []));
  if (segment.gap) lines.push("#EXT-X-GAP");
  lines.push(`#EXTINF:${seconds(segment.duration)},`, segmentUri(segment.msn, cipher));
  return lines;
}

function partLine(part: StoredPart): string {
  const attributes = [`DURATION=${seconds(part.duration)}`, `URI="${part.uri}"`];
  if (part.independent) attributes.push("INDEPENDENT=YES");
  if (part.body === undefined) attributes.push("GAP=YES");
  return `#EXT-X-PART:${attributes.join(",")}`;
}

/** The stream's header, and the key hashes of what the playlist lists (a delta: lists parts of) and a little beyond. */
function protectionLines(
  source: PlaylistSource,
  protection: NonNullable<PlaylistSource["protection"]>,
  delta: boolean,
): string[] {
  const fromMsn = delta ? partsFrom(source) : 0;
  const parts = source.segments.filter((segment) => segment.msn >= fromMsn).flatMap((s) => s.parts);
  const last = source.segments.at(-1)?.parts.at(-1)?.epoch;
  if (last === undefined) return [formatProtectionHeader(protection)];
  const first = parts[0]?.epoch ?? last;
  const hashes = Array.from({ length: last - first + 1 + HASHES_AHEAD }, (_, i) =>
    protection.keyHash(first + i),
  );
  return [formatProtectionHeader(protection), formatKeyHashes({ first, hashes })];
}

function seconds(ticks: number): string {
  return (ticks / CLOCK_RATE).toFixed(5);
}
