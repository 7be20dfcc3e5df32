// SPDX-License-Identifier: Apache-2.0
import {
  MAX_PLAYLIST_LENGTH,
  parseMediaUri,
  parseProtection,
  type CipherRange,
  type KeyHashes,
  type ProtectionHeader,
} from "@tickstream/contracts-types";
import { asError, SdkError } from "../errors.ts";

/** One part of a low-latency playlist. */
export interface PlaylistPart {
  msn: number;
  index: number;
  /** As the playlist has it, relative to the playlist. */
  uri: string;
  durationMs: number;
  /** Begins with a frame that needs no other: playback may start here. */
  independent: boolean;
  /** The media was lost; there is nothing to fetch. */
  gap: boolean;
  /** Its place in the cipher; `null` where the stream is clear. */
  cipher: CipherRange | null;
}

export interface PlaylistSegment {
  msn: number;
  /** `null` while its parts still appear. */
  uri: string | null;
  durationMs: number;
  parts: PlaylistPart[];
  /** Places in the cipher of a whole segment's parts; empty where the stream is clear or the segment unfinished. */
  cipher: CipherRange[];
  /** URI of the init section it needs. */
  init: string | null;
  discontinuity: boolean;
  gap: boolean;
  /** When its first frame was, in milliseconds since 1970, where the playlist says so. */
  wallTimeMs: number | null;
}

/** A Tickstream media playlist (RFC 8216bis), as far as a reader needs it. */
export interface MediaPlaylist {
  targetDurationMs: number;
  /** 0 where the playlist has no parts. */
  partTargetMs: number;
  partHoldBackMs: number | null;
  canBlockReload: boolean;
  /** Number of the first segment listed or skipped. */
  mediaSequence: number;
  /** In a delta update: how many segments, from `mediaSequence` on, are as they were and not written out. */
  skipped: number;
  segments: PlaylistSegment[];
  /** The stream is over: nothing will be added. */
  ended: boolean;
  header: ProtectionHeader | null;
  keyHashes: KeyHashes | null;
}

/** More would not fit into a playlist of the allowed length anyway; keeps a hostile one cheap. */
const MAX_LINES = 50_000;

/**
 * Reads a media playlist of a Tickstream node, full or a delta update (RFC 8216bis section 6.2.5.1). Tags it does not know are skipped, as RFC 8216 asks.
 *
 * @throws {@link SdkError} `playlist-invalid`
 */
export function parseMediaPlaylist(text: string): MediaPlaylist {
  if (text.length > MAX_PLAYLIST_LENGTH || !text.startsWith("#EXTM3U")) throw invalid("it is no playlist");
  const lines = text.split("\n");
  if (lines.length > MAX_LINES) throw invalid("it has too many lines");
  const playlist = readHeader(text);
  const reader = new SegmentReader(playlist);
  for (const line of lines) reader.line(line.trimEnd());
  reader.end();
  return playlist;
}

function readHeader(text: string): MediaPlaylist {
  try {
    const { header, keyHashes } = parseProtection(text);
    return {
      targetDurationMs: 0,
      partTargetMs: 0,
      partHoldBackMs: null,
      canBlockReload: false,
      mediaSequence: 0,
      skipped: 0,
      segments: [],
      ended: false,
      header,
      keyHashes,
    };
  } catch (cause) {
    throw invalid(asError(cause).message, cause);
  }
}

/** Collects lines into segments. Tags before a segment's first part or URI belong to that segment. */
class SegmentReader {
  readonly #playlist: MediaPlaylist;
  #msn = 0;
  #init: string | null = null;
  #current: PlaylistSegment;

  constructor(playlist: MediaPlaylist) {
    this.#playlist = playlist;
    this.#current = this.#fresh();
  }

  line(line: string): void {
    if (line === "") return;
    if (!line.startsWith("#")) return this.#finish(line);
    const colon = line.indexOf(":");
    const tag = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1);
    const playlist = this.#playlist;
    switch (tag) {
      case "#EXT-X-TARGETDURATION":
        playlist.targetDurationMs = milliseconds(value);
        break;
      case "#EXT-X-PART-INF":
        playlist.partTargetMs = milliseconds(attributes(value).get("PART-TARGET"));
        break;
      case "#EXT-X-SERVER-CONTROL": {
        const control = attributes(value);
        playlist.canBlockReload = control.get("CAN-BLOCK-RELOAD") === "YES";
        const holdBack = control.get("PART-HOLD-BACK");
        playlist.partHoldBackMs = holdBack === undefined ? null : milliseconds(holdBack);
        break;
      }
      case "#EXT-X-MEDIA-SEQUENCE":
        playlist.mediaSequence = this.#msn = integer(value);
        this.#current.msn = this.#msn;
        break;
      case "#EXT-X-MAP":
        this.#init = attributes(value).get("URI") ?? null;
        this.#current.init = this.#init;
        break;
      case "#EXT-X-DISCONTINUITY":
        this.#current.discontinuity = true;
        break;
      case "#EXT-X-GAP":
        this.#current.gap = true;
        break;
      case "#EXT-X-PROGRAM-DATE-TIME":
        this.#current.wallTimeMs = wallTime(value);
        break;
      case "#EXTINF":
        this.#current.durationMs = milliseconds(value.split(",", 1)[0]);
        break;
      case "#EXT-X-PART":
        this.#part(attributes(value));
        break;
      case "#EXT-X-ENDLIST":
        playlist.ended = true;
        break;
      case "#EXT-X-SKIP":
        playlist.skipped = integer(attributes(value).get("SKIPPED-SEGMENTS") ?? "");
        this.#msn = this.#current.msn = playlist.mediaSequence + playlist.skipped;
    }
  }

  end(): void {
    if (this.#current.parts.length > 0) this.#playlist.segments.push(this.#current);
  }

  #part(list: Map<string, string>): void {
    const uri = list.get("URI") ?? "";
    const { msn, parts } = this.#current;
    const media = parse(uri);
    if (media.kind !== "part" || media.msn !== msn) throw invalid(`unexpected part ${uri}`);
    parts.push({
      msn,
      index: media.index,
      uri,
      durationMs: milliseconds(list.get("DURATION")),
      independent: list.get("INDEPENDENT") === "YES",
      gap: list.get("GAP") === "YES",
      cipher: media.cipher[0] ?? null,
    });
  }

  #finish(uri: string): void {
    const media = parse(uri);
    if (media.kind !== "segment" || media.msn !== this.#msn) throw invalid(`unexpected segment ${uri}`);
    this.#current.uri = uri;
    this.#current.cipher = media.cipher;
    this.#playlist.segments.push(this.#current);
    this.#msn++;
    this.#current = this.#fresh();
  }

  #fresh(): PlaylistSegment {
    return {
      msn: this.#msn,
      uri: null,
      durationMs: 0,
      parts: [],
      cipher: [],
      init: this.#init,
      discontinuity: false,
      gap: false,
      wallTimeMs: null,
    };
  }
}

function parse(uri: string): ReturnType<typeof parseMediaUri> {
  try {
    return parseMediaUri(uri);
  } catch (cause) {
    throw invalid(asError(cause).message, cause);
  }
}

function attributes(list: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const match of list.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^",]*))(?:,|$)/g)) {
    found.set(match[1]!, match[2] ?? match[3] ?? "");
  }
  return found;
}

function milliseconds(seconds: string | undefined): number {
  const value = seconds === undefined || seconds.trim() === "" ? Number.NaN : Number(seconds);
  if (!Number.isFinite(value) || value < 0 || value > 1e6) throw invalid(`bad duration ${seconds}`);
  return value * 1_000;
}

function integer(text: string): number {
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw invalid(`bad number ${text}`);
  return value;
}

function wallTime(text: string): number {
  const value = Date.parse(text);
  if (!Number.isFinite(value)) throw invalid(`bad date ${text}`);
  return value;
}

function invalid(details: string, cause?: unknown): SdkError {
  return new SdkError("playlist-invalid", "The node's playlist cannot be read.", { details, cause });
}
