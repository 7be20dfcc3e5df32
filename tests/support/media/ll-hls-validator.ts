// SPDX-License-Identifier: Apache-2.0
// A small strict reader of low-latency media playlists (RFC 8216bis): it says what is wrong with one playlist, and with one that
// follows another of the same stream.

interface Part {
  uri: string;
  duration: number;
  independent: boolean;
  gap: boolean;
}

interface Segment {
  msn: number;
  /** Undefined while the segment is being built. */
  uri: string | undefined;
  duration: number;
  discontinuity: boolean;
  /** URI of the init section that applies. */
  map: string | undefined;
  programDateTime: number | undefined;
  gap: boolean;
  parts: Part[];
}

export interface MediaPlaylist {
  version: number;
  targetDuration: number;
  partTarget: number;
  partHoldBack: number;
  holdBack: number;
  canSkipUntil: number;
  mediaSequence: number;
  discontinuitySequence: number;
  skipped: number;
  segments: Segment[];
  hint: string | undefined;
  ended: boolean;
}

/** Names and values of an attribute list, unquoted. */
function attributes(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const match of text.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^",]*))(?:,|$)/g)) {
    found.set(match[1] as string, match[2] ?? match[3] ?? "");
  }
  return found;
}

/** Reads a playlist. @throws where it can't be read at all */
export function readPlaylist(text: string): MediaPlaylist {
  const lines = text.split("\n");
  if (lines[0] !== "#EXTM3U") throw new Error("does not begin with #EXTM3U");
  if (lines.at(-1) !== "") throw new Error("does not end with a line end");
  const single = (tag: string): string => {
    const values = lines
      .filter((line) => line.startsWith(`${tag}:`))
      .map((line) => line.slice(tag.length + 1));
    if (values.length !== 1) throw new Error(`${tag} is there ${values.length} times`);
    return values[0] as string;
  };
  const control = attributes(single("#EXT-X-SERVER-CONTROL"));
  if (control.get("CAN-BLOCK-RELOAD") !== "YES") throw new Error("no CAN-BLOCK-RELOAD");
  const mediaSequence = Number(single("#EXT-X-MEDIA-SEQUENCE"));
  const playlist: MediaPlaylist = {
    version: Number(single("#EXT-X-VERSION")),
    targetDuration: Number(single("#EXT-X-TARGETDURATION")),
    partTarget: Number(attributes(single("#EXT-X-PART-INF")).get("PART-TARGET")),
    partHoldBack: Number(control.get("PART-HOLD-BACK")),
    holdBack: Number(control.get("HOLD-BACK")),
    canSkipUntil: Number(control.get("CAN-SKIP-UNTIL")),
    mediaSequence,
    discontinuitySequence: Number(single("#EXT-X-DISCONTINUITY-SEQUENCE")),
    skipped: 0,
    segments: [],
    hint: undefined,
    ended: false,
  };
  readSegments(lines, playlist);
  return playlist;
}

function readSegments(lines: string[], playlist: MediaPlaylist): void {
  let map: string | undefined;
  const begin = (): Segment => ({
    msn: playlist.mediaSequence + playlist.skipped + playlist.segments.length,
    uri: undefined,
    duration: Number.NaN,
    discontinuity: false,
    map,
    programDateTime: undefined,
    gap: false,
    parts: [],
  });
  let segment = begin();
  for (const line of lines) {
    const value = line.slice(line.indexOf(":") + 1);
    if (line.startsWith("#EXT-X-SKIP:")) {
      playlist.skipped = Number(attributes(value).get("SKIPPED-SEGMENTS"));
      segment = begin();
    } else if (line === "#EXT-X-DISCONTINUITY") segment.discontinuity = true;
    else if (line.startsWith("#EXT-X-MAP:")) segment.map = map = attributes(value).get("URI");
    else if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) segment.programDateTime = Date.parse(value);
    else if (line === "#EXT-X-GAP") segment.gap = true;
    else if (line.startsWith("#EXT-X-PART:")) segment.parts.push(readPart(value));
    else if (line.startsWith("#EXTINF:")) segment.duration = Number(value.split(",", 1)[0]);
    else if (line.startsWith("#EXT-X-PRELOAD-HINT:")) playlist.hint = attributes(value).get("URI");
    else if (line === "#EXT-X-ENDLIST") playlist.ended = true;
    else if (line !== "" && !line.startsWith("#")) {
      segment.uri = line;
      playlist.segments.push(segment);
      segment = begin();
    }
  }
  if (segment.parts.length > 0) playlist.segments.push(segment);
}

function readPart(value: string): Part {
  const list = attributes(value);
  return {
    uri: list.get("URI") ?? "",
    duration: Number(list.get("DURATION")),
    independent: list.get("INDEPENDENT") === "YES",
    gap: list.get("GAP") === "YES",
  };
}

/** Half a millisecond: durations are printed, not exact. */
const ROUNDING = 0.000_6;
/** A millisecond of the source's clock more or less makes a part this much shorter than 85 % at worst. */
const CLOCK_JITTER = 0.002;

/** What one playlist does against the rules; empty where it is right. Sections are those of RFC 8216bis. */
export function problemsOf(playlist: MediaPlaylist): string[] {
  const problems: string[] = [];
  const rule = (holds: boolean, sentence: string): void => {
    if (!holds) problems.push(sentence);
  };
  const { targetDuration, partTarget, segments } = playlist;
  rule(playlist.version >= 9, "EXT-X-SKIP needs version 9 (8)");
  rule(
    Number.isInteger(targetDuration) && targetDuration > 0,
    "EXT-X-TARGETDURATION is no positive integer (4.4.3.1)",
  );
  rule(
    playlist.partHoldBack >= 3 * partTarget - ROUNDING,
    "PART-HOLD-BACK below three part targets (4.4.3.8)",
  );
  rule(playlist.holdBack >= 3 * targetDuration, "HOLD-BACK below three target durations (4.4.3.8)");
  rule(playlist.canSkipUntil >= 6 * targetDuration, "CAN-SKIP-UNTIL below six target durations (4.4.3.8)");
  rule(segments[0]?.uri !== undefined, "no finished segment");
  const uris = segments.flatMap(({ uri, parts }) => [
    ...(uri === undefined ? [] : [uri]),
    ...parts.map((p) => p.uri),
  ]);
  rule(new Set(uris).size === uris.length, "a URI is there twice");

  let after = 0;
  for (const segment of segments.toReversed()) {
    const { msn, parts } = segment;
    const last = segment === segments.at(-1);
    rule(segment.uri !== undefined || last, `segment ${msn} has no URI, but is not the last`);
    rule(segment.map !== undefined, `segment ${msn} has no EXT-X-MAP (4.4.4.5)`);
    rule(segment.programDateTime !== undefined, `segment ${msn} has no date and time`);
    for (const [i, part] of parts.entries()) {
      const lastOfSegment = i === parts.length - 1;
      rule(
        part.duration <= partTarget + ROUNDING,
        `${part.uri} lasts ${part.duration}, over the part target (4.4.4.9)`,
      );
      rule(
        part.duration >= 0.85 * partTarget - CLOCK_JITTER || lastOfSegment || part.gap,
        `${part.uri} lasts ${part.duration}, below 85 % of the part target (4.4.4.9)`,
      );
    }
    if (segment.uri !== undefined) {
      rule(
        Math.round(segment.duration) <= targetDuration,
        `segment ${msn} lasts ${segment.duration} (4.4.3.1)`,
      );
      rule(
        segment.gap === parts.some((part) => part.gap) || parts.length === 0,
        `segment ${msn}: GAP (4.4.4.7)`,
      );
      const sum = parts.reduce((total, part) => total + part.duration, 0);
      rule(
        parts.length === 0 || Math.abs(sum - segment.duration) <= ROUNDING * (parts.length + 1),
        `segment ${msn} lasts ${segment.duration}, its parts ${sum}`,
      );
      rule(
        after <= 3 * targetDuration || parts.length === 0,
        `segment ${msn} lists parts too far from the edge (4.4.4.9)`,
      );
      rule(
        after + segment.duration > 3 * targetDuration || parts.length > 0,
        `segment ${msn} lists no parts`,
      );
    }
    after +=
      segment.uri === undefined ? parts.reduce((total, part) => total + part.duration, 0) : segment.duration;
  }
  for (const [i, segment] of segments.entries()) {
    const before = segments[i - 1];
    if (before !== undefined && before.map !== segment.map) {
      rule(
        segment.discontinuity,
        `segment ${segment.msn} has another init section, but no discontinuity (4.4.4.3)`,
      );
    }
  }
  return problems;
}

/** What a later full playlist does against the rules, given an earlier one of the same stream (6.2.1, 6.2.2). */
export function problemsBetween(earlier: MediaPlaylist, later: MediaPlaylist): string[] {
  const problems: string[] = [];
  const rule = (holds: boolean, sentence: string): void => {
    if (!holds) problems.push(sentence);
  };
  rule(earlier.targetDuration === later.targetDuration, "EXT-X-TARGETDURATION changed");
  rule(earlier.partTarget === later.partTarget, "PART-TARGET changed");
  rule(earlier.mediaSequence <= later.mediaSequence, "EXT-X-MEDIA-SEQUENCE went back");
  const gone = earlier.segments.filter((segment) => segment.msn < later.mediaSequence);
  if (gone.length < earlier.segments.length) {
    const expected = earlier.discontinuitySequence + gone.filter((segment) => segment.discontinuity).length;
    rule(
      later.discontinuitySequence === expected,
      "EXT-X-DISCONTINUITY-SEQUENCE is not what it was plus what went",
    );
  } else {
    rule(
      later.discontinuitySequence >= earlier.discontinuitySequence,
      "EXT-X-DISCONTINUITY-SEQUENCE went back",
    );
  }
  for (const segment of earlier.segments) {
    const same = later.segments.find((other) => other.msn === segment.msn);
    if (same === undefined) {
      rule(segment.msn < later.mediaSequence, `segment ${segment.msn} is missing`);
      continue;
    }
    rule(segment.uri === undefined || segment.uri === same.uri, `segment ${segment.msn} has another URI`);
    rule(segment.discontinuity === same.discontinuity, `segment ${segment.msn}: another discontinuity`);
    rule(segment.map === same.map, `segment ${segment.msn}: another init section`);
    rule(segment.programDateTime === same.programDateTime, `segment ${segment.msn}: another time`);
    if (same.parts.length === 0) continue;
    for (const [i, part] of segment.parts.entries()) {
      const now = same.parts[i];
      rule(now?.uri === part.uri && now.duration === part.duration, `${part.uri} is not what it was`);
    }
  }
  return problems;
}

/** A delta update with what it skips put back from an earlier playlist (6.2.5.1). */
export function applyDelta(earlier: MediaPlaylist, delta: MediaPlaylist): MediaPlaylist {
  const first = delta.mediaSequence;
  const missing = earlier.segments.filter((s) => s.msn >= first && s.msn < first + delta.skipped);
  if (missing.length !== delta.skipped)
    throw new Error("the delta skips segments that the reader does not have");
  const restored = missing.map((segment) => ({ ...segment, parts: [] }));
  return { ...delta, skipped: 0, segments: [...restored, ...delta.segments] };
}
