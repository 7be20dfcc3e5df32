// SPDX-License-Identifier: Apache-2.0
import type { Epoch } from "@tickstream/contracts-types";
import type { MediaPlaylist, PlaylistPart, PlaylistSegment } from "./media-playlist.ts";

/** Where a playlist may be joined. */
export interface JoinPoint {
  segment: PlaylistSegment;
  /** Index of the part in its segment. */
  index: number;
  /** How far its start lies behind the live edge, in milliseconds. */
  behindMs: number;
  /** Its start, counted from the playlist's first part or segment, in milliseconds. */
  atMs: number;
  /** Epochs to be paid from here to the live edge. */
  cost: number;
}

/**
 * The independent part that costs least: the latest one, as every epoch before the live edge is one more to pay.
 * `null` where the playlist lists none.
 *
 * A stream with keyframes far apart may have its latest one far back, with a new one due in a moment. Where that one
 * would be reached within `patienceMs`, and this one is older than the wanted latency, `waitMs` says how long to wait.
 */
export function chooseJoin(
  playlist: MediaPlaylist,
  options: { wantedLatencyMs: number; patienceMs: number },
): (JoinPoint & { waitMs: number }) | null {
  const points = joinPoints(playlist);
  const latest = points.at(-1);
  if (!latest) return null;
  const previous = points.at(-2);
  if (!previous || latest.behindMs <= options.wantedLatencyMs) return { ...latest, waitMs: 0 };
  const dueInMs = latest.atMs - previous.atMs - latest.behindMs;
  const waitMs = dueInMs > 0 && dueInMs <= options.patienceMs ? dueInMs : 0;
  return { ...latest, waitMs };
}

/** Every independent part, in order. */
function joinPoints(playlist: MediaPlaylist): JoinPoint[] {
  const points: Omit<JoinPoint, "behindMs" | "cost">[] = [];
  const epochsAt: { atMs: number; epoch: Epoch }[] = [];
  let atMs = 0;
  for (const segment of playlist.segments) {
    let partMs = atMs;
    for (const [index, part] of segment.parts.entries()) {
      if (part.independent && !part.gap) points.push({ segment, index, atMs: partMs });
      if (part.cipher) epochsAt.push({ atMs: partMs, epoch: part.cipher.epoch });
      partMs += part.durationMs;
    }
    atMs = segment.uri === null ? partMs : atMs + Math.max(segment.durationMs, partMs - atMs);
  }
  const end = atMs;
  return points.map((point) => ({
    ...point,
    behindMs: end - point.atMs,
    cost: new Set(epochsAt.filter((one) => one.atMs >= point.atMs).map(({ epoch }) => epoch)).size,
  }));
}

/** Where a part stands in the playlist's time: its end, in milliseconds behind the live edge. */
export function behindEdgeMs(playlist: MediaPlaylist, msn: number, index: number): number {
  let behind = 0;
  for (const segment of playlist.segments) {
    if (segment.msn < msn) continue;
    const parts: PlaylistPart[] = segment.msn === msn ? segment.parts.slice(index) : segment.parts;
    const partsMs = parts.reduce((sum, part) => sum + part.durationMs, 0);
    behind += segment.parts.length > 0 ? partsMs : segment.durationMs;
  }
  return behind;
}
