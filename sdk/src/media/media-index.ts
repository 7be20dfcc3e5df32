// SPDX-License-Identifier: Apache-2.0
import {
  bytesEqual,
  bytesToHex,
  hexToBytes,
  type CipherRange,
  type Epoch,
  type Hex,
  type StreamId,
} from "@tickstream/contracts-types";
import { SdkError } from "../errors.ts";
import type { MediaPlaylist, PlaylistSegment } from "./media-playlist.ts";

/** Some ciphertext of an epoch. */
export interface CipherSample {
  /** Absolute URL. */
  url: string;
  place: CipherRange;
  /** The bytes to fetch, the end not included; all of them where `null`. */
  range: { from: number; to: number } | null;
}

/** Key hashes are remembered for this many epochs, beyond any playlist's window. */
const MAX_REMEMBERED_HASHES = 8_192;

/**
 * What a stream's playlists have said so far: the hashes of keys on sale, which epochs' media is listed, where the
 * live edge is. Fed by whatever loads the playlist, read by the payer and the decrypting loader.
 */
export class MediaIndex {
  readonly #stream: StreamId;
  readonly #genesisHash: Hex;
  readonly #hashes = new Map<Epoch, Hex>();
  readonly #listeners = new Set<() => void>();
  #segments = new Map<number, ListedSegment>();
  #parts = new Map<Epoch, CipherSample>();
  #listed = new Set<Epoch>();
  #edge: Epoch | null = null;
  #rendition = 0;
  #updates = 0;

  constructor(stream: StreamId, genesisHash: Hex) {
    this.#stream = stream;
    this.#genesisHash = genesisHash;
  }

  /** The newest epoch that media is listed of. */
  get edge(): Epoch | null {
    return this.#edge;
  }

  /** The rendition that cipher counters begin with. */
  get rendition(): number {
    return this.#rendition;
  }

  /** How many playlists were read. */
  get updates(): number {
    return this.#updates;
  }

  keyHash(epoch: Epoch): Hex | undefined {
    return this.#hashes.get(epoch);
  }

  /** Where some listed ciphertext of this epoch can be fetched. */
  sampleOf(epoch: Epoch): CipherSample | undefined {
    return this.#parts.get(epoch);
  }

  /** Whether media of this epoch can never be fetched any more: the live edge has passed it and it is not listed. */
  isGone(epoch: Epoch): boolean {
    return this.#edge !== null && epoch < this.#edge && !this.#listed.has(epoch);
  }

  /** Knows what `other`, of the same stream, was told: for a session that goes on where another one was. */
  adopt(other: MediaIndex): void {
    for (const [epoch, hash] of other.#hashes) this.#remember(epoch, hash);
    if (this.#updates > 0) return;
    this.#segments = other.#segments;
    this.#parts = other.#parts;
    this.#listed = other.#listed;
    this.#edge = other.#edge;
    this.#rendition = other.#rendition;
    this.#updates = other.#updates;
    for (const listener of Array.from(this.#listeners)) listener();
  }

  /** Called after each playlist, until the returned function is called. */
  onUpdate(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Takes in a playlist.
   *
   * @param url of the playlist: part URIs are relative to it
   * @throws {@link SdkError} `playlist-invalid` where it is another stream's, or a hash published before changed
   */
  update(playlist: MediaPlaylist, url: string): void {
    const { header, keyHashes } = playlist;
    if (header === null) throw invalid("a paid stream's playlist has no Tickstream header");
    if (header.stream !== this.#stream || !bytesEqual(header.genesisHash, hexToBytes(this.#genesisHash))) {
      throw invalid("it belongs to another stream");
    }
    this.#rendition = header.rendition;
    for (const [i, hash] of (keyHashes?.hashes ?? []).entries()) {
      this.#remember(keyHashes!.first + i, bytesToHex(hash));
    }
    const segments = new Map<number, ListedSegment>();
    const { mediaSequence, skipped } = playlist;
    for (const [msn, known] of this.#segments) {
      if (msn >= mediaSequence && msn < mediaSequence + skipped) segments.set(msn, known);
    }
    for (const segment of playlist.segments) segments.set(segment.msn, listSegment(segment, url));
    this.#segments = segments;
    this.#parts = new Map();
    this.#listed = new Set();
    for (const { epochs, parts } of segments.values()) {
      for (const epoch of epochs) this.#listed.add(epoch);
      for (const [epoch, part] of parts) if (!this.#parts.has(epoch)) this.#parts.set(epoch, part);
    }
    for (const epoch of this.#listed) this.#edge = Math.max(this.#edge ?? epoch, epoch);
    this.#updates++;
    for (const listener of Array.from(this.#listeners)) listener();
  }

  #remember(epoch: Epoch, hash: Hex): void {
    const known = this.#hashes.get(epoch);
    if (known === hash) return;
    // A node that changes a hash after the sale could make any key look right.
    if (known !== undefined) throw invalid(`the key hash of epoch ${epoch} changed`);
    this.#hashes.set(epoch, hash);
    if (this.#hashes.size > MAX_REMEMBERED_HASHES) {
      this.#hashes.delete(this.#hashes.keys().next().value!);
    }
  }
}

/** What of a segment is needed while delta updates skip it. */
interface ListedSegment {
  epochs: Epoch[];
  parts: [Epoch, CipherSample][];
}

function listSegment(segment: PlaylistSegment, url: string): ListedSegment {
  const listed: ListedSegment = { epochs: segment.cipher.map(({ epoch }) => epoch), parts: [] };
  for (const { cipher, gap, uri } of segment.parts) {
    if (!cipher) continue;
    listed.epochs.push(cipher.epoch);
    if (!gap) listed.parts.push([cipher.epoch, { url: new URL(uri, url).href, place: cipher, range: null }]);
  }
  // Older segments are listed without their parts; each is still a range of bytes in the segment.
  if (segment.uri !== null && !segment.gap) {
    const href = new URL(segment.uri, url).href;
    let from = 0;
    for (const place of segment.cipher) {
      const to = from + (place.bytes ?? 0);
      listed.parts.push([place.epoch, { url: href, place, range: { from, to } }]);
      from = to;
    }
  }
  return listed;
}

function invalid(details: string): SdkError {
  return new SdkError("playlist-invalid", "The node's playlist cannot be used.", { details });
}
