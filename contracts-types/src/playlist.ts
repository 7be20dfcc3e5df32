// SPDX-License-Identifier: Apache-2.0
import { decodeBase64Url, encodeBase64Url } from "./base64url.ts";
import { TickstreamError } from "./errors.ts";
import { bytesToHex, hexToBytes } from "./hex.ts";
import { isEpoch, streamId, type Epoch, type StreamId } from "./ids.ts";

/** The most key hashes one playlist may list: over an hour of one-second ticks. */
export const MAX_KEY_HASHES = 4_096;

/** The longest playlist that is looked at, in UTF-16 units. */
export const MAX_PLAYLIST_LENGTH = 1 << 20;

const HEADER_TAG = "#EXT-X-TICKSTREAM:";
const KEY_HASHES_TAG = "#EXT-X-TICKSTREAM-KEYHASHES:";
const KEY_HASH_LENGTH = 32;
const VERSION = "1";
const MAX_TICK_MS = 0xffff_ffff;

/** What a protected playlist says of its stream, once, in its header. */
export interface ProtectionHeader {
  stream: StreamId;
  /** Milliseconds of media in a tick. */
  tickMs: number;
  /** The rendition's number, which the cipher's counter begins with, `u32`. */
  rendition: number;
  /** Of the chain that the stream is sold on, 32 bytes: part of the key derivation. */
  genesisHash: Uint8Array;
}

/** The hashes of consecutive epochs' keys: of the listed parts, and at least two beyond the live edge. */
export interface KeyHashes {
  /** The epoch of `hashes[0]`. */
  first: Epoch;
  /** `keyHash` of each epoch's key, 32 bytes each. */
  hashes: Uint8Array[];
}

/** A playlist's Tickstream tags are not what they should be. Code `playlist-invalid`. */
export class PlaylistError extends TickstreamError {
  override readonly name = "PlaylistError";

  constructor(details: string, cause?: unknown) {
    super("playlist-invalid", "The playlist's Tickstream tags can't be read.", { details, cause });
  }
}

/** The `#EXT-X-TICKSTREAM` line of a protected playlist, without a line end. */
export function formatProtectionHeader(header: ProtectionHeader): string {
  const { stream, tickMs, rendition, genesisHash } = header;
  return `${HEADER_TAG}VERSION=${VERSION},STREAM=${stream},TICK-MS=${tickMs},RENDITION=${rendition},GENESIS=${bytesToHex(genesisHash)}`;
}

/** The `#EXT-X-TICKSTREAM-KEYHASHES` line of a protected playlist, without a line end. */
export function formatKeyHashes({ first, hashes }: KeyHashes): string {
  return `${KEY_HASHES_TAG}FIRST=${first},HASHES="${hashes.map(encodeBase64Url).join(",")}"`;
}

/**
 * The Tickstream tags of a media playlist. Both are `null` for a clear stream; players that do not know
 * the tags skip them (RFC 8216 section 6.3.1).
 *
 * @throws {@link PlaylistError} where a tag is malformed, of another version, or there twice
 */
export function parseProtection(playlist: string): {
  header: ProtectionHeader | null;
  keyHashes: KeyHashes | null;
} {
  if (playlist.length > MAX_PLAYLIST_LENGTH) throw new PlaylistError("the playlist is too long");
  const headers = linesWith(playlist, HEADER_TAG);
  const keyHashes = linesWith(playlist, KEY_HASHES_TAG);
  if (headers.length > 1 || keyHashes.length > 1) throw new PlaylistError("a tag is there twice");
  return {
    header: headers[0] === undefined ? null : parseHeader(headers[0]),
    keyHashes: keyHashes[0] === undefined ? null : parseKeyHashes(keyHashes[0]),
  };
}

/** What follows `tag` on the lines that begin with it. */
function linesWith(playlist: string, tag: string): string[] {
  return playlist
    .split("\n")
    .filter((line) => line.startsWith(tag))
    .map((line) => line.slice(tag.length).trimEnd());
}

function parseHeader(line: string): ProtectionHeader {
  const attributes = parseAttributes(line);
  const version = attributes.get("VERSION");
  if (version !== VERSION) throw new PlaylistError(`version ${version}, expected ${VERSION}`);
  try {
    return {
      stream: streamId(attributes.get("STREAM") ?? ""),
      tickMs: integer(attributes, "TICK-MS", 1, MAX_TICK_MS),
      rendition: integer(attributes, "RENDITION", 0, 0xffff_ffff),
      genesisHash: hexToBytes(attributes.get("GENESIS") ?? "", 32),
    };
  } catch (cause) {
    if (cause instanceof PlaylistError) throw cause;
    throw new PlaylistError("STREAM or GENESIS", cause);
  }
}

function parseKeyHashes(line: string): KeyHashes {
  const attributes = parseAttributes(line);
  const first = integer(attributes, "FIRST", 0, Number.MAX_SAFE_INTEGER);
  const list = attributes.get("HASHES") ?? "";
  // The bound comes before the splitting: each hash is 43 characters and a comma.
  if (list.length > MAX_KEY_HASHES * 44) throw new PlaylistError(`more than ${MAX_KEY_HASHES} key hashes`);
  const hashes = list === "" ? [] : list.split(",").map(parseKeyHash);
  if (!isEpoch(first + hashes.length)) throw new PlaylistError("FIRST");
  return { first, hashes };
}

function parseKeyHash(text: string): Uint8Array {
  const hash = decodeBase64Url(text);
  if (hash?.length !== KEY_HASH_LENGTH) throw new PlaylistError("HASHES");
  return hash;
}

/** An attribute list (RFC 8216 section 4.2); quotes are taken off. Names may not repeat, unknown ones are kept. */
function parseAttributes(line: string): Map<string, string> {
  const attributes = new Map<string, string>();
  const attribute = /([A-Z0-9-]+)=(?:"([^"\r\n]*)"|([^",\s]+))(?:,|$)/y;
  while (attribute.lastIndex < line.length) {
    const match = attribute.exec(line);
    if (!match) throw new PlaylistError("not an attribute list");
    const [, name = "", quoted, plain] = match;
    if (attributes.has(name)) throw new PlaylistError(`${name} is there twice`);
    attributes.set(name, quoted ?? plain ?? "");
  }
  return attributes;
}

function integer(attributes: Map<string, string>, name: string, min: number, max: number): number {
  const text = attributes.get(name) ?? "";
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new PlaylistError(name);
  return value;
}
