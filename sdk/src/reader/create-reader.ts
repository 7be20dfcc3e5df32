// SPDX-License-Identifier: Apache-2.0
import type { Epoch } from "@tickstream/contracts-types";
import { delay } from "../delay.ts";
import { SdkError } from "../errors.ts";
import { Emitter, type Events } from "../events.ts";
import { behindEdgeMs, chooseJoin } from "../media/choose-join.ts";
import { decryptPart, importMediaKey, isMediaFragment } from "../media/decrypt-part.ts";
import { fetchBytes, fetchText } from "../media/fetch-bytes.ts";
import {
  parseMediaPlaylist,
  type MediaPlaylist,
  type PlaylistPart,
  type PlaylistSegment,
} from "../media/media-playlist.ts";
import type { PaySession } from "../payment/session/pay-session.ts";

/** The parts of a session that a reader needs. */
export type ReaderSession = Pick<
  PaySession,
  "playlistUrl" | "key" | "proved" | "disproved" | "joined" | "media"
>;

export type ReaderSource =
  /** A paid stream. */
  | { session: ReaderSession }
  /** A clear one, by the absolute URL of its playlist. */
  | { playlistUrl: string };

export type ReaderOptions = ReaderSource & {
  /** How far behind the live edge the reader wants to join, at most, in milliseconds; 3,000 unless given. */
  wantedLatencyMs?: number | undefined;
  /** Further behind than this it joins anew at the live edge, in milliseconds; 8,000 unless given. */
  maxBehindMs?: number | undefined;
  fetch?: typeof fetch | undefined;
};

/** One part of the stream, in the clear. */
export interface ReaderPart {
  /** The init section, with the first part that needs it: at the start, and where the codec changes. */
  init: Uint8Array | null;
  /** An fMP4 fragment. */
  bytes: Uint8Array;
  /** What it was paid as; `null` in a clear stream. */
  epoch: Epoch | null;
  msn: number;
  index: number;
  durationMs: number;
  independent: boolean;
  /** Something is missing before this part: a join, or media that was lost. */
  discontinuity: boolean;
  /** When its first frame was taken in by the node, in milliseconds since 1970; `null` where the playlist does not say. */
  mediaTime: number | null;
  /** When it was here, decrypted, in milliseconds since 1970. */
  receivedAt: number;
  /** From the end of the part at the node to here, in milliseconds, by both clocks. */
  latencyMs: number | null;
}

export interface ReaderEvents {
  /** A request failed and is tried again. */
  retry: { error: SdkError; inMs: number };
  /** The reader starts anew at the live edge, having `behindMs` to catch up. */
  join: { msn: number; index: number; behindMs: number; epochs: number };
}

/** Reads a stream part by part: `for await (const part of reader)`. One iteration at a time. */
export interface Reader extends Events<ReaderEvents>, AsyncIterable<ReaderPart> {
  /** Ends the iteration, and every request under way. */
  dispose(): Promise<void>;
}

const DEFAULT_WANTED_LATENCY_MS = 3_000;
const DEFAULT_MAX_BEHIND_MS = 8_000;
/** The longest that the reader waits for a keyframe that would be cheaper to join at. */
const JOIN_PATIENCE_MS = 2_500;
const MIN_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;
/** A node answers a blocking reload within three target durations (RFC 8216bis section 6.2.5.2). */
const BLOCKING_MARGIN_MS = 10_000;

/**
 * Follows a low-latency playlist by blocking reloads, fetches each part, has it paid and decrypts it. Survives what
 * passes by itself: a node that restarts, a publisher that drops, a payment that is blocked.
 *
 * @example
 * const reader = createReader({ session });
 * for await (const part of reader) console.log(part.epoch, part.bytes.length, part.latencyMs);
 */
export function createReader(options: ReaderOptions): Reader {
  return new StreamReader(options);
}

class StreamReader implements Reader {
  readonly #options: ReaderOptions;
  readonly #session: ReaderSession | null;
  readonly #url: string;
  readonly #fetch: typeof fetch;
  readonly #events = new Emitter<ReaderEvents>();
  readonly #stop = new AbortController();
  #position: { msn: number; index: number } | null = null;
  #init: { url: string; bytes: Uint8Array } | null = null;
  #freshInit = false;
  #discontinuity = true;
  #failures = 0;
  #key: { epoch: Epoch; key: CryptoKey } | null = null;
  #iterating = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#session = "session" in options ? options.session : null;
    this.#url = "session" in options ? options.session.playlistUrl : options.playlistUrl;
    this.#fetch = options.fetch ?? ((...args: Parameters<typeof fetch>) => globalThis.fetch(...args));
  }

  on<Name extends keyof ReaderEvents>(name: Name, listener: (event: ReaderEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  once<Name extends keyof ReaderEvents>(
    name: Name,
    listener: (event: ReaderEvents[Name]) => void,
  ): () => void {
    return this.#events.once(name, listener);
  }

  async dispose(): Promise<void> {
    this.#stop.abort(new SdkError("disposed", "The reader was disposed."));
    this.#events.clear();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReaderPart, void, undefined> {
    if (this.#iterating) throw new SdkError("reader-busy", "The reader is being read already.");
    this.#iterating = true;
    try {
      while (!this.#stop.signal.aborted) {
        const playlist = await this.#nextPlaylist();
        if (!playlist) continue;
        yield* this.#newParts(playlist);
        if (playlist.ended && !this.#find(playlist)) return;
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    } finally {
      this.#iterating = false;
    }
  }

  async *#newParts(playlist: MediaPlaylist): AsyncGenerator<ReaderPart, void, undefined> {
    if (!(await this.#place(playlist))) return;
    for (let found = this.#find(playlist); found; found = this.#find(playlist)) {
      const { segment, part } = found;
      const read = part.gap ? null : await this.#read(segment, part);
      // What could not be read is gone: look at a fresh playlist.
      if (read === "lost") return;
      this.#position = { msn: segment.msn, index: part.index + 1 };
      if (read === null) this.#discontinuity = true;
      else yield read;
    }
  }

  /** Makes sure that there is a position and that it is worth going on from; `false` where one has to wait. */
  async #place(playlist: MediaPlaylist): Promise<boolean> {
    const { wantedLatencyMs = DEFAULT_WANTED_LATENCY_MS, maxBehindMs = DEFAULT_MAX_BEHIND_MS } =
      this.#options;
    const position = this.#position;
    const last = playlist.segments.at(-1);
    if (position && last) {
      const first = playlist.segments[0]!;
      const listed = position.msn >= first.msn && position.msn <= last.msn + 1;
      if (listed && behindEdgeMs(playlist, position.msn, position.index) <= maxBehindMs) return true;
      this.#position = null;
    }
    const join = chooseJoin(playlist, { wantedLatencyMs, patienceMs: JOIN_PATIENCE_MS });
    if (!join) return false;
    if (join.waitMs > 0) {
      await delay(join.waitMs, this.#stop.signal);
      return false;
    }
    this.#position = { msn: join.segment.msn, index: join.index };
    this.#discontinuity = true;
    // Only the first join is the viewer's doing; later ones live on what time has refilled.
    if (!position) this.#session?.joined();
    const { cost, behindMs } = join;
    this.#events.emit("join", { ...this.#position, behindMs, epochs: cost });
    return true;
  }

  #find(playlist: MediaPlaylist): { segment: PlaylistSegment; part: PlaylistPart } | null {
    const position = this.#position;
    if (!position) return null;
    for (const segment of playlist.segments) {
      if (segment.msn < position.msn) continue;
      const index = segment.msn === position.msn ? position.index : 0;
      const part = segment.parts[index];
      if (part) return { segment, part };
      // An unfinished segment has more to come; a finished one without parts has left the parts' window.
      if (segment.uri === null) return null;
      if (segment.msn > position.msn) return null;
    }
    return null;
  }

  async #read(segment: PlaylistSegment, part: PlaylistPart): Promise<ReaderPart | "lost"> {
    const url = new URL(part.uri, this.#url).href;
    const { signal } = this.#stop;
    const getBytes = () => fetchBytes(url, { fetch: this.#fetch, signal });
    try {
      await this.#loadInit(segment);
      const [cipher, key] = await Promise.all([
        getBytes(),
        part.cipher ? this.#keyOf(part.cipher.epoch) : null,
      ]);
      const bytes = key && part.cipher ? await this.#decrypt(cipher, key, part) : checkClear(cipher);
      this.#failures = 0;
      return this.#describe(segment, part, bytes);
    } catch (error) {
      if (signal.aborted || !(error instanceof SdkError)) throw error;
      await this.#failed(error);
      return "lost";
    }
  }

  async #keyOf(epoch: Epoch): Promise<CryptoKey> {
    if (this.#key?.epoch === epoch) return this.#key.key;
    const key = await importMediaKey(await this.#session!.key(epoch, this.#stop.signal));
    this.#key = { epoch, key };
    return key;
  }

  async #decrypt(cipher: Uint8Array, key: CryptoKey, part: PlaylistPart): Promise<Uint8Array> {
    const session = this.#session!;
    const place = part.cipher!;
    try {
      const bytes = await decryptPart(cipher, key, { ...place, rendition: session.media.rendition });
      session.proved(place.epoch);
      return bytes;
    } catch (error) {
      this.#key = null;
      session.disproved(place.epoch);
      throw error;
    }
  }

  async #loadInit(segment: PlaylistSegment): Promise<void> {
    if (segment.init === null) return;
    const url = new URL(segment.init, this.#url).href;
    if (this.#init?.url === url) return;
    this.#init = { url, bytes: await fetchBytes(url, { fetch: this.#fetch, signal: this.#stop.signal }) };
    this.#freshInit = true;
  }

  #describe(segment: PlaylistSegment, part: PlaylistPart, bytes: Uint8Array): ReaderPart {
    const before = segment.parts.slice(0, part.index).reduce((sum, one) => sum + one.durationMs, 0);
    const mediaTime = segment.wallTimeMs === null ? null : segment.wallTimeMs + before;
    const receivedAt = Date.now();
    const described: ReaderPart = {
      init: this.#freshInit ? (this.#init?.bytes ?? null) : null,
      bytes,
      epoch: part.cipher?.epoch ?? null,
      msn: segment.msn,
      index: part.index,
      durationMs: part.durationMs,
      independent: part.independent,
      discontinuity: this.#discontinuity || (segment.discontinuity && part.index === 0),
      mediaTime,
      receivedAt,
      latencyMs: mediaTime === null ? null : receivedAt - mediaTime - part.durationMs,
    };
    this.#freshInit = false;
    this.#discontinuity = false;
    return described;
  }

  /** The playlist once it has the part that is wanted next; `null` after a failure, when it is to be tried again. */
  async #nextPlaylist(): Promise<MediaPlaylist | null> {
    const position = this.#position;
    const url = new URL(this.#url);
    if (position && this.#failures === 0) {
      url.searchParams.set("_HLS_msn", String(position.msn));
      url.searchParams.set("_HLS_part", String(position.index));
    }
    const { signal } = this.#stop;
    try {
      const text = await fetchText(url.href, {
        fetch: this.#fetch,
        signal,
        timeoutMs: BLOCKING_MARGIN_MS * 2,
      });
      const playlist = parseMediaPlaylist(text);
      this.#session?.media.update(playlist, this.#url);
      if (!position && playlist.segments.length === 0)
        throw new SdkError("playlist-invalid", "Nothing is on air yet.");
      // A node that does not block, or gave up waiting, must not be asked again at once.
      if (position && !playlist.ended && !this.#find(playlist) && this.#isPlaced(playlist)) {
        await delay(Math.max(50, playlist.partTargetMs / 2), signal);
      }
      this.#failures = 0;
      return playlist;
    } catch (error) {
      if (signal.aborted || !(error instanceof SdkError)) throw error;
      await this.#failed(error);
      return null;
    }
  }

  #isPlaced(playlist: MediaPlaylist): boolean {
    const last = playlist.segments.at(-1);
    return last !== undefined && this.#position !== null && this.#position.msn <= last.msn + 1;
  }

  async #failed(error: SdkError): Promise<void> {
    const inMs = Math.min(MIN_RETRY_MS * 2 ** this.#failures++, MAX_RETRY_MS);
    this.#events.emit("retry", { error, inMs });
    await delay(inMs, this.#stop.signal);
  }
}

function checkClear(bytes: Uint8Array): Uint8Array {
  if (!isMediaFragment(bytes)) throw new SdkError("part-invalid", "A part is no media.");
  return bytes;
}
